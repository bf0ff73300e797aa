import { cva, type VariantProps } from 'class-variance-authority';
import type { ComponentProps } from 'react';
import { cn } from './cn.ts';

const badgeVariants = cva(
  'inline-flex h-6 max-w-full items-center gap-1.5 rounded-md border px-2 text-xs font-medium whitespace-nowrap [&_svg]:size-3.5 [&_svg]:shrink-0',
  {
    variants: {
      tone: {
        neutral: 'border-line-strong bg-sunken text-muted',
        accent: 'border-accent-line bg-accent-soft text-accent-text',
        positive: 'border-positive-line bg-positive-soft text-positive-text',
        progress: 'border-progress-line bg-progress-soft text-progress-text',
        caution: 'border-caution-line bg-caution-soft text-caution-text',
        negative: 'border-negative-line bg-negative-soft text-negative-text',
        /** Something nobody knows yet: the dashed outline keeps it apart without colour. */
        unknown: 'border-dashed border-unknown-line bg-unknown-soft text-unknown-text',
      },
    },
    defaultVariants: { tone: 'neutral' },
  },
);

export type Tone = NonNullable<VariantProps<typeof badgeVariants>['tone']>;

export interface BadgeProps extends ComponentProps<'span'> {
  readonly tone?: Tone;
}

export function Badge({ tone, className, ...props }: BadgeProps) {
  return <span data-tone={tone ?? 'neutral'} className={cn(badgeVariants({ tone }), className)} {...props} />;
}
