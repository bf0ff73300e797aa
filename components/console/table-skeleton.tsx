import { Card } from '../ui/card.tsx';
import { Skeleton } from '../ui/skeleton.tsx';

const ROWS = ['w-44', 'w-56', 'w-40', 'w-52', 'w-48', 'w-36', 'w-56', 'w-44'];

/** Holds the place of a list while it loads, in its size. */
export function TableSkeleton({ label }: { readonly label: string }) {
  return (
    <Card aria-busy="true" aria-label={`Loading ${label}`}>
      <div className="h-9 border-b border-line" />
      {ROWS.map((width, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity.
        <div key={index} className="flex h-10 items-center justify-between gap-4 border-line px-3 not-last:border-b">
          <Skeleton className={`h-3.5 ${width}`} />
          <Skeleton className="h-3.5 w-20" />
        </div>
      ))}
    </Card>
  );
}
