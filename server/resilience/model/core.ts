import type Stripe from 'stripe';
import type { Statement } from '#db';
import { AppError, type CurrencyCode, type ErrorCode } from '#kernel';
import { accountCode, Book } from '#ledger';
import { type Enquiry, type Outcome, readEvent } from '#psp';
import { type Accepted, type Intake, IntakeBatch } from '../../payments/accept-payment.ts';
import { type AppliedOutcome, accountsOf, applyReports, inboxWrites } from '../../payments/apply-outcomes.ts';
import { type AttemptFacts, groupFacts } from '../../payments/facts.ts';
import { FeePlans } from '../../payments/fee-plans.ts';
import { LockedPayments } from '../../payments/locked-payments.ts';
import type { OrderState } from '../../payments/order-state.ts';
import { planRetry } from '../../payments/retry-payment.ts';
import { planHostedAttempt } from '../../payments/start-hosted-payment.ts';
import { type WalletBalance, walletOf } from '../../wallet/wallet.ts';
import { eventOf } from './events.ts';
import { factsRows, lockedPayments } from './reads.ts';
import { Tables } from './tables.ts';

/** News about an attempt on its way into the core. */
export interface News {
  readonly attemptId: string;
  readonly outcome: Enquiry;
  /** Comes as the provider's event, through the inbox, where there is an event for it. */
  readonly asEvent: boolean;
}

/**
 * The production code that decides about money, on tables in memory: requests, outcomes, retries and hosted pages, as their use
 * cases drive it, with nothing of it written again here. A refusal is answered by its code.
 */
export class Core {
  readonly tables = new Tables();
  #events = 0n;

  accept(intake: Intake): Accepted['kind'] | ErrorCode {
    const { request } = intake;
    const known = this.tables.events.get(request.checkoutId);
    const taken = request.orders.flatMap(({ paymentOrderId }) => this.tables.orders.get(paymentOrderId) ?? []);
    const sellers = request.orders.flatMap(({ sellerAccount }) => {
      const seller = this.tables.sellers.get(sellerAccount);
      return seller ? [{ id: sellerAccount, display_name: sellerAccount }] : [];
    });
    const batch = new IntakeBatch(
      known ? [{ checkout_id: request.checkoutId, request_hash: known.hash }] : [],
      taken.map((order) => ({ payment_order_id: order.id, checkout_id: order.checkoutId })),
      sellers,
      new FeePlans(this.tables.feePlans),
    );
    const accepted = batch.accept(intake);
    this.tables.write(batch.writes());
    if (accepted instanceof AppError) return accepted.code;
    if (accepted instanceof Error) throw accepted;
    return accepted.kind;
  }

  /** Applies news in one batch, in its order. */
  learn(batch: readonly News[]): AppliedOutcome[] {
    const reports = batch.map(({ attemptId, outcome, asEvent }) => {
      const event = asEvent ? eventOf(attemptId, outcome) : null;
      if (!event) return { attemptId, outcome, actor: 'api' as const };
      return { attemptId, outcome: read(event, attemptId), actor: 'webhook' as const, inboxId: this.#store() };
    });
    const attemptIds = reports.map((report) => report.attemptId);
    const facts = this.facts(attemptIds);
    const accounts = reports.flatMap((report) => accountsOf(report, facts.get(report.attemptId) as AttemptFacts));
    const locked = new Map(
      accounts.map((account) => [accountCode(account), this.tables.account(accountCode(account))]),
    );
    const payments = new LockedPayments(lockedPayments(this.tables, attemptIds));
    const book = new Book([...locked.values()].map((account) => ({ ...account })));
    const applied = applyReports(reports, facts, payments, book, new Date());
    this.tables.write([...payments.writes(), ...inboxWrites(reports, applied), ...book.writes()]);
    return applied;
  }

  retry(orderId: string, token: string): 'done' | ErrorCode {
    return this.#planned(() => {
      const last = this.tables.attemptsOf(orderId).at(-1);
      const facts = last && this.facts([last.id]).get(last.id);
      if (!facts) throw new AppError('checkout_not_payable', 'nothing to try again');
      return planRetry(this.tables.order(orderId).state, facts, { token }).writes;
    });
  }

  openPage(checkoutId: string): 'done' | ErrorCode {
    return this.#planned(() => {
      const orders = this.tables.ordersOf(checkoutId).map((order) => ({
        payment_order_id: order.id,
        state: order.state as OrderState,
        amount_minor: order.amountMinor,
        currency: order.currency,
      }));
      const { flow, buyerId } = this.tables.event(checkoutId);
      const current = this.tables.attemptsOf(orders[0]?.payment_order_id ?? '').at(-1);
      return planHostedAttempt(
        { checkoutId, flow, buyer: { userId: buyerId, email: '', name: '' } },
        orders,
        current && { id: current.id, attempt_no: current.attemptNo, finished: current.finishedAt !== null },
      ).writes;
    });
  }

  /** What `askAgain` does to the rows: fresh tries and a look at once; the question to a person is closed. */
  askAgain(attemptId: string): void {
    const attempt = this.tables.attempts.get(attemptId);
    if (!attempt || attempt.finishedAt !== null) return;
    Object.assign(attempt, { tries: 0, sends: 0, since: new Date(), resolveAt: new Date() });
    for (const letter of this.tables.deadLetters) if (letter.subject === attemptId) letter.open = false;
  }

  wallet(ownerId: string): WalletBalance[] {
    const accounts = [...this.tables.accounts.values()].flatMap(({ code, balance }) => {
      const [kind, owner, currency] = code.split(':') as [never, string, CurrencyCode];
      return owner === ownerId ? [{ kind, currency, balanceMinor: balance }] : [];
    });
    return walletOf(accounts);
  }

  facts(attemptIds: readonly string[]): Map<string, AttemptFacts> {
    return groupFacts(factsRows(this.tables, attemptIds));
  }

  #planned(plan: () => readonly Statement[]): 'done' | ErrorCode {
    try {
      this.tables.write(plan());
      return 'done';
    } catch (error) {
      if (error instanceof AppError) return error.code;
      throw error;
    }
  }

  #store(): bigint {
    this.#events += 1n;
    this.tables.inbox.set(this.#events, { verdict: null });
    return this.#events;
  }
}

/** What the production code makes of the provider's event. */
function read(event: Stripe.Event, attemptId: string): Outcome {
  const { news, attemptId: about } = readEvent(event);
  if (about !== attemptId || news === null || news.kind === 'enquire')
    throw new Error(`the event ${event.type} about ${attemptId} was read as about ${about}`);
  return news;
}
