import type Stripe from 'stripe';
import {
  type BankPayoutPage,
  type NotTold,
  notTold,
  type OneTransaction,
  payoutListParams,
  readBankPayouts,
  readOne,
} from './balance-transactions.ts';
import type { Call } from './balance-verbs.ts';
import type { Psp } from './port.ts';
import { type Absent, absentOrNotTold, type Report, readReport, requestReport } from './reports.ts';

interface Connection {
  readonly mode: string;
  readonly baseUrl: string;
  readonly secretKey: string;
}

/** What a day is reconciled with: its files, its payouts, and single movements. Questions only: nothing is changed. */
export function reportVerbs(
  stripe: Stripe,
  call: Call,
  connection: Connection,
): Pick<Psp, 'enquireBalanceTransaction' | 'listBankPayouts' | 'openReport'> {
  return {
    enquireBalanceTransaction: (id) =>
      call<Stripe.Response<Stripe.BalanceTransaction>, OneTransaction | Absent | NotTold>(
        { verb: 'enquire_balance_transaction', occasion: 'first' },
        () => stripe.balanceTransactions.retrieve(id, { expand: ['source'] }),
        readOne,
        absentOrNotTold,
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
