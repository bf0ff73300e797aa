'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { RouterOutputs } from '#trpc';
import { Time } from '../console/time.tsx';
import { humanize } from '../console/words.ts';
import { failureOf } from '../failure.ts';
import { useKeyed } from '../keyed.ts';
import { refreshIfReachable } from '../refresh-if-reachable.ts';
import { trpcClient } from '../trpc-client.ts';
import { Alert } from '../ui/alert.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions, DialogClose, DialogContent, DialogTrigger } from '../ui/dialog.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { LETTER_KINDS, type LetterKind, SENDS_ANEW, sendsAnew } from './letter-words.ts';
import { RedriveForm, type RedriveFormProps } from './redrive-form.tsx';

type Preview = RouterOutputs['admin']['deadLetters']['preview'];
type Result = RouterOutputs['admin']['deadLetters']['redriveCause'];

export interface RedriveCauseProps {
  readonly kind: LetterKind;
  readonly cause: string;
}

/** Shows what trying a whole cause again would touch; then does it, at a rate and for a reason. */
export function RedriveCause({ kind, cause }: RedriveCauseProps) {
  const router = useRouter();
  const redriveCause = useKeyed(trpcClient.admin.deadLetters.redriveCause.mutate);
  const [open, setOpen] = useState(false);
  const [preview, setPreview] = useState<Preview>();
  const [result, setResult] = useState<Result>();
  const [problem, setProblem] = useState<string>();

  async function look(): Promise<void> {
    setPreview(undefined);
    setResult(undefined);
    setProblem(undefined);
    try {
      setPreview(await trpcClient.admin.deadLetters.preview.query({ kind, cause }));
    } catch (error) {
      setProblem(failureOf(error).message);
    }
  }

  function onOpenChange(next: boolean): void {
    setOpen(next);
    if (next) void look();
    // Also where no answer came: they may be on their way all the same.
    else void refreshIfReachable(router);
  }

  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogTrigger render={<Button variant="secondary" size="sm" />}>Preview</DialogTrigger>
      <DialogContent
        title={`Try again: ${humanize(cause)}`}
        description={`${LETTER_KINDS[kind].many} that gave up for this cause. Safe at any time: nothing that is known already happens twice.`}
      >
        <div className="text-start">
          {problem ? (
            <Alert
              role="alert"
              tone="negative"
              title={problem}
              action={
                <Button size="sm" onClick={look}>
                  Look again
                </Button>
              }
            >
              Nothing was changed.
            </Alert>
          ) : null}
          {result ? <Done result={result} /> : null}
          {!problem && !result && !preview ? <Loading /> : null}
          {preview && !result ? (
            <Found kind={kind} cause={cause} preview={preview} redriveCause={redriveCause} onDone={setResult} />
          ) : null}
        </div>
      </DialogContent>
    </Dialog>
  );
}

interface FoundProps extends RedriveCauseProps, Pick<RedriveFormProps, 'redriveCause' | 'onDone'> {
  readonly preview: Preview;
}

function Found({ preview, ...redrive }: FoundProps) {
  const { count: waiting, oldestAt, upTo, sample } = preview;
  if (upTo === null || oldestAt === null)
    return <p className="text-sm text-muted">None is left. Somebody was quicker, or your own try went through.</p>;
  const canTry = sample.some((letter) => letter.wayOut === 'try_again');
  return (
    <>
      <p className="text-sm">
        <span className="font-medium">{waiting}</span> waiting, the oldest since <Time value={oldestAt} full />.
      </p>
      <Sample sample={sample} waiting={waiting} />
      {sample.some(sendsAnew) ? <p className="mt-3 text-sm">{SENDS_ANEW}</p> : null}
      {canTry ? (
        <RedriveForm {...redrive} upTo={upTo} waiting={waiting} />
      ) : (
        <>
          <Alert tone="info" title="These cannot be tried again" className="mt-4">
            Their outcome is definite. Close each with a reason, or move its money first.
          </Alert>
          <DialogActions>
            <DialogClose render={<Button variant="secondary" />}>Leave them</DialogClose>
          </DialogActions>
        </>
      )}
    </>
  );
}

function Sample({ sample, waiting }: { readonly sample: Preview['sample']; readonly waiting: number }) {
  return (
    <section aria-label="The oldest of them" className="mt-3 overflow-hidden rounded-md border border-line">
      <ul className="max-h-56 overflow-y-auto text-xs">
        {sample.map((letter) => (
          <li key={letter.id} className="border-line px-3 py-2 not-last:border-b">
            <span className="code-id block">{letter.subjectId}</span>
            <span className="text-muted">
              {letter.tries === 1 ? '1 try' : `${letter.tries} tries`}, since <Time value={letter.createdAt} />
              {letter.lastError ? `: ${letter.lastError}` : null}
            </span>
          </li>
        ))}
      </ul>
      {waiting > sample.length ? (
        <p className="border-t border-line px-3 py-2 text-xs text-subtle">
          The oldest {sample.length} of {waiting}.
        </p>
      ) : null}
    </section>
  );
}

function Done({ result: { moved, left, remaining, lastAt } }: { readonly result: Result }) {
  return (
    <>
      <Alert role="status" tone={moved > 0 ? 'positive' : 'info'} title={`${moved} set on their way`}>
        {lastAt ? (
          <>
            The last one sets off at <Time value={lastAt} full />.{' '}
          </>
        ) : null}
        {left > 0 ? `For ${left} nothing can be done this way; they stay here. ` : null}
        {remaining > 0 ? `${remaining} more wait: try again once these are through.` : null}
      </Alert>
      <DialogActions>
        <DialogClose render={<Button variant="primary" />}>Done</DialogClose>
      </DialogActions>
    </>
  );
}

function Loading() {
  return (
    <div role="status" aria-label="Loading" className="grid gap-3">
      <Skeleton className="h-5 w-2/3" />
      <Skeleton className="h-32" />
      <Skeleton className="h-9" />
    </div>
  );
}
