import type { ReactNode } from 'react';

export interface PageHeaderProps {
  readonly title: ReactNode;
  /** One line: what this page is for. */
  readonly purpose?: ReactNode;
  readonly action?: ReactNode;
}

export function PageHeader({ title, purpose, action }: PageHeaderProps) {
  return (
    <div className="mb-6 flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
      <div className="min-w-0">
        <h1 className="text-lg font-semibold">{title}</h1>
        {purpose ? <p className="mt-0.5 max-w-2xl text-sm text-muted">{purpose}</p> : null}
      </div>
      {action}
    </div>
  );
}
