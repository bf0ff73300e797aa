import { applyOutcomes, drainPayments, resolveAttempts, takePayment } from '#payments';
import type { PaymentSystem } from '#testing';
import { handleInbox } from '#webhooks';
import { readSnapshot } from '../crash-points/snapshot.ts';
import { deliverAll, openStage, paymentOf, type Stage } from '../crash-points/stage.ts';
import type { Random } from '../kit/random.ts';
import { conduct } from './conductor.ts';
import type { House } from './play-pair.ts';
import { PRINCIPAL } from './scenes.ts';
import { drawing } from './schedules.ts';

/** What must stand at the end of the race, once each, whoever brought the news; anything else about the order is wrong. */
export const ONE_OF_EACH: readonly string[] = [
  'capture ~c1.o1 2999 USD',
  'charge ~c1.o1 2999 usd',
  'entry order_captured buyer:~buyer:USD 2999',
  'outbox payment_order.updated ~c1.o1 SUCCESS',
  'order ~c1.o1 SUCCESS 2999 USD 74',
];
/** What nobody may be told or write about an order that was paid. */
const NEVER = /FAILED|LATE_SUCCESS|REFUND|late_capture_held|dead letter/;

export interface RaceResult {
  readonly schedules: number;
  readonly blocked: number;
  readonly violations: readonly string[];
}

/**
 * Callback × webhook × poll: the provider's own answer, its webhook and the worker's question bring the same success at the same
 * time, in schedules that the seed draws. One capture, one credit, one notification; nothing is ever refunded or failed.
 */
export async function raceForOneSuccess(
  house: House & { readonly system: PaymentSystem },
  random: Random,
  schedules: number,
): Promise<RaceResult> {
  const violations: string[] = [];
  let blocked = 0;
  for (let nth = 1; nth <= schedules; nth += 1) {
    const stage = stageOf(house.system, `race${nth}`);
    const callback = await paidInTheDark(stage, house);
    const sessions = [callback, () => handleInbox(200), () => resolveAttempts(50)];
    const played = await conduct(house.owner, sessions, house.acquired, drawing(random));
    await drainPayments();
    blocked += played.blocked;
    const path = played.steps.map((step) => step.chosen).join('');
    const wrong = [
      ...played.errors.filter((error) => error !== undefined).map(String),
      ...wrongAfterRace(await readSnapshot(stage)),
    ];
    violations.push(...wrong.map((line) => `schedule ${path}: ${line}`));
  }
  return { schedules, blocked, violations };
}

/** What is missing, doubled or forbidden in the end of a race. */
export function wrongAfterRace(end: readonly string[]): string[] {
  const counted = ONE_OF_EACH.flatMap((line) => {
    const count = end.filter((one) => one === line).length;
    return count === 1 ? [] : [`${count} times: ${line}`];
  });
  return [...counted, ...end.filter((line) => NEVER.test(line)).map((line) => `never: ${line}`)];
}

function stageOf({ owner, simulator }: PaymentSystem, id: string): Stage {
  return openStage({ id, owner, simulatorUrl: simulator.url, simulatorDatabase: simulator.database.url });
}

/** Charged, and nobody here knows: the webhook lies in the inbox, the worker's question is due, and the late answer is the callback. */
async function paidInTheDark(stage: Stage, { pools, owner }: House): Promise<() => Promise<unknown>> {
  // Whoever asks is a new process, as far as the provider is concerned: earlier silence opens no breaker.
  Reflect.deleteProperty(globalThis, Symbol.for('countinghouse.psp'));
  await takePayment(paymentOf(stage, { token: 'tok_charged_then_server_error' }), PRINCIPAL, { waitMs: 0 });
  await drainPayments();
  await deliverAll(stage);
  await owner.query(
    'update payment_attempts set resolve_at = now() where finished_at is null and starts_with(checkout_id, $1)',
    [`${stage.id}.`],
  );
  const [charge] = await stage.desk.charges(`${stage.id}.c1.o1`);
  if (!charge) throw new Error('the provider has not charged');
  const attemptId = charge.attempt_id;
  const outcome = {
    kind: 'succeeded' as const,
    pspPaymentId: `pi_${attemptId}`,
    chargeId: charge.id,
    amountMinor: 2_999n,
    currency: 'USD' as const,
    cardLast4: null,
  };
  const [on] = pools;
  return async () => {
    if (!on) throw new Error('a session has a pool');
    const [result] = await applyOutcomes(on, [{ attemptId, outcome, actor: 'api' }]);
    if (result instanceof Error) throw result;
  };
}
