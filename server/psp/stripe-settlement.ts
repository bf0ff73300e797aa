import type Stripe from 'stripe';
import {
  type BalanceTransactionPage,
  type BankPayout,
  type NotTold,
  notTold,
  readBankPayout,
  readPage,
  type TransactionList,
  transactionListParams,
} from './balance-transactions.ts';
import type { SettlementCalls } from './port.ts';
import type { Call } from './stripe-payouts.ts';

/** What the provider's books say of our balance, and of what it sent to our bank. */
export function createSettlementCalls(stripe: Stripe, call: Call): SettlementCalls {
  return {
    listBalanceTransactions: (query) =>
      call<TransactionList, BalanceTransactionPage | NotTold>(
        { verb: 'list_balance_transactions', occasion: 'first' },
        () => stripe.balanceTransactions.list(transactionListParams(query)),
        readPage,
        notTold,
      ),

    enquireBankPayout: (pspPayoutId) =>
      call<Stripe.Payout, BankPayout | NotTold>(
        { verb: 'enquire_bank_payout', occasion: 'first' },
        () => stripe.payouts.retrieve(pspPayoutId),
        readBankPayout,
        notTold,
      ),
  };
}
