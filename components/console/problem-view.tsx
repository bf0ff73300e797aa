import { CircleAlert, CircleHelp, Lock } from 'lucide-react';
import Link from 'next/link';
import { notFound, redirect } from 'next/navigation';
import type { Problem } from '#trpc';
import { buttonVariants } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { SignOutButton } from './sign-out-button.tsx';

export interface ProblemViewProps {
  readonly problem: Problem;
  /** Address of this page, to come back to after signing in or to try again. */
  readonly path: string;
}

/** What a page shows instead of its data. Guests go to the sign-in page, what does not exist is a 404. */
export function ProblemView({ problem, path }: ProblemViewProps) {
  if (problem.code === 'unauthenticated') redirect(`/login?next=${encodeURIComponent(path)}`);
  if (problem.code === 'not_found') notFound();
  return (
    <Card>
      {problem.code === 'forbidden' ? (
        <Forbidden problem={problem} path={path} />
      ) : (
        <Failed problem={problem} path={path} />
      )}
    </Card>
  );
}

function Forbidden({ problem, path }: ProblemViewProps) {
  return (
    <EmptyState
      level={1}
      icon={Lock}
      title="This page is for another role"
      action={
        <SignOutButton
          variant="primary"
          label="Sign in as somebody else"
          callbackUrl={`/login?next=${encodeURIComponent(path)}`}
        />
      }
    >
      {problem.message}
    </EmptyState>
  );
}

function Failed({ problem, path }: ProblemViewProps) {
  const badInput = problem.code === 'validation_failed';
  return (
    <EmptyState
      level={1}
      icon={badInput ? CircleHelp : CircleAlert}
      title={badInput ? 'This address is not complete' : 'The page could not be loaded'}
      action={
        <div className="flex flex-col items-center gap-3">
          <Link
            href={badInput ? (path.split('?')[0] ?? '/') : path}
            className={buttonVariants({ variant: 'primary', size: 'sm' })}
          >
            {badInput ? 'Start again' : 'Try again'}
          </Link>
          {problem.requestId ? (
            <p className="flex items-center gap-1 text-xs text-subtle">
              Request <span className="code-id">{problem.requestId}</span>
              <CopyButton value={problem.requestId} label="Copy the request id" />
            </p>
          ) : null}
        </div>
      }
    >
      {badInput ? 'Something in it is cut off or altered.' : `${problem.message} Nothing was changed.`}
    </EmptyState>
  );
}
