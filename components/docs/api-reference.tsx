import { CONVENTIONS } from './conventions.ts';
import type { OperationGroup } from './describe-operations.ts';
import { DocsNav } from './docs-nav.tsx';
import { OperationSection } from './operation-section.tsx';
import { RichText } from './rich-text.tsx';

export interface ApiReferenceProps {
  readonly groups: readonly OperationGroup[];
  /** Where the samples call. */
  readonly origin: string;
  /** A key that the samples may show. */
  readonly apiKey: string;
}

export function ApiReference({ groups, origin, apiKey }: ApiReferenceProps) {
  return (
    <div className="mx-auto grid w-full max-w-6xl gap-8 px-4 py-8 sm:px-6 lg:grid-cols-[11rem_minmax(0,1fr)]">
      <DocsNav groups={groups} />
      <main className="min-w-0">
        <h1 className="text-xl font-semibold">API reference</h1>
        <p className="mt-2 max-w-2xl text-muted">
          Take payments for many sellers in one checkout, and read wallets and the ledger. Every sample below can be
          pasted as it stands.
        </p>
        <dl className="mt-8 grid gap-x-8 gap-y-5 pb-8 sm:grid-cols-2">
          {CONVENTIONS.map(({ title, text }) => (
            <div key={title}>
              <dt className="text-sm font-medium">{title}</dt>
              <dd className="mt-1 text-sm text-muted">
                <RichText text={text} />
              </dd>
            </div>
          ))}
        </dl>
        {groups.map(({ name, description, operations }) => (
          <section key={name} aria-label={name}>
            <h2 className="mt-6 text-lg font-semibold">{name}</h2>
            <p className="mt-1 mb-6 text-sm text-muted">{description}</p>
            {operations.map((operation) => (
              <OperationSection key={operation.id} operation={operation} origin={origin} apiKey={apiKey} />
            ))}
          </section>
        ))}
      </main>
    </div>
  );
}
