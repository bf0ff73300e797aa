import type { ComponentProps } from 'react';
import { cn } from './cn.ts';

/**
 * A dense table: 40 px rows, sticky header inside its own scroll area, 1 px lines. The scroll area can be reached by
 * keyboard; name it with `label`.
 */
export function Table({ className, label, ...props }: ComponentProps<'table'> & { readonly label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll area must be scrollable by keyboard (WCAG 2.1.1).
    <section aria-label={label} tabIndex={0} className="relative w-full overflow-x-auto">
      <table className={cn('w-full border-separate border-spacing-0 text-sm', className)} {...props} />
    </section>
  );
}

export function TableHead({ className, ...props }: ComponentProps<'thead'>) {
  return <thead className={cn('sticky top-0 z-10 bg-surface text-muted', className)} {...props} />;
}

export function TableBody({ className, ...props }: ComponentProps<'tbody'>) {
  return <tbody className={cn('[&>tr:last-child>*]:border-b-0', className)} {...props} />;
}

export function TableRow({ className, ...props }: ComponentProps<'tr'>) {
  return <tr className={cn('group/row [tbody_&]:hover:bg-hover', className)} {...props} />;
}

export interface CellAlign {
  /** Numbers and amounts stand at the end so that their digits line up. */
  readonly numeric?: boolean;
}

export function TableHeader({ className, numeric = false, scope = 'col', ...props }: ComponentProps<'th'> & CellAlign) {
  return (
    <th
      scope={scope}
      className={cn(
        'h-9 border-b border-line px-3 first:ps-4 last:pe-4 text-start text-xs font-medium whitespace-nowrap',
        numeric && 'text-end',
        className,
      )}
      {...props}
    />
  );
}

export function TableCell({ className, numeric = false, ...props }: ComponentProps<'td'> & CellAlign) {
  return (
    <td
      className={cn(
        'h-10 border-b border-line px-3 py-1.5 align-middle first:ps-4 last:pe-4',
        numeric && 'tabular text-end whitespace-nowrap',
        className,
      )}
      {...props}
    />
  );
}
