'use client';

import { Toaster as Sonner } from 'sonner';

export { toast } from 'sonner';

/** Mount once per console layout; then `toast.success('…')` anywhere. Not on payment pages: their style policy is strict. */
export function Toaster() {
  return (
    <Sonner
      position="bottom-right"
      theme="system"
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            'flex w-(--width) items-start gap-3 rounded-lg border border-line-strong bg-overlay p-3.5 text-sm text-ink shadow-overlay',
          title: 'font-medium',
          description: 'mt-0.5 text-muted',
          icon: 'mt-0.5 [&_svg]:size-4',
        },
      }}
    />
  );
}
