import {
  createAccount,
  createExternalAccount,
  listExternalAccounts,
  updateAccount,
} from './accounts/account-endpoints.ts';
import { bankAccountsOf, renderAccount } from './accounts/render-account.ts';
import type { AccountRow, PayoutRow, TransferRow } from './database/money-rows.ts';
import { list } from './objects/list.ts';
import { retrieve } from './objects/retrieve.ts';
import { cancelPayout, updatePayout } from './payouts/change-payout.ts';
import { createPayout } from './payouts/create-payout.ts';
import { renderPayout } from './payouts/render-payout.ts';
import { showBankStatement, showSettlementFile } from './reports/report-endpoints.ts';
import type { Handler } from './requests/request.ts';
import { listReversals, reverseTransfer, updateTransfer } from './transfers/change-transfer.ts';
import { createTransfer } from './transfers/create-transfer.ts';
import { renderTransfer, reversalsOf } from './transfers/render-transfer.ts';

/** Where the merchant's money goes: to the platform's bank, to connected accounts, to their banks. */
export const MONEY: Readonly<Record<string, Handler>> = {
  'POST /v1/payouts': createPayout,
  'GET /v1/payouts': list<PayoutRow>({
    url: '/v1/payouts',
    table: 'payouts',
    filters: ['status', 'destination'],
    ranges: ['arrival_date'],
    owned: true,
    byMetadata: true,
    render: renderPayout,
  }),
  'GET /v1/payouts/:id': retrieve('payout', 'po', 'payouts'),
  'POST /v1/payouts/:id': updatePayout,
  'POST /v1/payouts/:id/cancel': cancelPayout,
  'POST /v1/accounts': createAccount,
  'GET /v1/accounts': list<AccountRow>({
    url: '/v1/accounts',
    table: 'accounts',
    byMetadata: true,
    render: async (account, reader) => renderAccount(account, await bankAccountsOf(reader, account.id)),
  }),
  'GET /v1/accounts/:id': retrieve('account', 'acct'),
  'POST /v1/accounts/:id': updateAccount,
  'POST /v1/accounts/:id/external_accounts': createExternalAccount,
  'GET /v1/accounts/:id/external_accounts': listExternalAccounts,
  'POST /v1/transfers': createTransfer,
  'GET /v1/transfers': list<TransferRow>({
    url: '/v1/transfers',
    table: 'transfers',
    filters: ['destination', 'transfer_group'],
    byMetadata: true,
    render: async (transfer, reader) => renderTransfer(transfer, await reversalsOf(reader, transfer.id)),
  }),
  'GET /v1/transfers/:id': retrieve('transfer', 'tr'),
  'POST /v1/transfers/:id': updateTransfer,
  'POST /v1/transfers/:id/reversals': reverseTransfer,
  'GET /v1/transfers/:id/reversals': listReversals,
  'GET /v1/test_helpers/reports/settlement': showSettlementFile,
  'GET /v1/test_helpers/reports/bank_statement': showBankStatement,
};
