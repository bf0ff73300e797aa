import type { OperationGroup } from './describe-operations.ts';

/** Contents of the reference, in the order of the page. */
export function DocsNav({ groups }: { readonly groups: readonly OperationGroup[] }) {
  return (
    <nav
      aria-label="Contents"
      className="text-sm lg:sticky lg:top-6 lg:max-h-[calc(100dvh-3rem)] lg:self-start lg:overflow-y-auto"
    >
      {groups.map(({ name, operations }) => (
        <div key={name} className="mb-5">
          <p className="mb-1 px-2 text-xs font-medium text-subtle">{name}</p>
          <ul>
            {operations.map(({ id, summary }) => (
              <li key={id}>
                <a href={`#${id}`} className="block rounded-md px-2 py-1.5 text-muted hover:bg-hover hover:text-ink">
                  {summary}
                </a>
              </li>
            ))}
          </ul>
        </div>
      ))}
      <p className="mb-1 px-2 text-xs font-medium text-subtle">More</p>
      <ul>
        {[
          ['/docs/errors', 'Errors'],
          ['/api/v1/openapi.json', 'openapi.json'],
        ].map(([href, label]) => (
          <li key={href}>
            <a href={href} className="block rounded-md px-2 py-1.5 text-muted hover:bg-hover hover:text-ink">
              {label}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
