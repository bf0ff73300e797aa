import type pg from 'pg';
import { databaseTime, run, type Statement } from '#db';
import { AppError, assert, type CurrencyCode } from '#kernel';
import { type Book, type PayoutStep, payoutAccounts, payoutStep, payoutStepBack, runBatch, workInBook } from '#ledger';
import { inboxHandled } from '#payments';
import type { PayoutDecision } from './decide-payout.ts';
import { type LockedPayout, LockedPayouts } from './locked-payouts.ts';
import { moneyMoved, type PayoutState } from './payout-state.ts';

/** One change of a payout: a wish of a person, or news from the PSP. */
export interface PayoutCommand {
  readonly payoutId: string;
  /** Pure; a thrown AppError refuses this command alone. */
  readonly decide: (payout: LockedPayout, now: Date) => PayoutDecision;
  /** Whose accounts the decision may move money on. */
  readonly steps: readonly PayoutStep[];
  readonly actor: string;
  /** The inbox row that is done when this is. */
  readonly inboxId?: bigint;
  /** What else is written in the same transaction. */
  readonly also?: readonly Statement[];
}

/** Where a payout stands once the command is in the database. */
export interface ChangedPayout {
  readonly payoutId: string;
  readonly verdict: PayoutDecision['verdict'];
  readonly before: PayoutState;
  readonly state: PayoutState;
}

/**
 * Applies a list of commands: state, history, ledger, bank accounts, outbox, dead letters and inbox, all in one transaction. Any of
 * them may be applied again, in any order, from anywhere. One guilty command is refused alone (its place in the answer holds the
 * error; `not_found` for a payout that does not exist). Needs a pool made with `pipeline: true`.
 */
export async function changePayouts(
  on: pg.Pool,
  commands: readonly PayoutCommand[],
): Promise<readonly (ChangedPayout | Error)[]> {
  return runBatch(commands, (batch) => changeBatch(on, batch));
}

/** The same for one; throws its error. */
export async function changePayout(on: pg.Pool, command: PayoutCommand): Promise<ChangedPayout> {
  const [changed] = await changePayouts(on, [command]);
  if (!changed || changed instanceof Error) throw changed;
  return changed;
}

async function changeBatch(on: pg.Pool, commands: readonly PayoutCommand[]): Promise<ChangedPayout[]> {
  const ids = [...new Set(commands.map((command) => command.payoutId))];
  const facts = await loadFacts(on, ids);
  let changed: ChangedPayout[] = [];
  await workInBook(on, {
    accounts: commands.flatMap(({ payoutId, steps }) => {
      const { sellerId, currency } = facts.get(payoutId) as PayoutFacts;
      return payoutAccounts(steps, sellerId, currency);
    }),
    reads: LockedPayouts.reads(ids),
    decide: ([rows = [], postings = []], book) => {
      const payouts = new LockedPayouts(rows, postings);
      const now = databaseTime();
      changed = commands.map((command) => changeOne(command, payouts, book, now));
      return [
        ...payouts.writes(),
        ...inboxWrites(commands, changed),
        ...commands.flatMap((command) => command.also ?? []),
      ];
    },
  });
  return changed;
}

/** What never changes about a payout: enough to know its accounts, without a lock. */
interface PayoutFacts {
  readonly sellerId: string;
  readonly currency: CurrencyCode;
}

async function loadFacts(on: pg.Pool, ids: readonly string[]): Promise<Map<string, PayoutFacts>> {
  const rows = await run<{ id: string; seller_id: string; currency: CurrencyCode }>(on, {
    name: 'payout-facts',
    text: 'select id, seller_id, currency from payouts where id = any($1::text[])',
    values: [ids],
  });
  const facts = new Map(rows.map((row) => [row.id, { sellerId: row.seller_id, currency: row.currency }]));
  for (const id of ids) if (!facts.has(id)) throw new AppError('not_found', `There is no payout ${id}.`);
  return facts;
}

function changeOne(command: PayoutCommand, payouts: LockedPayouts, book: Book, now: Date): ChangedPayout {
  const { payoutId, actor } = command;
  const payout = payouts.payout(payoutId);
  const before = payout.state;
  const decision = command.decide(payout, now);
  if (decision.verdict !== 'unchanged') {
    payouts.change(payoutId, decision.change);
    if (decision.to) {
      payouts.move(payoutId, decision.to, { actor, reason: decision.reason, now });
      bookMove(payouts, payoutId, before, book, now);
    }
    if (decision.bank) payouts.judgeBank(payoutId, decision.bank.failureCode);
    if (decision.deadLetter || ANSWERED.has(decision.verdict)) payouts.setLetter(payoutId, decision.deadLetter);
  }
  return { payoutId, verdict: decision.verdict, before, state: payouts.payout(payoutId).state };
}

/** Verdicts that leave nothing to ask a person. */
const ANSWERED: ReadonlySet<PayoutDecision['verdict']> = new Set(['applied', 'noted']);

function bookMove(payouts: LockedPayouts, payoutId: string, from: PayoutState, book: Book, now: Date): void {
  const { sellerId, amountMinor, currency, state } = payouts.payout(payoutId);
  const { forward = [], back = [] } = moneyMoved(from, state);
  const fact = { payoutId, sellerId, amount: { amountMinor, currency }, at: now };
  for (const step of forward) {
    const verdict = book.post(payoutStep(step, fact));
    assert(verdict.kind === 'posted', 'what is set aside can always be sent');
    payouts.book(payoutId, step, verdict.transactionId);
  }
  for (const step of back) {
    const verdict = book.post(payoutStepBack(step, { ...fact, reversalOf: payouts.bookedAs(payoutId, step) }));
    assert(verdict.kind === 'posted', 'what went out can always come back');
  }
}

function inboxWrites(commands: readonly PayoutCommand[], changed: readonly ChangedPayout[]): Statement[] {
  return inboxHandled(
    commands.flatMap(({ inboxId }, index) =>
      inboxId === undefined ? [] : [{ inboxId, attemptId: null, verdict: (changed[index] as ChangedPayout).verdict }],
    ),
  );
}
