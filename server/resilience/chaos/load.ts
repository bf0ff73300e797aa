import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../kit/random.ts';
import { DOORS, type Topology } from '../kit/topology.ts';
import { ask } from './client.ts';
import type { Call, History } from './history.ts';

/** Pause of a caller before it sends a request again whose fate it does not know, in milliseconds. */
const AGAIN_MS = 250;
/** So often a caller sends one payment before it gives up on it; by then everything has long been started again. */
const MOST_SENDINGS = 60;

export interface Load {
  /** Answers of payments, in the order in which they came. */
  readonly calls: () => readonly Call[];
  /** Resolves when every caller has an answer to its last payment. */
  stop(): Promise<void>;
}

export interface LoadOptions {
  readonly topology: Topology;
  readonly history: History;
  readonly random: Random;
  readonly callers: number;
  /** Pause of a caller between two payments, in milliseconds. */
  readonly pauseMs: number;
}

/** Callers who pay one order after the other, through either door, and ask again until they know. */
export function startLoad({ topology, history, random, callers, pauseMs }: LoadOptions): Load {
  let stopped = false;
  const calls: Call[] = [];

  async function payOn(caller: number): Promise<void> {
    const own = random.fork(`caller-${caller}`);
    for (let n = 0; !stopped; n += 1) {
      const body = payment(`load${caller}-${n}`, own);
      for (let sending = 0; sending < MOST_SENDINGS; sending += 1) {
        const url = topology.urlOf(own.pick(DOORS));
        const call = await ask(history, {
          process: `load-${caller}`,
          op: -1,
          url,
          shop: 'north',
          method: 'POST',
          path: '/payments',
          body,
        });
        calls.push(call);
        if (call.verdict !== 'info') break;
        await delay(AGAIN_MS);
      }
      await delay(pauseMs);
    }
  }

  const running = Array.from({ length: callers }, (_, caller) => payOn(caller));
  return {
    calls: () => calls,
    stop: async () => {
      stopped = true;
      await Promise.all(running);
    },
  };
}

function payment(id: string, random: Random) {
  const buyer = `buyer_${random.between(1, 8)}`;
  return {
    checkout_id: id,
    buyer_info: { user_id: buyer, email: `${buyer}@example.com`, name: 'A Buyer' },
    credit_card_info: { token: 'tok_visa_4242' },
    payment_orders: [
      {
        payment_order_id: `${id}.1`,
        seller_account: `seller_${random.between(1, 5)}`,
        amount: '29.99',
        currency: 'USD',
      },
    ],
  };
}

/** Good payments that were refused for good, and payments whose caller never learned what became of them. */
export function unhappyCalls(calls: readonly Call[]): string[] {
  const byPayment = Map.groupBy(calls, (call) => call.body.checkout_id as string);
  return [...byPayment].flatMap(([id, sendings]) => {
    const last = sendings.at(-1);
    if (last?.verdict === 'ok') return [];
    return [`${id} was ${last?.verdict === 'fail' ? 'refused' : 'never answered'}: ${last?.status} ${last?.reason}`];
  });
}
