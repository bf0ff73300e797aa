import { ChevronsUpDown } from 'lucide-react';
import type { ComponentProps } from 'react';
import { cn } from './cn.ts';
import { controlVariants } from './input.tsx';

export interface NativeSelectProps extends Omit<ComponentProps<'select'>, 'size'> {
  readonly size?: 'sm' | 'md' | 'lg';
}

/** The browser's own select in our clothes: autofill and forms without JavaScript work. */
export function NativeSelect({ size, className, children, ...props }: NativeSelectProps) {
  return (
    <span className="relative block">
      <select className={cn(controlVariants({ size }), 'appearance-none pe-9', className)} {...props}>
        {children}
      </select>
      <ChevronsUpDown
        aria-hidden
        className="pointer-events-none absolute inset-e-3 top-1/2 size-4 -translate-y-1/2 text-subtle"
      />
    </span>
  );
}
