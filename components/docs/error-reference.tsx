import { ERROR_CODES, type ErrorCode } from '#kernel';
import { Badge } from '../ui/badge.tsx';
import { ERROR_FIXES } from './error-fixes.ts';

const CODES = Object.keys(ERROR_CODES) as ErrorCode[];

/** Every code with what it means and what to do. `/docs/errors#code` is the `type` of a problem. */
export function ErrorReference() {
  return (
    <main className="mx-auto w-full max-w-3xl px-4 py-8 sm:px-6">
      <h1 className="text-xl font-semibold">Errors</h1>
      <p className="mt-2 text-muted">
        Every error of the API is a problem document (RFC 9457) with one of these codes. Codes are added, never renamed.
      </p>
      <dl className="mt-8">
        {CODES.map((code) => {
          const { status, title, retryable } = ERROR_CODES[code];
          return (
            <div
              key={code}
              id={code}
              className="-mx-3 scroll-mt-6 border-t border-line px-3 py-5 target:bg-accent-soft"
            >
              <dt className="flex flex-wrap items-center gap-x-3 gap-y-1">
                <a href={`#${code}`} className="code-id font-semibold hover:underline">
                  {code}
                </a>
                <span className="tabular text-sm text-muted">{status}</span>
                {retryable ? <Badge tone="progress">Try again</Badge> : null}
              </dt>
              <dd className="mt-1.5 text-sm">{title}.</dd>
              <dd className="mt-1 text-sm text-muted">{ERROR_FIXES[code]}</dd>
            </div>
          );
        })}
      </dl>
    </main>
  );
}
