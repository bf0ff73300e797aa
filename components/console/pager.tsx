import Link from 'next/link';
import { buttonVariants } from '../ui/button.tsx';

export interface PagerProps {
  /** Address of the next, older page; null at the end. */
  readonly older: string | null;
  /** Address of the first page, when this is not it. */
  readonly newest: string | null;
}

/** Steps through a list that grows at the top: pages have no numbers, because they would shift. */
export function Pager({ older, newest }: PagerProps) {
  if (!older && !newest) return null;
  return (
    <nav aria-label="Pages" className="flex justify-end gap-2 border-t border-line px-4 py-3">
      {newest ? (
        <Link href={newest} className={buttonVariants({ size: 'sm', variant: 'ghost' })}>
          Back to the newest
        </Link>
      ) : null}
      {older ? (
        <Link href={older} rel="next" className={buttonVariants({ size: 'sm' })}>
          Older
        </Link>
      ) : null}
    </nav>
  );
}
