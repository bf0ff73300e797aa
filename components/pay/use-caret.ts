'use client';

import { type RefObject, useEffect, useRef } from 'react';

/** Puts the caret back where formatting found it, once React has written the text. */
export function useCaret(): { readonly input: RefObject<HTMLInputElement | null>; keep(position: number): void } {
  const input = useRef<HTMLInputElement>(null);
  const wanted = useRef<number | null>(null);
  useEffect(() => {
    if (wanted.current === null || document.activeElement !== input.current) return;
    input.current?.setSelectionRange(wanted.current, wanted.current);
    wanted.current = null;
  });
  const keep = (position: number) => {
    wanted.current = position;
  };
  return { input, keep };
}
