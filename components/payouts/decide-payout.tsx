'use client';

import { useState } from 'react';
import { FailureAlert } from '../failure-alert.tsx';
import { useKeyed } from '../keyed.ts';
import { trpcClient } from '../trpc-client.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions, DialogClose, DialogContent, DialogTrigger } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { Input } from '../ui/input.tsx';
import { keepInput } from '../ui/keep-input.ts';
import { useAct } from '../use-act.ts';

/** What staff decides about a payout that was not sent yet. */
export function DecidePayout({ payoutId, state }: { readonly payoutId: string; readonly state: string }) {
  const { act, busy, failure } = useAct();
  const approve = useKeyed(trpcClient.admin.payouts.approve.mutate);
  const cancel = useKeyed(trpcClient.admin.payouts.cancel.mutate);
  if (state !== 'REQUESTED' && state !== 'APPROVED') return null;
  return (
    <div className="grid justify-items-end gap-2">
      <div className="flex gap-2">
        <WithReason
          word="Cancel payout"
          title="Cancel this payout?"
          explains="Its amount is available to the seller again. Your reason stays on record."
          decide={(reason) => cancel({ payoutId, reason })}
        />
        {state === 'REQUESTED' ? (
          <Button variant="primary" busy={busy} onClick={() => act(() => approve({ payoutId }))}>
            Approve
          </Button>
        ) : null}
      </div>
      <FailureAlert failure={failure} />
    </div>
  );
}

/** A seller's own way out, as long as nothing was sent. */
export function CancelOwnPayout({ payoutId, state }: { readonly payoutId: string; readonly state: string }) {
  const { act, busy, failure } = useAct();
  const cancel = useKeyed(trpcClient.seller.payouts.cancel.mutate);
  if (state !== 'REQUESTED' && state !== 'APPROVED') return null;
  return (
    <div className="grid justify-items-end gap-2">
      <Button busy={busy} onClick={() => act(() => cancel({ payoutId }))}>
        Cancel payout
      </Button>
      <FailureAlert failure={failure} />
    </div>
  );
}

export function VerifySeller({ sellerId, name }: { readonly sellerId: string; readonly name: string }) {
  const verify = useKeyed(trpcClient.admin.payouts.verifySeller.mutate);
  return (
    <WithReason
      word="Verify"
      title={`Verify ${name}?`}
      explains="From now on it can be paid out. Say what you have seen; it stays on record."
      decide={(reason) => verify({ sellerId, reason })}
    />
  );
}

interface WithReasonProps {
  readonly word: string;
  readonly title: string;
  readonly explains: string;
  readonly decide: (reason: string) => Promise<unknown>;
}

function WithReason({ word, title, explains, decide }: WithReasonProps) {
  const [open, setOpen] = useState(false);
  const { act, busy, failure } = useAct();
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger render={<Button />}>{word}</DialogTrigger>
      <DialogContent title={title} description={explains}>
        <form
          className="text-start"
          onReset={keepInput}
          action={async (form) => {
            if (await act(() => decide(String(form.get('reason') ?? '')))) setOpen(false);
          }}
        >
          <FailureAlert failure={failure} className="mb-4" />
          <Field id="decision-reason" label="Reason" hint="At least three characters; others will read it.">
            {(control) => <Input {...control} name="reason" required minLength={3} maxLength={500} />}
          </Field>
          <DialogActions>
            <DialogClose render={<Button />}>Leave it</DialogClose>
            <Button type="submit" variant="primary" busy={busy}>
              {word}
            </Button>
          </DialogActions>
        </form>
      </DialogContent>
    </Dialog>
  );
}
