import { cn } from '../ui/cn.ts';
import { CopyButton } from '../ui/copy-button.tsx';

/** An id that can be copied; `label` says of what. */
export function CopyId({
  value,
  label,
  className,
}: {
  readonly value: string;
  readonly label: string;
  readonly className?: string;
}) {
  return (
    <span className={cn('inline-flex min-w-0 max-w-full items-center gap-0.5', className)}>
      <span className="code-id min-w-0">{value}</span>
      <CopyButton value={value} label={`Copy the id of the ${label}`} />
    </span>
  );
}
