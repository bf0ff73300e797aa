import { answerDispute, sendResponses } from '#disputes';
import { takePayment } from '#payments';
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
  { name: 'dispute-accepted', alone: false, before: payAndBeDisputed, act: (stage) => respond(stage, null) },
  {
    name: 'dispute-answered',
    alone: false,
    before: payAndBeDisputed,
    act: (stage) => respond(stage, 'It was delivered.'),
  },
];
