import type { ComponentProps } from 'react';
import { cn } from './cn.ts';

/** Holds the place of something that loads; give it the size of the thing. The container says "Loading" to readers. */
export function Skeleton({ className, ...props }: ComponentProps<'div'>) {
  return <div aria-hidden className={cn('animate-pulse rounded-md bg-hover', className)} {...props} />;
}
