import { cn } from '../../ui/cn.ts';
import { DRAWINGS, type Drawing } from './drawings.tsx';

const UNKNOWN_ART: Drawing = { palette: 'art-clay', shapes: <circle cx="120" cy="90" r="34" fill="var(--soft)" /> };

/** The drawing of a product by its key. Decorative: the product's name stands beside it. */
export function ProductArt({ art, className }: { readonly art: string; readonly className?: string }) {
  const { palette, shapes } = DRAWINGS[art] ?? UNKNOWN_ART;
  return (
    <svg
      aria-hidden
      viewBox="0 0 240 180"
      preserveAspectRatio="xMidYMid slice"
      className={cn('art block w-full', palette, className)}
    >
      <rect width="240" height="180" fill="var(--ground)" />
      <ellipse cx="120" cy="150" rx="78" ry="7" fill="var(--soft)" />
      {shapes}
    </svg>
  );
}
