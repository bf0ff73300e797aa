import { newId } from '#kernel';
import type { TransportFault } from '../cards/test-methods.ts';
import type { FaultJournalRow } from '../database/rows.ts';
import { type Answer, Disconnect } from '../http/answer.ts';
import { errorBody, type StripeError } from '../http/stripe-error.ts';
import { type Context, type Decision, nowSeconds } from '../requests/request.ts';
import { rateLimited, serverError } from './fault-desk.ts';

/** Faults that happen instead of an execution: with nothing done. */
const INSTEAD: Partial<Record<TransportFault, () => StripeError | Disconnect>> = {
  forgotten: () => new Disconnect('forgotten'),
  reset_once: () => new Disconnect('reset_once'),
  rate_limited_once: rateLimited,
  server_error_once: serverError,
};

/**
 * Throws what a test token asks for before anything is done. A "once" fault is remembered in the journal by idempotency
 * key (else by `reference`, the attempt), so the retry of the same payment succeeds, also after a restart.
 */
export async function meetTransportFault(
  { simulator, request }: Context,
  transport: TransportFault | null,
  reference: string | null,
): Promise<void> {
  const fault = transport && INSTEAD[transport];
  if (!fault) return;
  const key = request.idempotencyKey ?? reference;
  if (transport !== 'forgotten' && key !== null) {
    const text = 'select id from fault_journal where idempotency_key = $1 and kind = $2 limit 1';
    const met = await simulator.store.rows('met_before', text, [key, transport]);
    if (met.length > 0) return;
  }
  await simulator.store.commit({ fault_journal: [row(transport, request.path, key, request.id)] });
  throw fault();
}

/** Changes a decision as the test token asks for: what is done stays done, the caller does not learn it. */
export function spoilAnswer({ request }: Context, transport: TransportFault | null, decision: Decision): Decision {
  if (transport !== 'answer_lost' && transport !== 'charged_then_server_error') return decision;
  const answer: Answer =
    transport === 'answer_lost'
      ? { ...decision.answer, lost: true }
      : { status: 500, body: JSON.stringify(errorBody('api_error', serverError().message)) };
  const journal = row(transport, request.path, request.idempotencyKey, request.id);
  return { ...decision, answer, writes: { ...decision.writes, fault_journal: [journal] } };
}

function row(kind: TransportFault, subject: string, key: string | null, requestId: string): FaultJournalRow {
  return {
    id: newId('flj'),
    created: nowSeconds(),
    fault: null,
    kind,
    subject,
    idempotency_key: key,
    detail: { request: requestId },
  };
}
