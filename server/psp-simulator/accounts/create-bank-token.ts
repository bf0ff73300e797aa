import { z } from 'zod';
import { newId } from '#kernel';
import type { BankAccountRow } from '../database/money-rows.ts';
import type { Reader } from '../database/store.ts';
import { ok } from '../http/answer.ts';
import { expandable, parseParameters } from '../http/form.ts';
import type { Handler } from '../requests/request.ts';
import { rawBankAccount, renderBankAccount, toBankAccount } from './bank-account.ts';

const parameters = z.strictObject({ bank_account: rawBankAccount, expand: expandable });

/** `POST /v1/tokens` with a bank account: so its number goes from the seller's browser to the PSP and nowhere else. */
export const createBankToken: Handler = async (context) => {
  const { bank_account } = parseParameters(parameters, context.request.input);
  const account = toBankAccount(bank_account, 'bank_account', context.simulator.keys.secret);
  const token = { ...account, token: newId('btok') };
  return context.commit({ answer: ok(renderToken(token)), writes: { bank_accounts: [token] }, events: [] });
};

/** The token of a bank account in wire form, or undefined. */
export async function loadBankToken(reader: Reader, token: string): Promise<object | undefined> {
  const text = 'select * from bank_accounts where token = $1';
  const [row] = await reader.rows<BankAccountRow>('bank_account_of_token', text, [token]);
  return row && renderToken(row);
}

function renderToken(row: BankAccountRow) {
  return {
    id: row.token,
    object: 'token',
    bank_account: renderBankAccount({ ...row, owner: null }),
    client_ip: null,
    created: row.created,
    livemode: false,
    type: 'bank_account',
    used: row.owner !== null,
  };
}
