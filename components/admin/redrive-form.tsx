'use client';

import { useState } from 'react';
import type { RouterInputs, RouterOutputs } from '#trpc';
import { type Failure, failureOf } from '../failure.ts';
import { FailureAlert } from '../failure-alert.tsx';
import { Button } from '../ui/button.tsx';
import { DialogActions, DialogClose } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { Input } from '../ui/input.tsx';
import { keepInput } from '../ui/keep-input.ts';
import { NativeSelect } from '../ui/native-select.tsx';
import { type LetterKind, RATES, spreadOver } from './letter-words.ts';

type Wish = Omit<RouterInputs['admin']['deadLetters']['redriveCause'], 'idempotencyKey'>;
type Result = RouterOutputs['admin']['deadLetters']['redriveCause'];

export interface RedriveFormProps {
  readonly kind: LetterKind;
  readonly cause: string;
  /** Newest letter that was shown: later ones are not touched. */
  readonly upTo: string;
  readonly waiting: number;
  /** Sends it under a key that outlives this form. */
  readonly redriveCause: (wish: Wish) => Promise<Result>;
  readonly onDone: (result: Result) => void;
}

/** Why, and how fast. */
export function RedriveForm({ kind, cause, upTo, waiting, redriveCause, onDone }: RedriveFormProps) {
  const [perSecond, setPerSecond] = useState<number>(RATES[1]);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();

  async function redrive(form: FormData): Promise<void> {
    setBusy(true);
    setFailure(undefined);
    const reason = String(form.get('reason') ?? '');
    try {
      onDone(await redriveCause({ kind, cause, upTo, perSecond, reason }));
    } catch (error) {
      setFailure(failureOf(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <form action={redrive} onReset={keepInput} className="mt-4 grid gap-4">
      <FailureAlert failure={failure} />
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
