import type { z } from '@hono/zod-openapi';
import { formatMinor } from '#kernel';
import type { EntryView, TrialBalance, TrialBalanceCurrency } from '#ledger';
import type { CheckoutView, PaymentOrderView } from '#payments';
import type { WalletBalance, Why } from '#wallet';
import type { booksBalance, checkout, ledgerPage, payment, singleOrder, wallet, walletWhy } from './schemas/answers.ts';

type PaymentJson = z.input<typeof payment>;

/**
 * A payment in the shape of the API's documentation. As the receipt of acceptance (202) its event status is PROCESSING
 * whatever its orders have reached; asked for its outcome it is the derived one.
 */
export function presentPayment(
  view: CheckoutView,
  status: PaymentJson['payment_event_status'] = view.status,
): PaymentJson {
  return {
    checkout_id: view.checkoutId,
    payment_event_status: status,
    payment_orders: view.orders.map(presentOrder),
    created_at: seconds(view.createdAt),
  };
}

function presentOrder(order: PaymentOrderView): PaymentJson['payment_orders'][number] {
  return {
    payment_order_id: order.paymentOrderId,
    status: order.status === 'UNKNOWN' ? 'EXECUTING' : order.status,
    amount: order.amount,
    currency: order.currency,
    wallet_updated: order.walletUpdated,
    ledger_updated: order.ledgerUpdated,
    ...((order.unknown || order.status === 'UNKNOWN') && { unknown: true as const }),
    ...(order.status === 'FAILED' && order.declineCode !== null && { decline_code: order.declineCode }),
  };
}

export function presentSingleOrder(view: CheckoutView, order: PaymentOrderView): z.input<typeof singleOrder> {
  return {
    checkout_id: view.checkoutId,
    payment_event_status: view.status,
    ...presentOrder(order),
    seller_account: order.sellerId,
    attempts: order.attempts,
    created_at: seconds(view.createdAt),
  };
}

export function presentCheckout(view: CheckoutView, pageUrl = view.pageUrl): z.input<typeof checkout> {
  return { ...presentPayment(view), page_url: pageUrl, total: view.total, currency: view.currency };
}

export function presentBalance({ inPayout, ...balance }: WalletBalance): z.input<typeof wallet>['balances'][number] {
  const { currency, available, pending, reserved, total, receivable } = balance;
  const parts = balance.pendingParts.map(({ availableOn, amount }) => ({
    available_on: availableOn?.toISOString() ?? null,
    amount,
  }));
  return { currency, available, pending, pending_parts: parts, reserved, in_payout: inPayout, total, receivable };
}

export function presentWhy(why: Why): z.input<typeof walletWhy> {
  return {
    account_id: why.accountId,
    part: why.part === 'inPayout' ? 'in_payout' : why.part,
    currency: why.currency,
    amount: why.amount,
    items: why.items.map((item) => ({
      source_id: item.sourceId,
      kind: item.kind,
      amount: item.amount,
      available_on: item.availableOn?.toISOString() ?? null,
      recorded_at: item.recordedAt.toISOString(),
    })),
    has_more: why.nextCursor !== null,
    next_cursor: why.nextCursor,
  };
}

export function presentEntry(entry: EntryView): z.input<typeof ledgerPage>['entries'][number] {
  const { amountMinor, currency } = entry;
  return {
    transaction_id: entry.transactionId,
    kind: entry.transactionKind,
    source_id: entry.sourceId,
    account: entry.accountCode,
    seq: Number(entry.seq),
    direction: amountMinor > 0n ? 'debit' : 'credit',
    amount: formatMinor(amountMinor > 0n ? amountMinor : -amountMinor, currency),
    currency,
    balance_after: formatMinor(entry.balanceAfterMinor, currency),
    effective_at: entry.effectiveAt.toISOString(),
    recorded_at: entry.recordedAt.toISOString(),
  };
}

export function presentBooks({ balanced, currencies, asOf }: TrialBalance): z.input<typeof booksBalance> {
  return { balanced, currencies: currencies.map(presentColumns), as_of: asOf.toISOString() };
}

function presentColumns({ currency, balanced, debitsMinor, creditsMinor, differenceMinor }: TrialBalanceCurrency) {
  return {
    currency,
    balanced,
    total_debits: formatMinor(debitsMinor, currency),
    total_credits: formatMinor(creditsMinor, currency),
    difference: formatMinor(differenceMinor, currency),
    total_debits_minor: debitsMinor.toString(),
    total_credits_minor: creditsMinor.toString(),
    difference_minor: differenceMinor.toString(),
  };
}

/** RFC 3339 in UTC with whole seconds, as the API documents `created_at`. */
function seconds(time: string): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
}
