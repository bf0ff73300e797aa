import { Card } from '../ui/card.tsx';
import { Skeleton } from '../ui/skeleton.tsx';

const ROWS = ['w-44', 'w-56', 'w-40', 'w-52', 'w-48', 'w-36', 'w-60', 'w-42'] as const;

/** Holds the place of a page with a list while it loads: heading, card, rows, in their sizes. */
export function PageSkeleton() {
  return (
    <div aria-busy="true">
      <p role="status" className="sr-only">
        Loading
      </p>
      <Skeleton className="h-7 w-32" />
      <Skeleton className="mt-1.5 mb-6 h-4 w-72 max-w-full" />
      <Card>
        <div className="h-12 border-b border-line" />
        {ROWS.map((width) => (
          <div key={width} className="flex h-12 items-center justify-between gap-4 border-line px-4 not-last:border-b">
            <Skeleton className={`h-3.5 ${width}`} />
            <Skeleton className="h-3.5 w-20" />
          </div>
        ))}
      </Card>
    </div>
  );
}
