import type pg from 'pg';
import { config } from '#config';
import { databaseTime, run, type Statement } from '#db';
import { AppError, assert } from '#kernel';
import {
  type AccountRef,
  type Book,
  disputeLost,
  disputeOpened,
  disputeWon,
  PLATFORM,
  runBatch,
  workInBook,
} from '#ledger';
import { inboxHandled, SHORTFALL_POLICIES, TRIES_UNTIL_TOLD } from '#payments';
import type { DisputeFacts } from '#psp';
import { refuseWaitingRefunds } from '#refunds';
import { type DisputeBooking, type DisputeDecision, decideDispute } from './decide-dispute.ts';
import type { DisputeState } from './dispute-state.ts';
import { type LockedDispute, LockedDisputes } from './locked-disputes.ts';
import { shareDispute } from './share-dispute.ts';

/** News about a dispute, from wherever it came. */
export interface DisputeReport {
  readonly facts: DisputeFacts;
  /** Who learned it: `worker` by asking, `webhook`. */
  readonly actor: 'worker' | 'webhook';
  /** The inbox row that is done when this is. */
  readonly inboxId?: bigint;
}

/** Where a dispute stands once the news is in the database. */
export interface AppliedDispute {
  readonly disputeId: string;
  readonly verdict: DisputeDecision['verdict'];
  readonly state: DisputeState;
}

/** The charge that is disputed, and who earned it. */
interface DisputedCharge {
  readonly attemptId: string;
  readonly sellerIds: readonly string[];
}

/**
 * Applies a list of reports: state, history, ledger, what is disputed of each order, outbox, dead letters and inbox, all in one
 * transaction. Any report may be applied again, in any order, from anywhere: each stage moves its money once. One guilty report is
 * refused alone (its place in the answer holds the error; `not_found` for a payment that is not here, or whose end is not known yet).
 */
export async function applyDisputeNews(
  on: pg.Pool,
  reports: readonly DisputeReport[],
): Promise<readonly (AppliedDispute | Error)[]> {
  return runBatch(reports, (batch) => applyBatch(on, batch));
}

async function applyBatch(on: pg.Pool, reports: readonly DisputeReport[]): Promise<AppliedDispute[]> {
  const charges = await loadCharges(on, reports);
  const chargeOf = ({ facts }: DisputeReport) => charges.get(facts.pspPaymentId) as DisputedCharge;
  const attemptIds = [...new Set(reports.map((report) => chargeOf(report).attemptId))];
  const pspDisputeIds = [...new Set(reports.map((report) => report.facts.pspDisputeId))];
  let applied: (AppliedDispute & { readonly attemptId: string })[] = [];
  const taken = reports.filter((report) => hasTaken(report.facts));
  if (taken.length > 0)
    await refuseWaitingRefunds(
      on,
      taken.map((report) => chargeOf(report).attemptId),
    );
  await workInBook(on, {
    accounts: reports.flatMap((report) => accountsOf(report.facts, chargeOf(report))),
    reads: LockedDisputes.reads(attemptIds, pspDisputeIds),
    decide: (rows, book) => {
      const disputes = new LockedDisputes(rows);
      const now = databaseTime();
      applied = reports.map((report) => {
        const dispute = disputes.dispute(report.facts, chargeOf(report).attemptId);
        const { verdict } = applyOne(report, dispute, disputes, book, now);
        return { disputeId: dispute.id, attemptId: dispute.attemptId, verdict, state: dispute.state };
      });
      return [...disputes.writes(), ...inboxWrites(reports, applied)];
    },
  });
  return applied;
}

/** The provider has the money, and may keep it: until the bank has decided for us it gives nothing back of the charge. */
function hasTaken({ withdrawn, stage }: DisputeFacts): boolean {
  return withdrawn !== null && stage !== 'won';
}

async function loadCharges(on: pg.Pool, reports: readonly DisputeReport[]): Promise<Map<string, DisputedCharge>> {
  const ids = [...new Set(reports.map((report) => report.facts.pspPaymentId))];
  const rows = await run<{ payment: string; attempt_id: string; sellers: string[] }>(on, {
    name: 'disputed-charges',
    text: `select a.psp_payment_id as payment, a.id as attempt_id, array_agg(distinct o.seller_id) as sellers
           from payment_attempts a join attempt_orders ao on ao.attempt_id = a.id
           join payment_orders o on o.payment_order_id = ao.payment_order_id
           where a.psp_payment_id = any($1::text[]) and a.state = 'SUCCEEDED' group by a.id`,
    values: [ids],
  });
  const charges = new Map(rows.map((row) => [row.payment, { attemptId: row.attempt_id, sellerIds: row.sellers }]));
  for (const id of ids)
    if (!charges.has(id)) throw new AppError('not_found', `No charge of ${id} is in this database.`);
  return charges;
}

