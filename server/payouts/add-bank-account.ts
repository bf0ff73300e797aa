import { pool, run, runInTransaction, type Tx } from '#db';
import { type KeyedRun, UNKEYED } from '#idempotency';
import { AppError, type CurrencyCode } from '#kernel';
import { type BankAccountOutcome, psp } from '#psp';

export interface NewBankAccount {
  readonly sellerId: string;
  readonly currency: CurrencyCode;
  /** Stands for the number, which only the PSP has seen. */
  readonly token: string;
  /** Who adds it: `user:…` or `key:…`. */
  readonly actor: string;
  readonly keyed?: KeyedRun;
}

type Added = Extract<BankAccountOutcome, { kind: 'added' }>;

/**
 * Has a seller's payouts in a currency go to this bank account from now on; the one before it is kept on record. Answers its id. Of the
 * number only the last four digits and the PSP's fingerprint come here. Throws `bank_account_refused`, `psp_unavailable` when the PSP
 * gave no definite answer (the same request may be sent again), `not_found` for an unknown seller.
 */
export async function addBankAccount({ keyed = UNKEYED, ...wish }: NewBankAccount): Promise<string> {
  if (keyed.subjectId) return keyed.subjectId;
  const { sellerId, currency, token } = wish;
  const id = keyed.newId('ba');
  const pspAccountId = await accountOf(sellerId);
  const outcome = await psp().addBankAccount({ bankAccountId: id, sellerId, token, currency, pspAccountId });
  if (outcome.kind === 'refused') throw new AppError('bank_account_refused', outcome.message);
  if (outcome.kind !== 'added') {
    throw new AppError('psp_unavailable', 'The payment provider cannot be reached; try again shortly.', {
      retryAfterSeconds: 2,
    });
  }
  await runInTransaction(async (tx) => {
    await keepAccount(tx, sellerId, outcome.pspAccountId);
    await keepBank(tx, id, wish, outcome);
    for (const statement of keyed.reach(id)) await run(tx, statement);
  });
  return id;
}

async function accountOf(sellerId: string): Promise<string | null> {
  const [row] = await run<{ psp_account_id: string | null }>(pool(), {
    text: 'select a.psp_account_id from sellers s left join payout_accounts a on a.seller_id = s.id where s.id = $1',
    values: [sellerId],
  });
  if (!row) throw new AppError('not_found', `There is no seller ${sellerId}.`, { param: 'seller_id' });
  return row.psp_account_id;
}

/** Of two that open a seller's account at the PSP at once the first one counts; the other adds its bank again, to that account. */
async function keepAccount(tx: Tx, sellerId: string, pspAccountId: string): Promise<void> {
  await run(tx, { text: 'select 1 from sellers where id = $1 for no key update', values: [sellerId], expectRows: 1 });
  const [kept] = await run<{ psp_account_id: string }>(tx, {
    text: `with opened as (
             insert into payout_accounts (seller_id, psp_account_id) values ($1, $2) on conflict (seller_id) do nothing returning psp_account_id
           )
           select psp_account_id from opened union all select psp_account_id from payout_accounts where seller_id = $1 limit 1`,
    values: [sellerId, pspAccountId],
  });
  if (kept?.psp_account_id !== pspAccountId) {
    throw new AppError('psp_unavailable', 'Another bank account is being added; try again shortly.', {
      retryAfterSeconds: 2,
    });
  }
}

async function keepBank(tx: Tx, id: string, { sellerId, currency, actor }: NewBankAccount, bank: Added): Promise<void> {
  await run(tx, {
    text: `update bank_accounts set replaced_at = now() where seller_id = $1 and currency = $2 and replaced_at is null`,
    values: [sellerId, currency],
  });
  await run(tx, {
    text: `insert into bank_accounts (id, seller_id, psp_bank_account_id, country, currency, bank_name, last4, fingerprint, state, added_by)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    values: [
      id,
      sellerId,
      bank.pspBankAccountId,
      bank.country,
      currency,
      bank.bankName,
      bank.last4,
      bank.fingerprint,
      bank.verified ? 'verified' : 'new',
      actor,
    ],
  });
}
