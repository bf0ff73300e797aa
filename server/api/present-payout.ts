import type { z } from '@hono/zod-openapi';
import type { BankView, PayoutStatement, PayoutView } from '#payouts';
import type { bankAccount, payoutAnswer, payoutStatementAnswer } from './schemas/payouts.ts';

export function presentPayout(payout: PayoutView): z.input<typeof payoutAnswer> {
  return {
    payout_id: payout.id,
    seller_id: payout.sellerId,
    amount: payout.amount,
    currency: payout.currency,
    state: payout.state,
    failure: payout.state === 'FAILED' || payout.state === 'RETURNED' ? payout.error : null,
    requested_by: payout.requestedBy,
    needs_approval: payout.needsApproval,
    approved_by: payout.approvedBy,
    bank_account: presentBank(payout.bank),
    created_at: payout.createdAt.toISOString(),
    finished_at: payout.finishedAt?.toISOString() ?? null,
  };
}

export function presentBank(bank: BankView): z.input<typeof bankAccount> {
  const { id, bankName, country, currency, last4, state, failureCode } = bank;
  return { id, bank_name: bankName, country, currency, last4, state, failure_code: failureCode };
}

export function presentStatement(statement: PayoutStatement): z.input<typeof payoutStatementAnswer> {
  return {
    payout_id: statement.payoutId,
    seller_id: statement.sellerId,
    amount: statement.amount,
    currency: statement.currency,
    created_at: statement.createdAt.toISOString(),
    lines: statement.lines.map((line) => ({
      kind: line.kind,
      source_id: line.sourceId,
      transaction_id: line.transactionId,
      effective_at: line.effectiveAt?.toISOString() ?? null,
      amount: line.amount,
    })),
  };
}
