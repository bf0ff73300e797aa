import type { Failure } from './failure.ts';
import { Alert } from './ui/alert.tsx';

export interface FailureAlertProps {
  readonly failure: Failure | undefined;
  readonly className?: string;
}

/** Why something that a person asked for was not done, or that nobody knows; what is sent by `useKeyed` may then be repeated. */
export function FailureAlert({ failure, className }: FailureAlertProps) {
  if (!failure) return null;
  return failure.answered ? (
    <Alert role="alert" tone="negative" title={failure.message} className={className} />
  ) : (
    <Alert role="alert" tone="unknown" title={failure.message} className={className}>
      It is not known whether this was done. Sending it again as it stands is harmless.
    </Alert>
  );
}
