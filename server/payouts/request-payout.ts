import type pg from 'pg';
import { databaseTime, lanePool, type Statement } from '#db';
import { type KeyedRun, UNKEYED } from '#idempotency';
import { AppError, assert, type CurrencyCode, formatMinor, newId } from '#kernel';
import { type AccountRef, accountCode, type Book, payoutAccounts, payoutStep, runBatch, workInBook } from '#ledger';
import { insertOutbox } from '#payments';
import { payoutTold } from './locked-payouts.ts';
import { insertPayout, movePayouts, type NewPayout } from './payout-rows.ts';
import { PAYOUT_RULES } from './payout-rules.ts';
import { type PayoutState, POLICY } from './payout-state.ts';

export interface PayoutWish {
  readonly sellerId: string;
  readonly currency: CurrencyCode;
  /** Minor units; null takes all that is available. */
  readonly amountMinor: bigint | null;
  /** Who asks: `user:…`, `key:…` or `schedule`. */
  readonly requestedBy: string;
  /** Day of the schedule that asks, as YYYY-MM-DD: it gets one payout per currency, however often it asks. */
  readonly scheduledFor?: string;
  readonly keyed?: KeyedRun;
}

/**
 * Takes money that a seller can have out of its available balance, and has it sent; above the platform's limit once a second person
 * has approved. Decided on the locked account, so concurrent wishes never come to more than is there. Answers the payout's id.
 * Throws `seller_not_payable`, `payout_exceeds_available`, `payout_below_minimum`, or `not_found` for an unknown seller.
 */
export async function requestPayout({ keyed = UNKEYED, ...wish }: PayoutWish): Promise<string> {
  if (keyed.subjectId) return keyed.subjectId;
  const id = wish.scheduledFor === undefined ? keyed.newId('po') : newId('po');
  const [made] = await runBatch([wish], async () => [await requestOnce(lanePool(), id, wish, keyed)]);
  if (made instanceof Error) throw made;
  assert(made, 'one wish has one answer');
  return made;
}

async function requestOnce(on: pg.Pool, id: string, wish: Omit<PayoutWish, 'keyed'>, keyed: KeyedRun): Promise<string> {
  const accounts = payoutAccounts(['requested'], wish.sellerId, wish.currency);
  const [available] = accounts as [AccountRef];
  let made = id;
  await workInBook(on, {
    accounts,
    reads: [readFacts(id, wish, accountCode(available))],
    decide: ([rows = []], book) => {
      const [facts] = rows as Facts[];
      if (!facts) throw new AppError('not_found', `There is no seller ${wish.sellerId}.`, { param: 'seller_id' });
      // An earlier try of the same wish got through although its answer was lost.
      if (facts.made) {
        made = facts.made;
        return [];
      }
      const payout = decidePayoutRequest(id, wish, facts, book.at(available));
      const { amountMinor, currency, sellerId } = payout;
      const posted = book.post(
        payoutStep('requested', { payoutId: id, sellerId, amount: { amountMinor, currency }, at: databaseTime() }),
      );
      if (posted.kind !== 'posted') throw exceeds(wish, -book.at(available).balance);
      return [...opening(payout), ...keyed.reach(id)];
    },
  });
  return made;
}

interface Facts {
  readonly made: string | null;
  readonly verification: string;
  readonly bank_account_id: string | null;
  readonly bank_state: string | null;
  /** Of the payout before this one; null when there is none. */
  readonly last_seq: bigint | null;
  readonly left_minor: bigint | null;
}

function readFacts(id: string, wish: Omit<PayoutWish, 'keyed'>, account: string): Statement {
  return {
    name: 'payout-request-facts',
    text: `select s.verification, b.id as bank_account_id, b.state as bank_state, last.last_seq, last.left_minor,
             (select p.id from payouts p where p.id = $2 or
                (p.seller_id = s.id and p.currency = $3 and p.scheduled_for = $4::date) limit 1) as made
           from sellers s
           left join bank_accounts b on b.seller_id = s.id and b.currency = $3 and b.replaced_at is null
           left join lateral (
             select p.last_seq, p.left_minor from payouts p
             where p.account_id = (select id from ledger_accounts where code = $5) order by p.first_seq desc limit 1
           ) last on true
           where s.id = $1`,
    values: [wish.sellerId, id, wish.currency, wish.scheduledFor ?? null, account],
  };
}

/** What the payout pays: every entry of the available account since the payout before it. Pure. */
function decidePayoutRequest(
  id: string,
  { sellerId, currency, amountMinor: wanted, requestedBy, scheduledFor }: Omit<PayoutWish, 'keyed'>,
  { verification, bank_account_id: bankAccountId, bank_state: bankState, ...last }: Facts,
  account: ReturnType<Book['at']>,
): NewPayout {
  if (verification !== 'verified') throw notPayable(sellerId, 'is not verified yet');
  if (bankAccountId === null) throw notPayable(sellerId, `has no bank account in ${currency}`);
  if (bankState === 'failed') throw notPayable(sellerId, 'has a bank account that does not take money; add another');
  const availableMinor = -account.balance;
  const amountMinor = wanted ?? availableMinor;
  const { minimumMinor, approvalAboveMinor } = PAYOUT_RULES[currency];
  if (amountMinor > availableMinor || availableMinor <= 0n) throw exceeds({ currency }, availableMinor);
  if (amountMinor < minimumMinor) {
    const smallest = `${formatMinor(minimumMinor, currency)} ${currency}`;
    throw new AppError('payout_below_minimum', `The smallest payout is ${smallest}.`, { param: 'amount' });
  }
  const openingMinor = last.left_minor ?? 0n;
  return {
    id,
    sellerId,
    bankAccountId,
    currency,
    amountMinor,
    accountId: account.id,
    firstSeq: last.last_seq === null ? 1n : last.last_seq + 2n,
    lastSeq: account.version,
    openingMinor,
    movedMinor: availableMinor - openingMinor,
    leftMinor: availableMinor - amountMinor,
    scheduledFor: scheduledFor ?? null,
    requestedBy,
    needsApproval: amountMinor > approvalAboveMinor,
  };
}

/** The payout and what is told of it; below the limit the platform's policy approves it in the same moment. */
function opening(payout: NewPayout): Statement[] {
  const { id, sellerId, needsApproval } = payout;
  const told = (state: PayoutState) => payoutTold(id, sellerId, state);
  if (needsApproval) return [insertPayout(payout), ...insertOutbox([told('REQUESTED')])];
  const fresh = { pspPayoutId: null, tries: 0, error: null, recallAt: null, finishedAt: null };
  const approved = {
    id,
    state: 'APPROVED',
    seq: 1,
    seqRead: 0,
    approvedBy: POLICY,
    resolveAt: databaseTime(),
  } as const;
  const reason = 'below the limit for approval';
  const step = { payoutId: id, seq: 1, from: 'REQUESTED', to: 'APPROVED', reason, actor: POLICY } as const;
  return [
    insertPayout(payout),
    ...movePayouts([{ ...fresh, ...approved }], [step]),
    ...insertOutbox([told('REQUESTED'), told('APPROVED')]),
  ];
}

function notPayable(sellerId: string, why: string): AppError {
  return new AppError('seller_not_payable', `${sellerId} ${why}.`);
}

function exceeds({ currency }: Pick<PayoutWish, 'currency'>, availableMinor: bigint): AppError {
  const available = `${formatMinor(availableMinor, currency)} ${currency}`;
  return new AppError('payout_exceeds_available', `Only ${available} can be paid out.`, { param: 'amount' });
}
