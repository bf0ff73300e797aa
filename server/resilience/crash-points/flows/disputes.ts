import {
  answerDispute,
  askDisputes,
  closeDisputeLetter,
  pollDisputes,
  retryDispute,
  sendResponses,
  warnOfDeadlines,
} from '#disputes';
import { takePayment } from '#payments';
import { fundRefunds, requestRefund } from '#refunds';
import type { Flow } from '../flow.ts';
import { PRINCIPAL, paymentOf, type Stage } from '../stage.ts';
import { postApi } from './call-api.ts';
import { takeWebhooks } from './hosted.ts';
import { giveBack } from './refunds.ts';
import { unless } from './unless.ts';

/** As in the worker. */
const BATCH = 20;

const orderOf = ({ id }: Stage) => `${id}.c1.o1`;

async function pay(stage: Stage): Promise<void> {
  await takePayment(paymentOf(stage), PRINCIPAL, { waitMs: 10_000 });
}

async function payAndBeDisputed(stage: Stage): Promise<void> {
  await pay(stage);
  const [charge] = await stage.desk.charges(orderOf(stage));
  await stage.desk.helper('disputes', { charge: charge?.id ?? '' });
}

/** Hears of the dispute, says something to it, and hears what came of it. */
async function respond(stage: Stage, evidence: string | null): Promise<void> {
  await takeWebhooks(stage);
  const { rows } = await stage.owner.query<{ id: string; psp: string }>(
    `select d.id, d.psp_dispute_id as psp from disputes d join payment_attempts a on a.id = d.attempt_id
     where starts_with(a.checkout_id, $1)`,
    [`${stage.id}.`],
  );
  for (const { id } of rows)
    await unless(answerDispute(id, { evidence, actor: 'user:1' }, {}), 'dispute_not_answerable');
  await sendResponses(BATCH);
  await takeWebhooks(stage);
}

/** A refund that waits for its seller's funds, which are there by now. */
async function payAndLetWait(stage: Stage): Promise<void> {
  await pay(stage);
  const paymentId = orderOf(stage);
  const requestId = await requestRefund({ paymentId, reason: 'not_delivered', actor: 'user:1' }, {});
  await stage.owner.query('update refunds set waits_for_funds = true where request_id = $1', [requestId]);
}

/** A dispute that is open and known, and a letter about it when there is a `cause`. */
async function payAndHear(stage: Stage, cause: string | null): Promise<void> {
  await payAndBeDisputed(stage);
  await takeWebhooks(stage);
  if (cause !== null)
    await stage.owner.query(`insert into dead_letters (kind, subject_id, cause, tries) values ('dispute', $1, $2, 1)`, [
      await disputeOf(stage),
      cause,
    ]);
}

async function disputeOf({ owner, id }: Stage): Promise<string> {
  const { rows } = await owner.query<{ id: string }>(
    'select d.id from disputes d join payment_attempts a on a.id = d.attempt_id where starts_with(a.checkout_id, $1)',
    [`${id}.`],
  );
  return rows[0]?.id ?? '';
}

/** Paid orders whose money goes back, because somebody asks for it or because a bank takes it. */
export const DISPUTE_FLOWS: readonly Flow[] = [
  {
    name: 'order-refund',
    alone: true,
    before: pay,
    act: async (stage) => {
      const body = { amount: '10.00', currency: 'USD', reason: 'not_delivered' };
      await postApi(`/payments/${orderOf(stage)}/refunds`, body, { 'idempotency-key': `${stage.id}.key` });
      await giveBack();
    },
  },
  {
    name: 'refund-funded',
    alone: true,
    before: payAndLetWait,
    act: async () => {
      await fundRefunds(BATCH);
      await giveBack();
    },
  },
  {
    name: 'dispute-listed',
    alone: true,
    before: payAndBeDisputed,
    act: async () => {
      await pollDisputes();
      await askDisputes(BATCH);
    },
  },
  {
    name: 'dispute-retried',
    alone: true,
    before: (stage) => payAndHear(stage, 'money_not_shown'),
    act: async (stage) => unless(retryDispute(await disputeOf(stage), 'user:1', 'it is shown by now'), 'not_found'),
  },
  {
    name: 'close-dispute-letter',
    alone: true,
    before: (stage) => payAndHear(stage, 'exceeds_payment'),
    act: async (stage) => unless(closeDisputeLetter(await disputeOf(stage), 'user:1', 'it was shipping'), 'not_found'),
  },
  {
    name: 'dispute-warned',
    alone: true,
    before: (stage) => payAndHear(stage, null),
    act: async (stage) => {
      // Whoever asked the provider meanwhile was told a later day.
      await stage.owner.query(`update disputes set due_by = now() + interval '1 hour' where id = $1`, [
        await disputeOf(stage),
      ]);
      await warnOfDeadlines();
    },
  },
  { name: 'dispute-accepted', alone: false, before: payAndBeDisputed, act: (stage) => respond(stage, null) },
  {
    name: 'dispute-answered',
    alone: false,
    before: payAndBeDisputed,
    act: (stage) => respond(stage, 'It was delivered.'),
  },
];
