import type Stripe from 'stripe';
import type { AnyOutcome } from './any-outcome.ts';
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
import type { GuardedCall } from './call-guard.ts';
import type { Outcome } from './outcome.ts';
import type { Psp } from './port.ts';

/** One guarded call, from its checkpoint to its answer. */
export type Call = <T, Known extends AnyOutcome>(
  what: GuardedCall,
  work: () => Promise<T>,
  read: (answer: T) => Known,
  readError: (error: unknown) => Known,
) => Promise<Known | Extract<Outcome, { kind: 'not_started' }>>;

/** The verbs about our own balance at the PSP; both only ask. */
export function balanceVerbs(stripe: Stripe, call: Call): Pick<Psp, 'listBalanceTransactions' | 'enquireBankPayout'> {
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
