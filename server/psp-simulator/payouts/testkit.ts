import Stripe from 'stripe';
import { expect } from 'vitest';
import { startSimulator, type TestSimulator } from '#testing';

const SECRET_KEY = 'sk_test_simulator_platform_secret_key';
export const DAY = 86_400;
/** Nine in the morning (UTC) of the next Monday: what days do does not depend on the day on which tests run. */
export const MONDAY = mondayAfter(Date.now() / 1_000) + 9 * 3_600;
/** Goes to Stripe's list endpoints as it is: Stripe's own types know no filter by metadata. */
export const byMetadata = (metadata: Record<string, string>) => ({ metadata }) as object;

export interface Money {
  readonly simulator: TestSimulator;
  readonly stripe: Stripe;
  /** Moves the clock; answers its new time. */
  clock(form?: Record<string, string | number>): Promise<number>;
  /** Switches a fault on. */
  fault(form: Record<string, string>): Promise<void>;
  get(path: string): Promise<Response>;
  /** Charges a card; answers the balance transaction. */
  charge(amount: number, method?: string): Promise<Stripe.BalanceTransaction>;
  /** Types of the events about an object, oldest first. */
  eventsOf(id: string): Promise<string[]>;
  /** What the simulator's own audit finds wrong. */
  problems(): Promise<Record<string, number>>;
  available(account?: string): Promise<number>;
}

/** A simulator whose clock stands at that Monday, with the official SDK as its client. */
export async function startMoney(env: Record<string, string> = {}): Promise<Money> {
  const simulator = await startSimulator(env);
  const stripe = new Stripe(SECRET_KEY, {
    host: '127.0.0.1',
    port: simulator.port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
  });
  const headers = { authorization: `Bearer ${SECRET_KEY}` };
  const get = (path: string) => fetch(`${simulator.url}/v1/test_helpers/${path}`, { headers });
  const post = async (path: string, form: Record<string, string | number>) => {
    const body = new URLSearchParams(Object.entries(form).map(([name, value]) => [name, String(value)]));
    const response = await fetch(`${simulator.url}/v1/test_helpers/${path}`, { method: 'POST', headers, body });
    expect(response.status).toBe(200);
    return (await response.json()) as { now: number };
  };
  await post('clock', { to: MONDAY, frozen: 'true' });
  return {
    simulator,
    stripe,
    get,
    clock: async (form = {}) => (await post('clock', form)).now,
    fault: async (form) => void (await post('faults', form)),
    async charge(amount, method = 'pm_card_visa') {
      const intent = await stripe.paymentIntents.create({
        amount,
        currency: 'usd',
        payment_method: method,
        confirm: true,
        metadata: { order_ids: `order_${amount}` },
        expand: ['latest_charge.balance_transaction'],
      });
      return (intent.latest_charge as Stripe.Charge).balance_transaction as Stripe.BalanceTransaction;
    },
    async eventsOf(id) {
      const events = await stripe.events.list({ limit: 100 }).autoPagingToArray({ limit: 1_000 });
      return events
        .filter((event) => (event.data.object as { id?: string }).id === id)
        .map(({ type }) => type)
        .toReversed();
    },
    async problems() {
      const { problems } = (await (await get('audit')).json()) as { problems: Record<string, number> };
      return Object.fromEntries(Object.entries(problems).filter(([, count]) => count > 0));
    },
    async available(account) {
      const { available } = await stripe.balance.retrieve({}, account ? { stripeAccount: account } : undefined);
      return available.find(({ currency }) => currency === 'usd')?.amount ?? 0;
    },
  };
}

/** The error of a call that must fail. */
export async function errorOf(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  return call.then(
    () => {
      throw new Error('the call succeeded');
    },
    (error) => error as Stripe.errors.StripeError,
  );
}

/** 1 January 1970 was a Thursday. */
function mondayAfter(at: number): number {
  const day = Math.floor(at / DAY) + 1;
  return (day + ((4 - (day % 7) + 7) % 7)) * DAY;
}
