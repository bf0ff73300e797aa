import type Stripe from 'stripe';
import type { AnyOutcome } from './any-outcome.ts';
import type { GuardedCall } from './call-guard.ts';
import type { DisputeList, DisputeOutcome } from './dispute-outcome.ts';
import type { Psp } from './port.ts';
import { disputeAnswerError, disputeError, disputeOutcome, readDispute } from './read-dispute.ts';

/** A guarded call: what is called, the work, and how its answer or error is read. */
type Call = <T, Known extends AnyOutcome>(
  what: GuardedCall,
  work: () => Promise<T>,
  read: (answer: T) => Known,
  readError: (error: unknown) => Known,
) => Promise<Known | Extract<DisputeOutcome, { kind: 'not_started' }>>;

/** The adapter's calls about disputes. */
export function disputeCalls(
  stripe: Stripe,
  call: Call,
): Pick<Psp, 'enquireDispute' | 'listDisputes' | 'answerDispute'> {
  return {
    enquireDispute: (pspDisputeId, occasion = 'first') =>
      call<Stripe.Dispute, DisputeOutcome>(
        { verb: 'enquire_dispute', occasion },
        () => stripe.disputes.retrieve(pspDisputeId),
        disputeOutcome,
        disputeError,
      ),

    listDisputes: (openedFrom) =>
      call<Stripe.Dispute[], DisputeList>(
        { verb: 'list_disputes', occasion: 'first' },
        () => findDisputes(stripe, openedFrom),
        (disputes) => ({ kind: 'listed', disputes: disputes.flatMap((one) => readDispute(one) ?? []) }),
        disputeError,
      ),

    answerDispute: ({ pspDisputeId, key, evidence }, occasion = 'first') =>
      call<Stripe.Dispute, DisputeOutcome>(
        { verb: 'answer_dispute', occasion },
        () =>
          evidence === null
            ? stripe.disputes.close(pspDisputeId, {}, { idempotencyKey: key })
            : stripe.disputes.update(
                pspDisputeId,
                { evidence: { uncategorized_text: evidence }, submit: true },
                { idempotencyKey: key },
              ),
        disputeOutcome,
        disputeAnswerError,
      ),
  };
}

/** Disputes on a page, and most that one look takes: what is older is asked about one by one. */
const DISPUTES_ON_A_PAGE = 100;
const MAX_DISPUTES = 1_000;

/** Disputes opened since then, or all, newest first. */
async function findDisputes(stripe: Stripe, openedFrom: Date | null): Promise<Stripe.Dispute[]> {
  const created = openedFrom ? { created: { gte: Math.floor(openedFrom.getTime() / 1_000) } } : {};
  return stripe.disputes.list({ limit: DISPUTES_ON_A_PAGE, ...created }).autoPagingToArray({ limit: MAX_DISPUTES });
}
