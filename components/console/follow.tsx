'use client';

import { useRouter } from 'next/navigation';
import { useEffect } from 'react';

const PAUSE_MS = 3_000;
/** After a minute of looking on, the reader asks for more by loading the page. */
const MOST_LOOKS = 20;

/** Loads the page's data again every few seconds: for a record that is still on the move. Rests while nobody looks at it. */
export function Follow() {
  const router = useRouter();
  useEffect(() => {
    let looks = 0;
    const timer = setInterval(() => {
      if (document.hidden) return;
      looks += 1;
      if (looks >= MOST_LOOKS) clearInterval(timer);
      router.refresh();
    }, PAUSE_MS);
    return () => clearInterval(timer);
  }, [router]);
  return null;
}
