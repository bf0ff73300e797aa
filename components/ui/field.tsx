import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from './cn.ts';
import { Label } from './label.tsx';

/** What a control needs to belong to its label, hint and error. Spread it on the control. */
export interface FieldControl {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': true | undefined;
}

export interface FieldProps {
  readonly id: string;
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly error?: ReactNode;
  /** Marks a field that may stay empty; required is the rule and carries no mark. */
  readonly optional?: boolean;
  readonly className?: string;
  readonly children: (control: FieldControl) => ReactNode;
}

/** Label above, control, then the error or the hint below; both are read out with the control. */
export function Field({ id, label, hint, error, optional = false, className, children }: FieldProps) {
  const described = [error ? `${id}-error` : null, hint ? `${id}-hint` : null].filter(Boolean).join(' ');
  return (
    <div className={cn('flex min-w-0 flex-col gap-1.5', className)}>
      <Label htmlFor={id}>
        {label}
        {optional ? <span className="font-normal text-subtle"> (optional)</span> : null}
      </Label>
      {children({ id, 'aria-describedby': described || undefined, 'aria-invalid': error ? true : undefined })}
      {error ? (
        <p id={`${id}-error`} className="flex items-start gap-1.5 text-sm text-negative-text">
          <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          <span>{error}</span>
        </p>
      ) : null}
      {hint ? (
        <p id={`${id}-hint`} className={cn('text-xs text-subtle', error && 'sr-only')}>
          {hint}
        </p>
      ) : null}
    </div>
  );
}
