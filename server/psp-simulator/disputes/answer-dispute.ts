import { z } from 'zod';
import type { DisputeRow } from '../database/rows.ts';
import { ok } from '../http/answer.ts';
import { expand } from '../http/expand.ts';
import { expandable, parseParameters, wireBoolean, wireMetadata } from '../http/form.ts';
import { unexpectedState } from '../http/stripe-error.ts';
import { type Handler, nowSeconds } from '../requests/request.ts';
import { decisionOf, evidenceParameters } from './evidence.ts';
import { type LockedDispute, lockDispute, moveDispute } from './move-dispute.ts';
import { disputeEvent, renderDispute } from './render-dispute.ts';

const updateParameters = z.strictObject({
  evidence: evidenceParameters.optional(),
  /** Stripe's default: what is said is sent to the bank. `false` keeps it for later. */
  submit: wireBoolean.optional(),
  metadata: wireMetadata.optional(),
  expand: expandable,
});
const closeParameters = z.strictObject({ expand: expandable });

/**
 * `POST /v1/disputes/:id`: says something to a dispute. Evidence goes to the bank once; what the bank decides is told by
 * `evidence[uncategorized_text]` (`winning_evidence`, `losing_evidence`).
 */
export const updateDispute: Handler = async (context) => {
  const { evidence, submit, metadata, expand: paths } = parseParameters(updateParameters, context.request.input);
  const { PSP_DISPUTE_DELAY_MS: delayMs } = context.simulator.config;
  return context.transact(async (tx) => {
    const locked = await lockDispute(tx, context.request.ids.id ?? '');
    const said: DisputeRow = {
      ...locked.dispute,
      metadata: { ...locked.dispute.metadata, ...metadata },
      evidence: { ...locked.dispute.evidence, ...given(evidence) },
    };
    const speaks = evidence !== undefined || submit === true;
    if (speaks) checkMaySpeak(locked);
    const moved =
      speaks && submit !== false
        ? moveDispute({ ...locked, dispute: said }, 'submit', { submission_count: 1, ...decided(said, delayMs) })
        : kept(locked, said);
    return { ...moved, answer: ok(await expand(tx, moved.rendered, paths)) };
  });
};

/** `POST /v1/disputes/:id/close`: the merchant accepts; the dispute is lost. */
export const closeDispute: Handler = async (context) => {
  const { expand: paths } = parseParameters(closeParameters, context.request.input);
  return context.transact(async (tx) => {
    const moved = moveDispute(await lockDispute(tx, context.request.ids.id ?? ''), 'accept');
    return { ...moved, answer: ok(await expand(tx, moved.rendered, paths)) };
  });
};

/** Also before the loop comes by: what is said too late is not said. */
function checkMaySpeak({ dispute }: LockedDispute): void {
  if (dispute.submission_count > 0) {
    throw unexpectedState('resource_invalid_state', 'Evidence was submitted already; it can be submitted once.');
  }
  if (!dispute.status.endsWith('needs_response') || dispute.due_by <= nowSeconds()) {
    throw unexpectedState('resource_invalid_state', `This dispute takes no evidence: it is ${dispute.status}.`);
  }
}

function given(evidence: Record<string, string | undefined> = {}): DisputeRow['evidence'] {
  return Object.fromEntries(Object.entries(evidence).filter((one): one is [string, string] => one[1] !== undefined));
}

function decided(dispute: DisputeRow, delayMs: number): Pick<DisputeRow, 'next' | 'next_at'> {
  const next = decisionOf(dispute.evidence);
  const onlyOfInquiry = next === 'escalate' && !dispute.status.startsWith('warning');
  if (next === null || onlyOfInquiry) return { next: null, next_at: null };
  return { next, next_at: new Date(Date.now() + delayMs).toISOString() };
}

function kept({ bookings }: LockedDispute, dispute: DisputeRow) {
  const rendered = renderDispute(dispute, bookings);
  return { rendered, writes: { disputes: [dispute] }, events: [disputeEvent('charge.dispute.updated', rendered)] };
}
