'use client';

import { TRPCClientError } from '@trpc/client';
import { useState } from 'react';
import type { RouterOutputs } from '#trpc';
import { useKeyed } from '../keyed.ts';
import { trpcClient } from '../trpc-client.ts';
import { Alert } from '../ui/alert.tsx';
import { Button } from '../ui/button.tsx';
import { DialogActions, DialogClose } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { Input } from '../ui/input.tsx';
import { keepInput } from '../ui/keep-input.ts';
import { NativeSelect } from '../ui/native-select.tsx';
import { type LetterKind, RATES, spreadOver } from './letter-words.ts';

export interface RedriveFormProps {
  readonly kind: LetterKind;
  readonly cause: string;
  /** Newest letter that was shown: later ones are not touched. */
  readonly upTo: string;
  readonly waiting: number;
  readonly onDone: (result: RouterOutputs['admin']['deadLetters']['redriveCause']) => void;
}

/** Why, and how fast. */
export function RedriveForm({ kind, cause, upTo, waiting, onDone }: RedriveFormProps) {
  const redriveCause = useKeyed(trpcClient.admin.deadLetters.redriveCause.mutate);
  const [perSecond, setPerSecond] = useState<number>(RATES[1]);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();

  async function redrive(form: FormData): Promise<void> {
    setBusy(true);
    setProblem(undefined);
    const reason = String(form.get('reason') ?? '');
    try {
      onDone(await redriveCause({ kind, cause, upTo, perSecond, reason }));
    } catch (error) {
      setProblem(
        error instanceof TRPCClientError ? error.message : 'The server did not answer. Repeating it is harmless.',
      );
    } finally {
      setBusy(false);
    }
  }

  return (
    <form action={redrive} onReset={keepInput} className="mt-4 grid gap-4">
      {problem ? <Alert role="alert" title={problem} tone="negative" /> : null}
      <Field id="redrive-rate" label="Rate" hint={`They set off ${spreadOver(waiting, perSecond)}.`}>
        {(control) => (
          <NativeSelect {...control} value={perSecond} onChange={(event) => setPerSecond(Number(event.target.value))}>
            {RATES.map((rate) => (
              <option key={rate} value={rate}>
                {rate} per second
              </option>
            ))}
          </NativeSelect>
        )}
      </Field>
      <Field id="redrive-reason" label="Reason" hint="At least three characters; it is kept with each of them.">
        {(control) => <Input {...control} name="reason" required minLength={3} maxLength={500} />}
      </Field>
      <DialogActions className="mt-1">
        <DialogClose render={<Button variant="secondary" />}>Leave them</DialogClose>
        <Button type="submit" variant="primary" busy={busy}>
          {`Try ${waiting} again`}
        </Button>
      </DialogActions>
    </form>
  );
}
