import type { Tone } from '../ui/badge.tsx';
import { cn } from '../ui/cn.ts';
import type { StoryLine } from './story.ts';
import { Time } from './time.tsx';

const DOTS: Record<Tone, string> = {
  neutral: 'border-line-strong bg-sunken text-muted',
  accent: 'border-accent-line bg-accent-soft text-accent-text',
  positive: 'border-positive-line bg-positive-soft text-positive-text',
  progress: 'border-progress-line bg-progress-soft text-progress-text',
  caution: 'border-caution-line bg-caution-soft text-caution-text',
  negative: 'border-negative-line bg-negative-soft text-negative-text',
  unknown: 'border-dashed border-unknown-line bg-unknown-soft text-unknown-text',
};

/** What happened, in sentences, oldest first. */
export function Timeline({ lines }: { readonly lines: readonly StoryLine[] }) {
  return (
    <ol className="px-4 py-4">
      {lines.map((line) => {
        const { icon: Icon, tone } = line.look;
        return (
          <li key={line.key} className="group relative flex gap-3 pb-5 last:pb-0">
            <span aria-hidden className="absolute inset-s-3 top-6 bottom-0 w-px bg-line group-last:hidden" />
            <span className={cn('flex size-6 shrink-0 items-center justify-center rounded-full border', DOTS[tone])}>
              <Icon aria-hidden className="size-3.5" />
            </span>
            <div className="min-w-0 flex-1 pt-0.5">
              <p className="text-sm">{line.text}</p>
              <p className="mt-0.5 flex flex-wrap gap-x-2 text-xs text-subtle">
                <Time value={line.at} full />
                <span>{line.source}</span>
              </p>
            </div>
          </li>
        );
      })}
    </ol>
  );
}
