import type { OperationGroup } from './describe-operations.ts';

const MORE = [
  { href: '/docs/errors', label: 'Errors' },
  { href: '/api/v1/openapi.json', label: 'openapi.json' },
];

/** Contents of the reference, in the order of the page: beside it on a wide screen, folded above it on a narrow one. */
export function DocsNav({ groups }: { readonly groups: readonly OperationGroup[] }) {
  const lists = [
    ...groups.map(({ name, operations }) => ({
      name,
      links: operations.map(({ id, summary }) => ({ href: `#${id}`, label: summary })),
    })),
    { name: 'More', links: MORE },
  ];
  return (
    <>
      <nav
        aria-label="Contents"
        className="hidden text-sm lg:sticky lg:top-6 lg:block lg:max-h-[calc(100dvh-3rem)] lg:self-start lg:overflow-y-auto"
      >
        <Lists lists={lists} />
      </nav>
      <details className="rounded-lg border border-line bg-surface text-sm lg:hidden">
        <summary className="px-4 py-3 font-medium">Contents</summary>
        <nav aria-label="Contents" className="border-t border-line px-2 pt-3">
          <Lists lists={lists} />
        </nav>
      </details>
    </>
  );
}

interface ListsProps {
  readonly lists: readonly {
    readonly name: string;
    readonly links: readonly { readonly href: string; readonly label: string }[];
  }[];
}

function Lists({ lists }: ListsProps) {
  return lists.map(({ name, links }) => (
    <div key={name} className="mb-5">
      <p className="mb-1 px-2 text-xs font-medium text-subtle">{name}</p>
      <ul>
        {links.map(({ href, label }) => (
          <li key={href}>
            <a href={href} className="block rounded-md px-2 py-1.5 text-muted hover:bg-hover hover:text-ink">
              {label}
            </a>
          </li>
        ))}
      </ul>
    </div>
  ));
}
