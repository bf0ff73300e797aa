'use client';

import { useState } from 'react';
import { FailureAlert } from '../failure-alert.tsx';
import { useKeyed } from '../keyed.ts';
import { trpcClient } from '../trpc-client.ts';
import { Alert } from '../ui/alert.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions, DialogClose, DialogContent, DialogTrigger } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { Input } from '../ui/input.tsx';
import { keepInput } from '../ui/keep-input.ts';
import { useAct } from '../use-act.ts';
import { DIFFERENCE_WORDS, type Difference } from './difference-words.ts';

/** A person's word about a difference, with a reason. */
export function CloseDifference({ difference: { id, type } }: { readonly difference: Difference }) {
  const [open, setOpen] = useState(false);
  const { act, busy, failure } = useAct();
  const close = useKeyed(trpcClient.admin.reconciliation.close.mutate);

  async function send(form: FormData): Promise<void> {
    if (await act(() => close({ id, reason: String(form.get('reason') ?? '') }))) setOpen(false);
  }

  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger render={<Button variant="secondary" size="sm" />}>Close</DialogTrigger>
      <DialogContent
        title="Close this difference?"
        description="No money moves. It comes again only when something about it changes; your reason stays on record."
      >
        <form action={send} onReset={keepInput} className="text-start">
          <Alert title={`${DIFFERENCE_WORDS[type].word}: what to do`} className="mb-4">
            {DIFFERENCE_WORDS[type].wayOut}
          </Alert>
          <FailureAlert failure={failure} className="mb-4" />
          <Field id={`close-${id}`} label="Reason" hint="At least three characters; others will read it.">
            {(control) => <Input {...control} name="reason" required minLength={3} maxLength={500} />}
          </Field>
          <DialogActions>
            <DialogClose render={<Button variant="secondary" />}>Leave it open</DialogClose>
            <Button type="submit" variant="primary" busy={busy}>
              Close it
            </Button>
          </DialogActions>
        </form>
      </DialogContent>
    </Dialog>
  );
}
