'use client';

import { useEffect, useRef } from 'react';
import { type Errors, FIELD_ORDER } from './card-entry.ts';

/** Several things to mend, each a link to its field. With one only, the field itself takes the focus. */
export function ErrorSummary({ errors, focus }: { readonly errors: Errors; readonly focus: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  const wrong = FIELD_ORDER.filter((field) => errors[field]);
  const many = wrong.length > 1;

  useEffect(() => {
    // Mounted anew by each submit that found something; later corrections must not pull the focus away.
    if (focus) box.current?.focus();
  }, [focus]);

  if (!focus || !many) return null;
  return (
    <div
      ref={box}
      role="alert"
      tabIndex={-1}
      className="rounded-lg border border-negative-line bg-negative-soft p-3.5 text-sm"
    >
      <p className="font-semibold text-negative-text">Please correct {wrong.length} fields</p>
      <ul className="mt-1.5 list-disc space-y-1 ps-5">
        {wrong.map((field) => (
          <li key={field}>
            <a
              href={`#${field}`}
              className="underline underline-offset-2"
              onClick={(event) => {
                event.preventDefault();
                document.getElementById(field)?.focus();
              }}
            >
              {errors[field]}
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}
