import { newId } from '#kernel';
import { nowMs } from '../clock/clock.ts';
import type { DeliveryRow, EventRow } from '../database/rows.ts';
import { joinWrites, type Writes } from '../database/writes.ts';
import type { Simulator } from '../simulator.ts';
import { type ApiRequest, type Decision, nowSeconds } from './request.ts';

/**
 * Adds to a decision's rows what every write carries: its events, their deliveries and the stored answer of its
 * idempotency key, so that all of it commits or none. `request` is absent when the simulator acts by itself.
 */
export function completeWrites(simulator: Simulator, decision: Decision, request?: ApiRequest): Writes {
  const now = nowSeconds();
  const events = decision.events.map(
    (draft): EventRow => ({
      id: newId('evt'),
      created: now,
      type: draft.type,
      object_id: draft.object_id,
      object: draft.object,
      request_id: request?.id ?? null,
      idempotency_key: request?.idempotencyKey ?? null,
      account: draft.account ?? null,
    }),
  );
  const planned = events.map((event) => planDeliveries(simulator, event));
  return joinWrites(decision.writes, {
    events,
    webhook_deliveries: planned.flatMap((plan) => plan.deliveries),
    fault_journal: planned.flatMap((plan) => plan.journal),
    idempotency_keys: request?.idempotencyKey ? [storedAnswer(request, request.idempotencyKey, decision)] : [],
  });
}

function planDeliveries({ endpoints, faults }: Simulator, event: EventRow) {
  const subscribed = endpoints.subscribedTo(event.type);
  if (subscribed.length === 0) return { deliveries: [], journal: [] };
  const { fate, journal } = faults.fateOfEvent(event);
  const deliveries = subscribed.flatMap(({ id }) => {
    const flaws = fate.copies === 0 ? [null] : [...Array.from({ length: fate.copies }, () => null), ...fate.flaws];
    return flaws.map(
      (flaw, index): DeliveryRow => ({
        event: event.id,
        endpoint: id,
        copy: index + 1,
        state: fate.copies === 0 ? 'dropped' : 'pending',
        attempts: 0,
        next_attempt_at: fate.copies === 0 ? null : new Date(nowMs() + fate.delayMs).toISOString(),
        leased: false,
        flaw,
      }),
    );
  });
  return { deliveries, journal };
}

/** Kept by real time: callers retry by theirs. */
function storedAnswer(request: ApiRequest, key: string, { answer }: Decision) {
  return {
    key,
    created: Math.floor(Date.now() / 1000),
    fingerprint: request.fingerprint,
    request_id: request.id,
    status: answer.status,
    body: answer.body,
  };
}
