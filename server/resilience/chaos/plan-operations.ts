import { type CurrencyCode, formatMinor, MAX_AMOUNT_MINOR } from '#kernel';
import type { Random } from '../kit/random.ts';
import { DOORS, type Door, SHOPS, type Shop } from '../kit/topology.ts';
import { type MoneyOutDeed, planFixed, planMoneyOut } from './plan-money-out.ts';
import { CARDS, type HostedStory, LATE_CARDS, STORIES, TOKENS, wrongWordIn } from './plan-values.ts';

export interface OrderBody {
  readonly payment_order_id: string;
  readonly seller_account: string;
  readonly amount: string;
  readonly currency: string;
}

export interface CheckoutBody {
  readonly checkout_id: string;
  readonly buyer_info: { readonly user_id: string; readonly email: string; readonly name: string };
  readonly payment_orders: readonly OrderBody[];
}

export interface PaymentBody extends CheckoutBody {
  readonly credit_card_info: { readonly token: string };
}

/** What a caller does next. `of` names an earlier operation by its place. */
export type Deed =
  | { readonly kind: 'pay'; readonly body: PaymentBody; readonly prefer: string | null; readonly key: string | null }
  /** The same request again, key and all. */
  | { readonly kind: 'again'; readonly of: number }
  /** A known checkout id with another amount. */
  | { readonly kind: 'other_body'; readonly of: number }
  /** A known idempotency key with another payment. */
  | { readonly kind: 'key_reused'; readonly of: number; readonly body: PaymentBody }
  | { readonly kind: 'bulk'; readonly bodies: readonly PaymentBody[] }
  | { readonly kind: 'hosted'; readonly body: CheckoutBody; readonly story: HostedStory; readonly card: string }
  /** A failed order, with another card. */
  | { readonly kind: 'retry'; readonly of: number; readonly token: string }
  /** Must be refused and leave nothing. */
  | { readonly kind: 'invalid'; readonly body: PaymentBody; readonly code: string }
  | {
      readonly kind: 'read';
      readonly what: 'payment' | 'wallet' | 'ledger' | 'balance';
      readonly of: number;
      readonly owner: string;
    }
  | MoneyOutDeed;

export type DeedKind = Deed['kind'];

export interface Operation {
  readonly client: number;
  readonly shop: Shop;
  readonly door: Door;
  /** How often a caller who does not know what became of the request sends it again at once, and the pause before, in ms. */
  readonly patience: number;
  readonly pauseMs: number;
  readonly deed: Deed;
}

const WEIGHTS: readonly (readonly [number, Exclude<DeedKind, 'advance'>])[] = [
  [42, 'pay'],
  [7, 'again'],
  [3, 'other_body'],
  [3, 'key_reused'],
  [5, 'bulk'],
  [12, 'hosted'],
  [5, 'retry'],
  [3, 'invalid'],
  [12, 'read'],
  [11, 'refund'],
  [5, 'dispute'],
  [3, 'bank'],
  [9, 'payout'],
];
/** Few owners, so that payments meet on the same accounts. */
const SELLERS = 5;
const BUYERS = 8;
/** How far back an operation looks for the one it is about. */
const LOOK_BACK = 60;
const COMMON: readonly CurrencyCode[] = ['USD', 'JPY', 'KWD'];

export function planOperations(
  random: Random,
  { count, clients, brief }: { readonly count: number; readonly clients: number; readonly brief: boolean },
): Operation[] {
  const shops = Object.keys(SHOPS) as Shop[];
  return Array.from({ length: count }, (_, place) => {
    const own = random.fork(String(place));
    const client = place % clients;
    return {
      client,
      shop: shops[client % shops.length] as Shop,
      door: own.pick(DOORS),
      patience: own.between(0, 3),
      pauseMs: own.between(50, 600),
      deed: planDeed(own, place, brief),
    };
  });
}

