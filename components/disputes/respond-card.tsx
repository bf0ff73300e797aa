'use client';

import { Time } from '../console/time.tsx';
import { FailureAlert } from '../failure-alert.tsx';
import { useKeyed } from '../keyed.ts';
import { trpcClient } from '../trpc-client.ts';
import { Button } from '../ui/button.tsx';
import { Card, CardHeader } from '../ui/card.tsx';
import { Dialog, DialogActions, DialogClose, DialogContent, DialogTrigger } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { Textarea } from '../ui/input.tsx';
import { keepInput } from '../ui/keep-input.ts';
import { useAct } from '../use-act.ts';

/** Longest evidence, in characters. */
const MAX_EVIDENCE = 20_000;

interface RespondCardProps {
  readonly door: 'admin' | 'seller';
  readonly id: string;
  readonly stage: 'inquiry' | 'dispute';
  readonly dueBy: Date | null;
}

/** Where something is said to a dispute, once: evidence, or that it is accepted. */
export function RespondCard({ door, id, stage, dueBy }: RespondCardProps) {
  const { act, busy, failure } = useAct();
  const submit = useKeyed(trpcClient[door].disputes.submitEvidence.mutate);
  const accept = useKeyed(trpcClient[door].disputes.accept.mutate);

  return (
    <Card>
      <CardHeader
        title="Answer the bank"
        description={
          <>
            It is taken once{dueBy ? ', until ' : null}
            {dueBy ? <Time value={dueBy} full /> : null}. Without an answer the bank decides for the buyer.
          </>
        }
      />
      <form
        action={(form) => void act(() => submit({ id, evidence: String(form.get('evidence') ?? '') }))}
        onReset={keepInput}
        className="grid gap-4 p-4"
      >
        <FailureAlert failure={failure} />
        <Field id="evidence" label="Evidence" hint="What shows that the payment was right: delivery, messages, terms.">
          {(control) => <Textarea {...control} name="evidence" required maxLength={MAX_EVIDENCE} rows={6} />}
        </Field>
        <div className="flex flex-wrap justify-end gap-2">
          {stage === 'dispute' ? <Accept busy={busy} onAccept={() => void act(() => accept({ id }))} /> : null}
          <Button type="submit" variant="primary" busy={busy}>
            Submit evidence
          </Button>
        </div>
      </form>
    </Card>
  );
}

function Accept({ busy, onAccept }: { readonly busy: boolean; readonly onAccept: () => void }) {
  return (
    <Dialog>
      <DialogTrigger render={<Button variant="secondary" disabled={busy} />}>Accept it</DialogTrigger>
      <DialogContent title="Accept the dispute?" description="The buyer keeps the money. It cannot be taken back.">
        <DialogActions>
          <DialogClose render={<Button variant="secondary" />}>Leave it</DialogClose>
          <DialogClose render={<Button variant="primary" onClick={onAccept} />}>Accept it</DialogClose>
        </DialogActions>
      </DialogContent>
    </Dialog>
  );
}
