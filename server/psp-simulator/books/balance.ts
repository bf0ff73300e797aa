import type Stripe from 'stripe';
import type { Reader, Tx } from '../database/store.ts';
import { ok } from '../http/answer.ts';
import { onlyExpand, parseParameters } from '../http/form.ts';
import { StripeError } from '../http/stripe-error.ts';
import { type Handler, nowSeconds } from '../requests/request.ts';

/**
 * What an owner is owed, per currency: pending money becomes available when its settlement time has come. Summed
 * from the entries; credits are negative in the books and positive here.
 */
const balanceOf = (owner: string) => `
  select e.currency,
    coalesce(sum(-e.amount) filter (where t.available_on <= $1), 0)::text as available,
    coalesce(sum(-e.amount) filter (where t.available_on > $1), 0)::text as pending
  from book_transactions t join book_entries e on e.transaction = t.id
  where e.account in ('merchant_pending', 'merchant_available', 'connected') and t.owner ${owner}
  group by e.currency order by e.currency`;

const OF_PLATFORM = balanceOf('is null');
const OF_ACCOUNT = balanceOf('= $2');
const LOCK = 'select pg_advisory_xact_lock(hashtextextended($1, 0))';

interface CurrencyBalance {
  readonly currency: string;
  readonly available: string;
  readonly pending: string;
}

/** `GET /v1/balance`, of the platform or of the connected account in the header. */
export const showBalance: Handler = async ({ request, simulator: { store } }) => {
  parseParameters(onlyExpand, request.input);
  return ok(await readBalance(store, request.account));
};

/** The balance of the platform (null) or of a connected account, as Stripe's object. */
export async function readBalance(reader: Reader, owner: string | null) {
  const rows = await readRows(reader, owner);
  const column = (name: 'available' | 'pending') =>
    rows.map((row) => ({
      amount: Number(row[name]),
      currency: row.currency,
      source_types: { card: Number(row[name]) },
    }));
  return {
    object: 'balance',
    available: column('available'),
    livemode: false,
    pending: column('pending'),
  } satisfies Stripe.Balance;
}

/**
 * Makes sure that an owner's balance covers an amount, and keeps everyone else from spending it until the transaction ends.
 * Throws Stripe's 400 `balance_insufficient`.
 */
export async function claimBalance(tx: Tx, owner: string | null, amount: number, currency: string): Promise<void> {
  await lockBalance(tx, owner);
  const rows = await readRows(tx, owner);
  const available = Number(rows.find((row) => row.currency === currency)?.available ?? 0);
  if (available >= amount) return;
  const message = `You have insufficient available funds for this: ${amount} ${currency} wanted, ${available} available.`;
  throw new StripeError(400, 'invalid_request_error', message, { code: 'balance_insufficient' });
}

/** Until the transaction ends, nobody else spends of this balance. What adds to it, and refunds, do not ask. */
export async function lockBalance(tx: Tx, owner: string | null): Promise<void> {
  await tx.rows('lock_balance', LOCK, [`balance of ${owner}`]);
}

function readRows(reader: Reader, owner: string | null): Promise<CurrencyBalance[]> {
  const now = nowSeconds();
  return owner === null
    ? reader.rows('balance', OF_PLATFORM, [now])
    : reader.rows('balance_of_account', OF_ACCOUNT, [now, owner]);
}