function planDeed(random: Random, place: number, brief: boolean): Deed {
  const fixed = planFixed(random, place);
  if (fixed) return fixed;
  const kind = place === 0 ? 'pay' : random.weighted(WEIGHTS);
  const of = Math.max(0, place - random.between(1, LOOK_BACK));
  switch (kind) {
    case 'pay':
      return {
        kind,
        body: paymentBody(random, `p${place}`, brief),
        prefer: random.pick([null, null, 'respond-async', 'wait=3']),
        key: random.chance(0.4) ? `key-${place}` : null,
      };
    case 'again':
    case 'other_body':
      return { kind, of };
    case 'key_reused':
      return { kind, of, body: paymentBody(random, `k${place}`, brief) };
    case 'bulk':
      return {
        kind,
        bodies: Array.from({ length: random.between(2, 8) }, (_, item) =>
          paymentBody(random, `b${place}-${item}`, brief),
        ),
      };
    case 'hosted': {
      const body = checkoutBody(random, `h${place}`, [random.pick(COMMON)]);
      const story = random.weighted(STORIES);
      return { kind, body, story, card: random.weighted<string>(wrongWordIn(story) ? LATE_CARDS : CARDS) };
    }
    case 'retry':
      return { kind, of, token: tokenOf(random, brief) };
    case 'invalid':
      return invalid(random, place);
    case 'read':
      return {
        kind,
        of,
        what: random.pick(['payment', 'payment', 'wallet', 'ledger', 'balance'] as const),
        owner: `seller_${random.between(1, SELLERS)}`,
      };
    case 'refund':
    case 'dispute':
    case 'bank':
    case 'payout':
      return planMoneyOut(random, kind, { of, seller: `seller_${random.between(1, SELLERS)}` });
  }
}

function paymentBody(random: Random, id: string, brief: boolean): PaymentBody {
  return { ...checkoutBody(random, id, COMMON), credit_card_info: { token: tokenOf(random, brief) } };
}

function checkoutBody(random: Random, id: string, currencies: readonly CurrencyCode[]): CheckoutBody {
  const buyer = `buyer_${random.between(1, BUYERS)}`;
  const orders = random.weighted([
    [6, 1],
    [3, 2],
    [1, 3],
  ]);
  return {
    checkout_id: id,
    buyer_info: { user_id: buyer, email: `${buyer}@example.com`, name: 'A Buyer' },
    payment_orders: Array.from({ length: orders }, (_, line) => {
      const currency = random.pick(currencies);
      return {
        payment_order_id: `${id}.${line + 1}`,
        seller_account: `seller_${random.between(1, SELLERS)}`,
        amount: formatMinor(amountMinor(random), currency),
        currency,
      };
    }),
  };
}

/** Mostly everyday amounts, often the ends of what is allowed and the places where rounding would show. */
function amountMinor(random: Random): bigint {
  const edges = [1n, 2n, 19n, 20n, 39n, 41n, 99n, 100n, 101n, 9_999n, MAX_AMOUNT_MINOR - 1n, MAX_AMOUNT_MINOR];
  return random.chance(0.25) ? random.pick(edges) : BigInt(Math.floor(10 ** (1 + random.share() * 5)));
}

function tokenOf(random: Random, brief: boolean): string {
  return random.weighted(
    TOKENS.filter((token) => !(brief && token.slow)).map(({ weight, token }) => [weight, token] as const),
  );
}

function invalid(random: Random, place: number): Deed {
  const body = paymentBody(random, `x${place}`, true);
  const [first, ...others] = body.payment_orders as [OrderBody, ...OrderBody[]];
  const currency = 'USD';
  const [code, change] = random.pick([
    ['amount_too_precise', { amount: '1.0005', currency }],
    ['amount_zero', { amount: '0', currency }],
    ['amount_malformed', { amount: '-5', currency }],
    ['amount_too_large', { amount: '1000000.00', currency }],
    ['currency_unknown', { currency: 'XXX' }],
    ['card_data_refused', { seller_account: '4242424242424242' }],
  ] as const);
  return { kind: 'invalid', code, body: { ...body, payment_orders: [{ ...first, ...change }, ...others] } };
}
