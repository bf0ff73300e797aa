'use client';

import { useEffect, useState } from 'react';
import { Button } from '../ui/button.tsx';

/** The countdown appears for the last ten minutes; before that nobody needs to hurry. */
const SHOW_FROM_SECONDS = 600;
/** Moments at which the remaining time is read out, in seconds before the end. */
const ANNOUNCE_AT = [600, 300, 60] as const;

export interface ExpiryNoticeProps {
  /** Unix seconds. */
  readonly expiresAt: number;
  readonly onKeep: () => Promise<void>;
  readonly onExpired: () => Promise<void>;
}

/** Says how long the page stays open and offers more time (WCAG 2.2.1). */
export function ExpiryNotice({ expiresAt, onKeep, onExpired }: ExpiryNoticeProps) {
  const left = useSecondsLeft(expiresAt);
  const [keeping, setKeeping] = useState(false);
  const over = left !== null && left <= 0;

  useEffect(() => {
    if (over) void onExpired();
  }, [over, onExpired]);

  if (left === null || left > SHOW_FROM_SECONDS || over) return null;
  const announced = ANNOUNCE_AT.findLast((moment) => left <= moment) ?? SHOW_FROM_SECONDS;
  return (
    <div className="mb-6 flex flex-wrap items-center justify-between gap-x-4 gap-y-2 rounded-lg border border-caution-line bg-caution-soft py-2 ps-3.5 pe-2 text-sm">
      <p aria-hidden>
        This page closes in <span className="tabular font-semibold">{clock(left)}</span>
      </p>
      <p role="status" className="sr-only">
        This page closes in {Math.ceil(announced / 60)} {announced > 60 ? 'minutes' : 'minute'}. You can ask for more
        time.
      </p>
      <Button
        size="sm"
        busy={keeping}
        onClick={() => {
          setKeeping(true);
          void onKeep().finally(() => setKeeping(false));
        }}
      >
        Keep my basket
      </Button>
    </div>
  );
}

/** Null until the page runs in a browser: the server's clock must not be drawn. */
function useSecondsLeft(expiresAt: number): number | null {
  const [left, setLeft] = useState<number | null>(null);
  useEffect(() => {
    const tick = () => setLeft(Math.max(0, Math.round(expiresAt - Date.now() / 1_000)));
    tick();
    const timer = setInterval(tick, 1_000);
    return () => clearInterval(timer);
  }, [expiresAt]);
  return left;
}

function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
