import { CircleAlert, CircleCheck, Clock, Info, TriangleAlert } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { cn } from './cn.ts';

const TONES = {
  info: { icon: Info, className: 'border-progress-line bg-progress-soft', ink: 'text-progress-text' },
  positive: { icon: CircleCheck, className: 'border-positive-line bg-positive-soft', ink: 'text-positive-text' },
  caution: { icon: TriangleAlert, className: 'border-caution-line bg-caution-soft', ink: 'text-caution-text' },
  negative: { icon: CircleAlert, className: 'border-negative-line bg-negative-soft', ink: 'text-negative-text' },
  unknown: { icon: Clock, className: 'border-dashed border-unknown-line bg-unknown-soft', ink: 'text-unknown-text' },
} as const;

export interface AlertProps extends Omit<ComponentProps<'div'>, 'title'> {
  readonly tone?: keyof typeof TONES;
  readonly title?: ReactNode;
  /** Buttons or links that act on what the alert says. */
  readonly action?: ReactNode;
}

/** A message in the page. Pass `role="alert"` only when it appears after something the reader did. */
export function Alert({ tone = 'info', title, action, className, children, ...props }: AlertProps) {
  const { icon: Icon, className: colours, ink } = TONES[tone];
  return (
    <div data-tone={tone} className={cn('flex gap-3 rounded-lg border p-3.5 text-sm', colours, className)} {...props}>
      <Icon aria-hidden className={cn('mt-0.5 size-4 shrink-0', ink)} />
      <div className="min-w-0 flex-1">
        {title ? <p className={cn('font-semibold', ink)}>{title}</p> : null}
        {children ? <div className={cn('text-ink', title && 'mt-0.5')}>{children}</div> : null}
        {action ? <div className="mt-2.5 flex flex-wrap gap-2">{action}</div> : null}
      </div>
    </div>
  );
}
