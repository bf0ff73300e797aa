import { CopyButton } from '../ui/copy-button.tsx';

/** Code as it is, with a button that copies it. Long lines scroll, reachable by keyboard. */
export function CodeBlock({ title, code }: { readonly title: string; readonly code: string }) {
  return (
    <figure className="min-w-0 overflow-hidden rounded-lg border border-line bg-sunken">
      <figcaption className="flex h-9 items-center justify-between gap-2 border-b border-line ps-3 pe-1 text-xs font-medium text-muted">
        {title}
        <CopyButton value={code} label={`Copy: ${title}`} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll area must be scrollable by keyboard (WCAG 2.1.1). */}
      <pre tabIndex={0} className="max-h-96 overflow-auto p-3 text-xs leading-5">
        <code className="font-mono">{code}</code>
      </pre>
    </figure>
  );
}
