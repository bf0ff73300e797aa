import { ERROR_CODES, type ErrorCode } from '#kernel';

/** The codes that a call can be refused with, each leading to its explanation. */
export function ErrorLinks({ codes }: { readonly codes: readonly ErrorCode[] }) {
  if (codes.length === 0) return null;
  return (
    <div>
      <h4 className="mb-2 text-sm font-medium">Errors</h4>
      <ul className="flex flex-wrap gap-x-3 gap-y-1.5 text-sm">
        {codes.map((code) => (
          <li key={code}>
            <a
              href={`/docs/errors#${code}`}
              className="code-id text-accent-text underline decoration-accent-line underline-offset-4 hover:decoration-current"
            >
              {code}
            </a>{' '}
            <span className="tabular text-xs text-subtle">{ERROR_CODES[code].status}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
