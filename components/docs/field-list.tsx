import type { Field } from './describe-operations.ts';
import { RichText } from './rich-text.tsx';

export interface FieldListProps {
  readonly title: string;
  readonly fields: readonly (Field & { readonly place?: string })[];
}

/** What a call takes: name, type and whether it may be left out on one line, the meaning below. */
export function FieldList({ title, fields }: FieldListProps) {
  if (fields.length === 0) return null;
  return (
    <div>
      <h4 className="mb-2 text-sm font-medium">{title}</h4>
      <dl className="divide-y divide-line rounded-lg border border-line bg-surface text-sm">
        {fields.map(({ name, type, required, description, place }) => (
          <div key={name} className="px-3 py-2.5">
            <dt className="flex flex-wrap items-baseline gap-x-2.5 gap-y-0.5">
              <span className="code-id font-medium">{name}</span>
              <span className="text-xs text-subtle">
                {[type, place, required ? 'required' : 'optional'].filter(Boolean).join(' · ')}
              </span>
            </dt>
            {description ? (
              <dd className="mt-1 text-muted">
                <RichText text={description} />
              </dd>
            ) : null}
          </div>
        ))}
      </dl>
    </div>
  );
}
