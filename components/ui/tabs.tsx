'use client';

import { Tabs as Base } from '@base-ui/react/tabs';
import type { ComponentProps } from 'react';
import { cn } from './cn.ts';

export function Tabs({ className, ...props }: ComponentProps<typeof Base.Root>) {
  return <Base.Root className={cn('flex min-w-0 flex-col', className as string)} {...props} />;
}

export function TabsList({ className, children, ...props }: ComponentProps<typeof Base.List>) {
  return (
    <Base.List
      className={cn('relative flex gap-5 overflow-x-auto border-b border-line', className as string)}
      {...props}
    >
      {children}
      <Base.Indicator className="absolute bottom-0 left-0 h-0.5 w-(--active-tab-width) translate-x-(--active-tab-left) bg-accent transition-[translate,width]" />
    </Base.List>
  );
}

export function TabsTab({ className, ...props }: ComponentProps<typeof Base.Tab>) {
  return (
    <Base.Tab
      className={cn(
        'h-10 shrink-0 px-0.5 text-sm font-medium text-muted outline-offset-[-2px] hover:text-ink data-active:text-ink',
        className as string,
      )}
      {...props}
    />
  );
}

export function TabsPanel({ className, ...props }: ComponentProps<typeof Base.Panel>) {
  return <Base.Panel className={cn('pt-4', className as string)} {...props} />;
}
