import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { formatMinor } from '#kernel';
import { type AccountView, CHART } from '#ledger';
import { getWallet } from '#wallet';
import type { ApiEnv } from '../context.ts';
import { presentBalance } from '../present.ts';
import { pathId, problems } from '../route-parts.ts';
import { wallet } from '../schemas/answers.ts';
import { walletQuery } from '../schemas/requests.ts';

const route = createRoute({
  method: 'get',
  path: '/wallets/{account_id}',
  tags: ['Books'],
  summary: 'Read a wallet',
  description:
    'Of an owner (`seller_456`, `user_123`) or of one account by its code (`seller_pending:seller_456:USD`). Sums over the ledger, stored nowhere else.',
  request: { params: pathId('account_id', 'seller_456'), query: walletQuery },
  responses: {
    200: {
      description: 'As the books stand now, or stood at the time.',
      content: { 'application/json': { schema: wallet } },
    },
    ...problems('not_found', 'validation_failed'),
  },
});

export function registerGetWallet(api: OpenAPIHono<ApiEnv>): void {
  api.openapi(route, async (c) => {
    const { account_id: id } = c.req.valid('param');
    const { accounts, balances } = await getWallet(id, c.req.valid('query').at);
    const [first] = balances;
    const answer = {
      account_id: id,
      balance: singleBalance(accounts),
      currency: first?.currency ?? null,
      balances: balances.map(presentBalance),
    };
    return c.json(answer, 200);
  });
}

/** Kinds of account whose credit is what we owe or earned: shown as a positive amount. */
const CREDIT_TYPES: ReadonlySet<string> = new Set(['liability', 'revenue']);

/**
 * The single balance, in the first currency: what the platform owes the owner, or, for an owner that is only a buyer, what the
 * provider took from it and has not settled.
 */
function singleBalance(accounts: readonly AccountView[]): string {
  const [first] = accounts;
  if (!first) return '0';
  const inCurrency = accounts.filter(({ currency }) => currency === first.currency);
  const owed = inCurrency.filter(({ kind }) => CREDIT_TYPES.has(CHART[kind].type));
  if (owed.length > 0) return formatMinor(-sum(owed), first.currency);
  return formatMinor(sum(inCurrency), first.currency);
}

function sum(accounts: readonly AccountView[]): bigint {
  return accounts.reduce((total, { balanceMinor }) => total + balanceMinor, 0n);
}
