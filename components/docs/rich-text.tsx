/** Text in which `code` between backticks is shown as code. */
export function RichText({ text }: { readonly text: string }) {
  return text.split('`').map((part, index) =>
    index % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a constant text never move
      <code key={index} className="code-id rounded-sm bg-sunken px-1">
        {part}
      </code>
    ) : (
      part
    ),
  );
}
