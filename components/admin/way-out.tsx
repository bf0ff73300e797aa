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
import { type Letter, SENDS_ANEW, sendsAnew } from './letter-words.ts';

type Way = Exclude<Letter['wayOut'], 'none'>;

const WORDS: Record<Way, { action: string; title: string; explains: string }> = {
  try_again: {
    action: 'Try again',
    title: 'Try it again?',
    explains: 'Safe at any time: the provider is asked first, and nothing that is known already happens twice.',
  },
  close: {
    action: 'Close',
    title: 'Close this dead letter?',
    explains: 'The failure is definite. Your reason stays on record.',
  },
};

/** One that is none of ours is looked into at the provider; one that failed need not be made again. */
const SEEN_REFUND = {
  ...WORDS.close,
  explains:
    'Nothing more is given back by this. Close it once you know why that is right; your reason stays on record.',
};

/** A dispute that needs eyes is answered on its own page; here only the word about it can be given. */
const SEEN_DISPUTE = {
  ...WORDS.close,
  explains: 'Close this once you have looked at the dispute; your reason stays on record.',
};

/** It is booked already, on the account for what has no place yet, or cannot be booked at all. */
const UNPLACED = {
  ...WORDS.close,
  explains:
    'The money stays where it is: in suspense, or unbooked if it was refused. Close this once you know what it is; your reason stays on record.',
};

/** A payout that has ended is looked into with the seller, who asks for another. */
const ENDED_PAYOUT = {
  ...WORDS.close,
  explains: 'What did not reach the bank is available again, and can be paid out anew. Your reason stays on record.',
};

/** Money that came back to no account of ours is not looked for any more. */
const NOT_RECALLED = {
  ...WORDS.close,
  explains:
    'What is left in the seller’s account at the provider is not brought back any more. Your reason stays on record.',
};

/** A webhook that can never be read stays in the inbox as it is. */
const UNREADABLE_WEBHOOK = {
  ...WORDS.close,
  explains: 'What it says is not applied. Close this once you know what it was; your reason stays on record.',
};

/** An attempt that took another amount. */
const OTHER_AMOUNT = {
  ...WORDS.close,
  explains:
    'The provider took another amount. Close this once that money went back: the payment has failed then. Your reason stays on record.',
};

/** Closing says something of its own for some kinds. */
const CLOSING: Partial<Record<Letter['kind'], typeof WORDS.close>> = {
  refund: SEEN_REFUND,
  settlement: UNPLACED,
  payout: ENDED_PAYOUT,
  dispute: SEEN_DISPUTE,
  webhook: UNREADABLE_WEBHOOK,
};

function closing({ kind, cause }: Letter): typeof WORDS.close {
  if (kind === 'attempt' && cause === 'amount_mismatch') return OTHER_AMOUNT;
  if (kind === 'payout' && cause === 'not_recalled') return NOT_RECALLED;
  return CLOSING[kind] ?? WORDS.close;
}

/** What a person can do about a dead letter: an action with a reason, or the word that it can only be looked at. */
export function WayOut({ letter }: { readonly letter: Letter }) {
  const { wayOut, closable } = letter;
  if (wayOut === 'none') return <span className="text-sm text-muted">Its subject is gone</span>;
  return (
    <span className="inline-flex flex-wrap justify-end gap-2">
      {wayOut === 'try_again' && closable ? <Act letter={letter} way="close" /> : null}
      <Act letter={letter} way={wayOut} />
    </span>
  );
}

function Act({ letter, way }: { readonly letter: Letter; readonly way: Way }) {
  const [open, setOpen] = useState(false);
  const { act, busy, failure } = useAct();
  const close = useKeyed(trpcClient.admin.deadLetters.close.mutate);
  const tryAgain = useKeyed(trpcClient.admin.deadLetters.tryAgain.mutate);
  const { action, title, explains } = way === 'close' ? closing(letter) : WORDS[way];

  async function send(form: FormData): Promise<void> {
    const input = { subjectId: letter.subjectId, reason: String(form.get('reason') ?? '') };
    const work = () =>
      way === 'close' ? close({ kind: letter.kind, ...input }) : tryAgain({ kind: letter.kind, ...input });
    if (await act(work)) setOpen(false);
  }

  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger render={<Button variant="secondary" size="sm" />}>{action}</DialogTrigger>
      <DialogContent title={title} description={way === 'try_again' && sendsAnew(letter) ? SENDS_ANEW : explains}>
        <form action={send} onReset={keepInput} className="text-start">
          <FailureAlert failure={failure} className="mb-4" />
          <Field id={`${way}-${letter.id}`} label="Reason" hint="At least three characters; others will read it.">
            {(control) => <Input {...control} name="reason" required minLength={3} maxLength={500} />}
          </Field>
          <DialogActions>
            <DialogClose render={<Button variant="secondary" />}>Leave it</DialogClose>
            <Button type="submit" variant="primary" busy={busy}>
              {way === 'close' ? 'Close it' : action}
            </Button>
          </DialogActions>
        </form>
      </DialogContent>
    </Dialog>
  );
}
