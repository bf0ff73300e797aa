import { cancelCheckout, createCheckout, startHostedPayment } from '#payments';
import { handleInbox } from '#webhooks';
import type { Flow } from '../flow.ts';
import { expirePage } from '../simulation/harness.ts';
import { deliver, deliverAll, eventsOf, lastAttempt, PRINCIPAL, paymentOf, type Stage } from '../stage.ts';
import { unless } from './unless.ts';

const DECLINED_CARD = '4000000000000002';

export async function open(stage: Stage): Promise<void> {
  const { payment: _, ...input } = paymentOf(stage, { amounts: [1_000n, 550n] });
  await createCheckout(input, PRINCIPAL);
}

/** The shopper presses pay and pays on the page, once per card; who finds the checkout paid goes home. */
async function payOnPage(stage: Stage, ...cards: string[]): Promise<void> {
  const press = startHostedPayment(`${stage.id}.c1`).then(async ({ redirectUrl }) => {
    for (const card of cards) {
      await stage.desk.payPage(redirectUrl, card);
      await takeWebhooks(stage);
    }
  });
  await unless(press, 'checkout_not_payable');
}

export async function takeWebhooks(stage: Stage): Promise<void> {
  await deliverAll(stage);
  await handleInbox(200);
}

async function openPage(stage: Stage): Promise<string> {
  await open(stage);
  return (await startHostedPayment(`${stage.id}.c1`)).redirectUrl;
}

/** Paid with the provider, and we know nothing of it. */
async function openAndPay(stage: Stage, card?: string): Promise<void> {
  await stage.desk.payPage(await openPage(stage), card);
}

/** The page's time is over, by the provider's clock. */
async function letExpire(stage: Stage): Promise<void> {
  const redirectUrl = await openPage(stage);
  const { session } = await lastAttempt(stage);
  await expirePage(stage, session ?? '');
  // The provider notices when somebody comes to pay.
  await stage.desk.payPage(redirectUrl);
}

/** The page was paid, yet the first that we hear of it is that it expired. */
export async function expireByMistake(stage: Stage, card?: string): Promise<void> {
  await openAndPay(stage, card);
  const completed = (await eventsOf(stage)).find((event) => event.type === 'checkout.session.completed');
  if (!completed) throw new Error('the provider has not completed the session');
  const { object } = completed.data;
  const created = Number(object.expires_at);
  await deliver({
    id: `evt_${stage.id}`,
    type: 'checkout.session.expired',
    livemode: false,
    created,
    data: { object },
  });
  await handleInbox(200);
}

export const HOSTED_FLOWS: readonly Flow[] = [
  {
    name: 'hosted',
    alone: false,
    act: async (stage) => {
      await open(stage);
      await payOnPage(stage, '4242424242424242');
      await takeWebhooks(stage);
    },
  },
  {
    name: 'hosted-declined-then-paid',
    alone: false,
    act: async (stage) => {
      await open(stage);
      await payOnPage(stage, DECLINED_CARD, '4242424242424242');
      await takeWebhooks(stage);
    },
  },
  {
    name: 'cancel',
    alone: true,
    before: async (stage) => void (await openPage(stage)),
    act: async (stage) => void (await cancelCheckout(`${stage.id}.c1`)),
  },
  {
    name: 'cancel-of-paid',
    alone: true,
    before: (stage) => openAndPay(stage),
    act: async (stage) => void (await cancelCheckout(`${stage.id}.c1`)),
  },
  { name: 'expiry', alone: false, before: letExpire, act: takeWebhooks },
  { name: 'late-success', alone: false, before: (stage) => expireByMistake(stage), act: takeWebhooks },
];
