import { closeRefundLetter, openRefunds, retryRefund, SECOND_REFUND, submitRefunds } from '#refunds';
import type { WireAnswer, WireCall, WireRule } from '#testing';
import type { Flow } from '../flow.ts';
import { passTime } from '../recovery.ts';
import { letRefundsEnd } from '../simulation/harness.ts';
import type { Stage } from '../stage.ts';
import { expireByMistake, takeWebhooks } from './hosted.ts';
import { unless } from './unless.ts';

/** As in the worker. */
const BATCH = 20;
const PENDING_CARD = '4000000000007726';
const FAILING_CARD = '4000000000005126';

/** Money that came too late, held and due to go back. */
async function holdLate(stage: Stage, card?: string): Promise<void> {
  await expireByMistake(stage, card);
  await takeWebhooks(stage);
}

export async function giveBack(): Promise<void> {
  await openRefunds(BATCH);
  await submitRefunds(BATCH);
}

/** Sends what the provider has not answered yet, or asks about it. */
async function giveBackLater({ owner, id }: Stage): Promise<void> {
  await passTime(owner, `${id}.`);
  await submitRefunds(BATCH);
}

/** The refund reaches its end at the provider, which tells us. */
async function hearTheEnd(stage: Stage): Promise<void> {
  await letRefundsEnd(stage);
  await takeWebhooks(stage);
}

/** What the first call that makes a refund of an attempt meets; a second refund goes through. */
function onFirstRefund(
  stage: Stage,
  meet: (call: WireCall, forward: () => Promise<WireAnswer>) => Promise<WireAnswer | 'cut'>,
): WireRule {
  const met = new Set<string>();
  return async (call, forward) => {
    const { method, path, idempotencyKey = '' } = call;
    if (method !== 'POST' || path !== '/v1/refunds' || met.has(idempotencyKey)) return forward();
    const { rowCount } = await stage.owner.query(
      `select from refunds r where r.id = $1
       and not exists (select from refunds e where e.attempt_id = r.attempt_id and e.state = 'FAILED')`,
      [idempotencyKey],
    );
    if (!rowCount) return forward();
    return meet(call, forward);
  };
}

/** The provider will not make the first refund. */
export const refusingFirst = (stage: Stage): WireRule =>
  onFirstRefund(stage, async () => {
    const error = { type: 'invalid_request_error', code: 'refund_disputed_payment', message: 'Not now.' };
    return { status: 400, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error }) };
  });

/** The provider makes the first refund that it is asked for, and its answer never comes. */
function losingAnswer(stage: Stage): WireRule {
  const lost = new Set<string>();
  return onFirstRefund(stage, async ({ idempotencyKey = '' }, forward) => {
    const answer = await forward();
    if (lost.has(idempotencyKey)) return answer;
    lost.add(idempotencyKey);
    return 'cut';
  });
}

/** A refund that went as far as the provider's first answer. */
export async function holdAndGiveBack(stage: Stage): Promise<void> {
  await holdLate(stage);
  await giveBack();
}

/** The refund of the stage about which a person was told first, and the letter that says so. */
export async function refundWithLetter({ id, owner }: Stage): Promise<{ id: string; letter: string; cause: string }> {
  const { rows } = await owner.query<{ id: string; letter: string; cause: string }>(
    `select r.id, d.id::text as letter, d.cause from refunds r join payment_attempts a on a.id = r.attempt_id
     join dead_letters d on d.kind = 'refund' and d.subject_id = r.id where starts_with(a.checkout_id, $1) order by d.id limit 1`,
    [`${id}.`],
  );
  const [refund] = rows;
  if (!refund) throw new Error(`${id} has no refund with a letter`);
  return refund;
}

/** A person was told that the provider made another refund beside ours. */
async function findSecondRefund(stage: Stage): Promise<void> {
  await holdAndGiveBack(stage);
  await stage.owner.query(
    `insert into dead_letters (kind, subject_id, cause, tries)
     select 'refund', r.id, $2, 0 from refunds r join payment_attempts a on a.id = r.attempt_id where starts_with(a.checkout_id, $1)`,
    [`${stage.id}.`, SECOND_REFUND],
  );
}

export const REFUND_FLOWS: readonly Flow[] = [
  { name: 'refund', alone: true, before: (stage) => holdLate(stage), act: giveBack },
  {
    name: 'refund-answer-lost',
    alone: true,
    wire: losingAnswer,
    before: (stage) => holdLate(stage),
    act: async (stage) => {
      await giveBack();
      await giveBackLater(stage);
    },
  },
  {
    name: 'refund-pending',
    alone: false,
    before: (stage) => holdLate(stage, PENDING_CARD),
    act: async (stage) => {
      await giveBack();
      await hearTheEnd(stage);
    },
  },
  {
    name: 'refund-fails-late',
    alone: false,
    before: (stage) => holdLate(stage, FAILING_CARD),
    act: async (stage) => {
      await giveBack();
      await hearTheEnd(stage);
    },
  },
  {
    name: 'refund-retried',
    alone: true,
    wire: refusingFirst,
    before: holdAndGiveBack,
    act: async (stage) => {
      const { id } = await refundWithLetter(stage);
      await unless(retryRefund(id, 'user:1', 'the dispute is over'), 'not_found');
      await giveBack();
    },
  },
  {
    name: 'close-refund-letter',
    alone: true,
    before: findSecondRefund,
    act: async (stage) => {
      const { id } = await refundWithLetter(stage);
      await unless(closeRefundLetter(id, 'user:1', 'made by hand'), 'not_found');
    },
  },
];
