import type { WireRule } from '#testing';

const JSON_TYPE = { 'content-type': 'application/json' };
const REFUNDS = '/v1/refunds';

/** What a payment of a scene comes to. */
export const AMOUNT_MINOR = 2_999n;

/** The provider's id of one of our refunds. */
export function pspRefundIdOf(refundId: string): string {
  return `re_${refundId}`;
}

/**
 * A provider's line on which every refund is accepted and pending, is found done when it is asked for by its id, and is not found
 * otherwise: the scenes' payments are told of and not made, so the simulator knows none of them. All else goes through.
 */
export const refundLine: WireRule = async ({ method, path, idempotencyKey = '' }, forward) => {
  if (!path.startsWith(REFUNDS)) return forward();
  const id = method === 'POST' ? pspRefundIdOf(idempotencyKey) : path.slice(REFUNDS.length + 1);
  const status = method === 'POST' ? 'pending' : 'succeeded';
  const refund = { object: 'refund', id, status, amount: Number(AMOUNT_MINOR), currency: 'usd', metadata: {} };
  const body = path.startsWith(`${REFUNDS}?`) ? { object: 'list', data: [], has_more: false } : refund;
  return { status: 200, headers: JSON_TYPE, body: JSON.stringify(body) };
};
