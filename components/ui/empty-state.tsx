import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from './cn.ts';

export interface EmptyStateProps {
  readonly icon: LucideIcon;
  readonly title: string;
  /** One sentence: why it is empty and what fills it. */
  readonly children?: ReactNode;
  /** The one thing to do now. */
  readonly action?: ReactNode;
  /** Level of the heading, so that headings stay in order: 1 when it is all the page says. Default 2. */
  readonly level?: 1 | 2 | 3;
  readonly className?: string;
}

export function EmptyState({ icon: Icon, title, children, action, level = 2, className }: EmptyStateProps) {
  const Heading = `h${level}` as const;
  return (
    <div className={cn('flex flex-col items-center px-6 py-12 text-center', className)}>
      <span className="flex size-10 items-center justify-center rounded-lg border border-line bg-sunken text-subtle">
        <Icon aria-hidden className="size-5" />
      </span>
      <Heading className="mt-4 text-sm font-semibold">{title}</Heading>
      {children ? <p className="mt-1 max-w-sm text-sm text-muted">{children}</p> : null}
      {action ? <div className="mt-4">{action}</div> : null}
    </div>
  );
}
