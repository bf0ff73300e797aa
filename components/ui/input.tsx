import { cva, type VariantProps } from 'class-variance-authority';
import type { ComponentProps } from 'react';
import { cn } from './cn.ts';

/** Look shared by every text-like control. `lg` is 48 px with 16 px text: phones do not zoom in and thumbs hit it. */
export const controlVariants = cva(
  'w-full min-w-0 rounded-md border border-line-control bg-surface text-ink transition-colors placeholder:text-subtle hover:border-muted focus-visible:border-ring focus-visible:outline-2 focus-visible:-outline-offset-1 focus-visible:outline-ring disabled:cursor-not-allowed disabled:bg-sunken disabled:text-muted aria-invalid:border-negative-text aria-invalid:outline-negative-text',
  {
    variants: { size: { sm: 'h-8 px-2.5 text-sm', md: 'h-9 px-3 text-sm', lg: 'h-12 px-3.5 text-base' } },
    defaultVariants: { size: 'md' },
  },
);

export interface InputProps extends Omit<ComponentProps<'input'>, 'size'>, VariantProps<typeof controlVariants> {}

export function Input({ size, className, type = 'text', ...props }: InputProps) {
  return <input type={type} className={cn(controlVariants({ size }), className)} {...props} />;
}

export function Textarea({ className, ...props }: ComponentProps<'textarea'>) {
  return <textarea className={cn(controlVariants({ size: 'md' }), 'h-auto min-h-20 py-2', className)} {...props} />;
}
