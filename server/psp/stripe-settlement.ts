import type Stripe from 'stripe';
import {
  type BalanceTransactionPage,
  type BankPayout,
  type BankPayoutPage,
  type NotTold,
  notTold,
  type OneTransaction,
  payoutListParams,
  readBankPayout,
  readBankPayouts,
  readOne,
  readPage,
  type TransactionList,
  transactionListParams,
} from './balance-transactions.ts';
import type { GuardedCall } from './call-guard.ts';
import type { Psp, PspAnswer } from './port.ts';
import { type Absent, absentOrNotTold, type Report, readReport, requestReport } from './reports.ts';

/** Makes one guarded call; whatever it throws is read as an answer too. */
type Call = <T, Known extends PspAnswer>(
  what: GuardedCall,
  work: () => Promise<T>,
  read: (answer: T) => Known,
  readError: (error: unknown) => Known,
) => Promise<Known | Extract<NotTold, { kind: 'not_started' }>>;

type SettlementCalls = Pick<
  Psp,
  'listBalanceTransactions' | 'enquireBalanceTransaction' | 'enquireBankPayout' | 'listBankPayouts' | 'openReport'
>;

interface Connection {
  readonly mode: string;
  readonly baseUrl: string;
  readonly secretKey: string;
}

/** What the PSP tells of our balance there, of its payouts to our bank, and its files of a day. Questions only: nothing is changed. */
export function createSettlementCalls(stripe: Stripe, call: Call, connection: Connection): SettlementCalls {
  return {
    listBalanceTransactions: (query) =>
      call<TransactionList, BalanceTransactionPage | NotTold>(
        { verb: 'list_balance_transactions', occasion: 'first' },
        () => stripe.balanceTransactions.list(transactionListParams(query)),
        readPage,
        notTold,
      ),

    enquireBalanceTransaction: (id) =>
      call<Stripe.Response<Stripe.BalanceTransaction>, OneTransaction | Absent | NotTold>(
        { verb: 'enquire_balance_transaction', occasion: 'first' },
        () => stripe.balanceTransactions.retrieve(id, { expand: ['source'] }),
        readOne,
        absentOrNotTold,
      ),

    enquireBankPayout: (pspPayoutId) =>
      call<Stripe.Payout, BankPayout | NotTold>(
        { verb: 'enquire_bank_payout', occasion: 'first' },
        () => stripe.payouts.retrieve(pspPayoutId),
        readBankPayout,
        notTold,
      ),

    listBankPayouts: (query) =>
      call<Stripe.ApiList<Stripe.Payout>, BankPayoutPage | NotTold>(
        { verb: 'list_bank_payouts', occasion: 'first' },
        () => stripe.payouts.list(payoutListParams(query)),
        readBankPayouts,
        notTold,
      ),

    async openReport(query) {
      if (connection.mode !== 'simulator') return { kind: 'unknown', reason: 'not_told:no_files' };
      return call<Response, Report | Absent | NotTold>(
        { verb: 'open_report', occasion: 'first' },
        () => requestReport(connection, query),
        readReport,
        notTold,
      );
    },
  };
}
