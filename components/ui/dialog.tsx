'use client';

import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { buttonVariants } from './button.tsx';
import { cn } from './cn.ts';

export const Dialog = Base.Root;
export const DialogTrigger = Base.Trigger;
export const DialogClose = Base.Close;

export interface DialogContentProps extends Omit<ComponentProps<typeof Base.Popup>, 'className' | 'title'> {
  readonly title: ReactNode;
  readonly description?: ReactNode;
  /** `center` for a decision, `end` for a panel that shows a record. */
  readonly placement?: 'center' | 'end';
  readonly className?: string;
}

const PLACEMENT = {
  center:
    'top-1/2 left-1/2 max-h-[calc(100dvh-2rem)] w-[min(28rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2 rounded-lg border data-ending-style:opacity-0 data-starting-style:opacity-0',
  end: 'inset-y-0 inset-e-0 w-[min(36rem,100vw)] border-s data-ending-style:translate-x-4 data-ending-style:opacity-0 data-starting-style:translate-x-4 data-starting-style:opacity-0',
} as const;

export function DialogContent({
  title,
  description,
  placement = 'center',
  className,
  children,
  ...props
}: DialogContentProps) {
  return (
    <Base.Portal>
      <Base.Backdrop className="fixed inset-0 z-40 min-h-dvh bg-black/40 transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
      <Base.Popup
        className={cn(
          'fixed z-50 flex flex-col overflow-hidden border-line-strong bg-overlay shadow-overlay outline-none transition-[opacity,translate]',
          PLACEMENT[placement],
          className,
        )}
        {...props}
      >
        <header className="flex items-start justify-between gap-4 border-b border-line px-5 py-4">
          <div className="min-w-0">
            <Base.Title className="text-base font-semibold">{title}</Base.Title>
            {description ? (
              <Base.Description className="mt-1 text-sm text-muted">{description}</Base.Description>
            ) : null}
          </div>
          <Base.Close
            aria-label="Close"
            className={cn(buttonVariants({ variant: 'ghost', size: 'icon' }), '-me-2 -mt-1.5')}
          >
            <X aria-hidden />
          </Base.Close>
        </header>
        <div className="min-h-0 flex-1 overflow-y-auto px-5 py-4">{children}</div>
      </Base.Popup>
    </Base.Portal>
  );
}

/** The buttons of a dialog; the action that goes on stands last. */
export function DialogActions({ className, ...props }: ComponentProps<'div'>) {
  return <div className={cn('mt-5 flex flex-wrap justify-end gap-2', className)} {...props} />;
}
