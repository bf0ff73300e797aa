import { decodePlace, encodePlace, pool, run } from '#db';
import { AppError, type CurrencyCode, formatMinor } from '#kernel';
import { accountCode, findAccounts, listEntries } from '#ledger';
import { KIND_OF_PART, type WalletPart } from './wallet.ts';

/** One thing that a number of a wallet is made of. */
export interface WhyItem {
  /** The business fact: a payment order, a refund, a payout. */
  readonly sourceId: string;
  readonly kind: string;
  /** Signed as in the wallet: what it adds to the number. */
  readonly amount: string;
  /** Of what is pending: when it can be paid out, if that is known. */
  readonly availableOn: Date | null;
  readonly recordedAt: Date;
}

export interface Why {
  readonly accountId: string;
  readonly part: WalletPart;
  readonly currency: CurrencyCode;
  /** The number; all items of all pages add up to it. */
  readonly amount: string;
  readonly items: readonly WhyItem[];
  /** Pass it back for the next page; null at the end. */
  readonly nextCursor: string | null;
}

export interface WhyQuestion {
  /** An owner, such as `seller_456`. */
  readonly accountId: string;
  readonly part: WalletPart;
  readonly currency: CurrencyCode;
  readonly cursor?: string | undefined;
  /** 1 to 100; default 25. */
  readonly limit?: number | undefined;
}

const DEFAULT_PAGE = 25;
const MAX_PAGE = 100;

/**
 * Why a number of a wallet is what it is. What is pending is the orders that wait, soonest first; the other parts are every line of
 * their account, newest first. Throws `not_found` for an owner that never had such a number, `validation_failed` for a cursor of
 * another list.
 */
export async function explainWallet(question: WhyQuestion): Promise<Why> {
  const { accountId, part, currency, limit = DEFAULT_PAGE } = question;
  const code = accountCode({ kind: KIND_OF_PART[part], ownerId: accountId, currency });
  const [account] = await findAccounts(code);
  if (!account) throw new AppError('not_found', `No account is known as ${code}.`, { param: 'account_id' });
  const amount = formatMinor(-account.balanceMinor, currency);
  const size = Math.min(Math.max(limit, 1), MAX_PAGE);
  const page = part === 'pending' ? await waitingOrders(question, size) : await linesOf(code, question, size);
  return { accountId, part, currency, amount, ...page };
}

type Page = Pick<Why, 'items' | 'nextCursor'>;

async function linesOf(code: string, { cursor, currency }: WhyQuestion, limit: number): Promise<Page> {
  const { entries, nextCursor } = await listEntries({
    accountId: code,
    limit,
    ...(cursor !== undefined && { cursor }),
  });
  const items = entries.map((entry) => ({
    sourceId: entry.sourceId,
    kind: entry.transactionKind,
    amount: formatMinor(-entry.amountMinor, currency),
    availableOn: null,
    recordedAt: entry.recordedAt,
  }));
  return { items, nextCursor };
}

interface WaitingOrder {
  payment_order_id: string;
  pending_minor: bigint;
  available_on: Date | null;
  captured_at: Date;
  /** `available_on` in UTC; `infinity` while nobody knows it. */
  place: string;
}

async function waitingOrders({ accountId, currency, cursor }: WhyQuestion, size: number): Promise<Page> {
  const after = decodePlace(cursor);
  const rows = await run<{ [Column in keyof WaitingOrder]: WaitingOrder[Column] }>(pool(), {
    name: 'waiting-orders',
    text: `select f.payment_order_id, f.pending_minor, f.available_on, c.captured_at,
                  (coalesce(f.available_on, 'infinity') at time zone 'UTC')::text as place
           from order_funds f join captures c using (payment_order_id)
           where f.seller_id = $1 and f.currency = $2 and f.released_at is null and f.pending_minor > 0
             and ($3::text is null or (coalesce(f.available_on, 'infinity'), f.payment_order_id) > ($3::timestamp at time zone 'UTC', $4::text))
           order by coalesce(f.available_on, 'infinity'), f.payment_order_id limit $5`,
    values: [accountId, currency, after?.at ?? null, after?.id ?? null, size + 1],
  });
  const shown = rows.slice(0, size);
  const last = shown.at(-1);
  return {
    items: shown.map((row) => ({
      sourceId: row.payment_order_id,
      kind: 'order_captured',
      amount: formatMinor(row.pending_minor, currency),
      availableOn: row.available_on,
      recordedAt: row.captured_at,
    })),
    nextCursor: last && rows.length > size ? encodePlace({ at: last.place, id: last.payment_order_id }) : null,
  };
}
