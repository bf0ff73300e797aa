import { z } from 'zod';
import { feeRuleOf } from '../books/fees.ts';
import type { FaultKind } from '../faults/fault-kinds.ts';
import type { Answer } from '../http/answer.ts';
import { parseParameters, wireCurrency } from '../http/form.ts';
import { invalid, missing } from '../http/stripe-error.ts';
import { type Context, type Handler, nowSeconds } from '../requests/request.ts';
import { bankStatement } from './bank-statement.ts';
import { type Report, writeReport } from './report.ts';
import { settlementFile } from './settlement-file.ts';

const parameters = z.strictObject({
  date: z.iso.date(),
  currency: wireCurrency.refine((code) => feeRuleOf(code) !== undefined, 'is not a currency of the simulator'),
});

/** `GET /v1/test_helpers/reports/settlement`: the settlement file of a day and currency, as CSV. */
export const showSettlementFile: Handler = (context) => {
  const { date, currency, day } = dayOf(context);
  const { store } = context.simulator;
  return report(context, `settlement ${date} ${currency}`, settlementFile(store, currency, day));
};

/** `GET /v1/test_helpers/reports/bank_statement`: the platform's bank statement of a day and currency, as CSV. */
export const showBankStatement: Handler = async (context) => {
  const { date, currency, day } = dayOf(context);
  const { store } = context.simulator;
  return report(context, `bank_statement ${date} ${currency}`, await bankStatement(store, currency, day));
};

/** Reads the parameters; throws a 400 for a day that has not begun. */
function dayOf({ request }: Context) {
  const { date, currency } = parseParameters(parameters, request.input);
  const day = Date.parse(`${date}T00:00:00Z`) / 1_000;
  if (day > nowSeconds()) throw invalid('date', 'That day has not begun yet.');
  return { date, currency, day };
}

/** The file, spoiled by the faults that hit it; each hit is journaled first. */
async function report<Row, Total>(
  { simulator: { faults, store } }: Context,
  subject: string,
  file: Report<Row, Total>,
): Promise<Answer> {
  const { struck, journal } = faults.strikeThing('file', subject);
  if (struck.length > 0) await store.commit({ fault_journal: journal });
  const kinds = new Set<FaultKind>(struck.map(({ kind }) => kind));
  if (kinds.has('file_missing')) throw missing('report', subject, 'date');
  return { status: 200, body: '', stream: writeReport(file, kinds), contentType: 'text/csv; charset=utf-8' };
}
