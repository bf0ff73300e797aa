import { Badge, type Tone } from '../ui/badge.tsx';
import { CodeBlock } from './code-block.tsx';
import { curlOf } from './curl.ts';
import type { Operation } from './describe-operations.ts';
import { ErrorLinks } from './error-links.tsx';
import { FieldList } from './field-list.tsx';
import { RichText } from './rich-text.tsx';

const METHOD_TONES: Readonly<Record<string, Tone>> = { GET: 'progress', POST: 'positive' };

export interface OperationSectionProps {
  readonly operation: Operation;
  readonly origin: string;
  readonly apiKey: string;
}

/** One call: what it does and takes on one side, how it looks on the other. */
export function OperationSection({ operation, origin, apiKey }: OperationSectionProps) {
  const { id, method, path, summary, description, parameters, fields, answers, errors } = operation;
  return (
    <section
      id={id}
      aria-labelledby={`${id}-title`}
      className="grid scroll-mt-6 gap-6 border-t border-line py-8 lg:grid-cols-2"
    >
      <div className="flex min-w-0 flex-col gap-5">
        <div>
          <h3 id={`${id}-title`} className="text-base font-semibold">
            {summary}
          </h3>
          <p className="mt-2 flex flex-wrap items-center gap-2">
            <Badge tone={METHOD_TONES[method] ?? 'neutral'}>{method}</Badge>
            <span className="code-id">{path}</span>
          </p>
          <p className="mt-3 text-sm text-muted">
            <RichText text={description} />
          </p>
        </div>
        <FieldList title="Parameters" fields={parameters} />
        <FieldList title="Body" fields={fields} />
        <ErrorLinks codes={errors} />
      </div>
      <div className="flex min-w-0 flex-col gap-4">
        <CodeBlock title="Request" code={curlOf(operation, origin, apiKey)} />
        {answers.map(({ status, description: meaning, sample }) => (
          <div key={status}>
            <p className="mb-2 text-sm text-muted">
              <span className="tabular font-medium text-ink">{status}</span> <RichText text={meaning} />
            </p>
            <CodeBlock title={`Answer ${status}`} code={JSON.stringify(sample, null, 2)} />
          </div>
        ))}
      </div>
    </section>
  );
}