function accountsOf({ currency }: DisputeFacts, { sellerIds }: DisputedCharge): AccountRef[] {
  const ofSellers = sellerIds.flatMap((ownerId) =>
    (['seller_pending', 'seller_available', 'seller_reserved'] as const).map((kind) => ({ kind, ownerId, currency })),
  );
  const ofPlatform = (['dispute_receivable', 'psp_fees', 'psp_clearing', 'platform_loss'] as const).map((kind) => ({
    kind,
    ownerId: PLATFORM,
    currency,
  }));
  return [...ofSellers, ...ofPlatform];
}

/**
 * While a refund of the charge may go either way, nobody knows what is left for the bank to take: the withdrawal counts as not shown, and
 * the worker asks again after 1-2-4-8-16 s, minutes, hours. Booked at once, a refund that the provider then refuses would leave the
 * seller with money that the bank took, since shares are never changed; one that had gone would be borne twice. The provider answers
 * every refund that was sent, so this ends; a person is told of both when it takes long.
 */
function whatCounts(facts: DisputeFacts, dispute: LockedDispute, disputes: LockedDisputes): DisputeFacts {
  const waits = !dispute.booked.opened && disputes.hasUndecidedRefund(dispute);
  return waits ? { ...facts, withdrawn: null, reinstated: null } : facts;
}

function applyOne(
  { facts: told, actor }: DisputeReport,
  dispute: LockedDispute,
  disputes: LockedDisputes,
  book: Book,
  now: Date,
): DisputeDecision {
  const facts = whatCounts(told, dispute, disputes);
  const decision = decideDispute(dispute, facts, now, Math.random);
  disputes.apply(dispute, decision, facts, actor, now);
  const exceeds = decision.bookings.map((booking) => bookIt(booking, dispute, disputes, book, now)).some(Boolean);
  const letter = decision.deadLetter ?? (exceeds ? 'exceeds_payment' : missingFor(decision));
  if (letter || decision.verdict === 'applied' || decision.verdict === 'noted') disputes.setLetter(dispute, letter);
  return decision;
}

/** The PSP goes on saying that money moved without showing it. */
function missingFor({ tries }: DisputeDecision): string | null {
  return tries >= TRIES_UNTIL_TOLD ? 'money_not_shown' : null;
}

/** Books a movement; answers whether it takes more than was left of the payment, which a person has to know. */
function bookIt(
  booking: DisputeBooking,
  dispute: LockedDispute,
  disputes: LockedDisputes,
  book: Book,
  at: Date,
): boolean {
  const { id: disputeId, currency, withdrawn, reinstated } = dispute;
  assert(withdrawn, 'what is booked was shown by the provider');
  const money = { disputeId, currency, withdrawnMinor: withdrawn.amountMinor, at };
  if (booking === 'opened') {
    const { platformBearsShortfall } = SHORTFALL_POLICIES[config().SELLER_SHORTFALL];
    const fundsOf = platformBearsShortfall ? (seller: string) => disputes.fundsOf(seller, currency) : null;
    const shares = shareDispute(withdrawn.amountMinor, disputes.ordersOf(dispute), fundsOf);
    disputes.share(dispute, shares);
    expectPosted(book, disputeOpened({ ...money, shares, feeMinor: withdrawn.feeMinor }));
    return shares.reduce((sum, share) => sum + share.disputedMinor, 0n) < withdrawn.amountMinor;
  }
  const won = booking === 'won';
  const shares = dispute.orders;
  disputes.close(dispute, won);
  expectPosted(
    book,
    won
      ? disputeWon({ ...money, shares, feeReturnedMinor: reinstated?.feeMinor ?? 0n })
      : disputeLost({ ...money, shares }),
  );
  return false;
}

function expectPosted(book: Book, posting: Parameters<Book['post']>[0]): void {
  const verdict = book.post(posting);
  assert(verdict.kind === 'posted', `${posting.kind} of ${posting.sourceId} can always be booked`);
}

function inboxWrites(
  reports: readonly DisputeReport[],
  applied: readonly (AppliedDispute & { readonly attemptId: string })[],
): Statement[] {
  return inboxHandled(
    reports.flatMap(({ inboxId }, index) => {
      const { attemptId, verdict } = applied[index] as (typeof applied)[number];
      return inboxId === undefined ? [] : [{ inboxId, attemptId, verdict }];
    }),
  );
}
