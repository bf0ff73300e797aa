import type { CurrencyCode } from '#kernel';
import type { Enquiry, Outcome } from '#psp';

/** What an order is about, in the model's few words. `held`: money came for it after it had ended. */
export type Stage = 'new' | 'open' | 'ended' | 'paid' | 'held';

export interface ExpectedOrder {
  readonly id: string;
  readonly checkoutId: string;
  readonly sellerId: string;
  readonly buyerId: string;
  readonly currency: CurrencyCode;
  readonly grossMinor: bigint;
  readonly feeMinor: bigint;
  stage: Stage;
}

export interface ExpectedAttempt {
  readonly id: string;
  readonly kind: 'direct' | 'hosted';
  readonly orderIds: readonly string[];
  open: boolean;
  /** Whether an answer was ever missing: then nothing but a definite answer may end it. */
  dark: boolean;
  taken: boolean;
}

/** Where an attempt stands in the system once it was told something, and the attempt that follows it by itself. */
export interface Seen {
  readonly state: string;
  readonly followUpId: string | null;
}

/** The states an order may be in at each stage; which of the open ones is the schedule's business, not the money's. */
const STATES: Readonly<Record<Stage, readonly string[]>> = {
  new: ['NOT_STARTED'],
  open: ['EXECUTING', 'REQUIRES_ACTION', 'UNKNOWN', 'MANUAL_REVIEW'],
  ended: ['FAILED', 'EXPIRED', 'CANCELLED'],
  paid: ['SUCCESS'],
  held: ['LATE_SUCCESS', 'AUTO_REFUNDING'],
};

const ENDS: Readonly<Partial<Record<Enquiry['kind'], string>>> = {
  declined: 'DECLINED',
  refused: 'REFUSED',
  expired: 'EXPIRED',
  cancelled: 'CANCELLED',
};
/** No answer, or the word that the provider never saw it, which something on its way may still belie. */
const SILENT: readonly Enquiry['kind'][] = ['unknown', 'absent'];
const OPEN_STATES = ['PENDING', 'REQUIRES_ACTION', 'UNKNOWN'];

/**
 * The model: what everybody holds, worked out by adding and subtracting, from rules a person can check in a minute. It follows
 * the system where the rules leave a choice (when to ask again, when to stop sending), and says what may never be.
 */
export class Expected {
  readonly orders = new Map<string, ExpectedOrder>();
  readonly attempts: ExpectedAttempt[] = [];
  readonly #balances = new Map<string, bigint>();

  /** Every account that ever moved, and its balance: debits positive. */
  get balances(): ReadonlyMap<string, bigint> {
    return this.#balances;
  }

  balance(code: string): bigint {
    return this.#balances.get(code) ?? 0n;
  }

  opened(attempt: Pick<ExpectedAttempt, 'id' | 'kind' | 'orderIds'>): void {
    this.attempts.push({ ...attempt, open: true, dark: false, taken: false });
    for (const order of this.ordersOf(attempt)) order.stage = 'open';
  }

  ordersOf({ orderIds }: Pick<ExpectedAttempt, 'orderIds'>): ExpectedOrder[] {
    return orderIds.map((id) => this.orders.get(id) as ExpectedOrder);
  }

  attempt(id: string): ExpectedAttempt {
    const attempt = this.attempts.find((one) => one.id === id);
    if (!attempt) throw new Error(`the model does not know attempt ${id}`);
    return attempt;
  }

  /** Whether news can change nothing: every attempt it is about has ended, and no new money came. */
  allStale(batch: readonly { readonly attemptId: string; readonly outcome: Enquiry }[]): boolean {
    return batch.every(({ attemptId, outcome }) => {
      const { open, taken } = this.attempt(attemptId);
      return !open && (taken || outcome.kind !== 'succeeded');
    });
  }

  /** Whether an order of the checkout still waits for its money on an attempt. */
  isWanted(checkoutId: string): boolean {
    return [...this.orders.values()].some((order) => order.checkoutId === checkoutId && order.stage === 'open');
  }

  isOf(attempt: ExpectedAttempt, checkoutId: string): boolean {
    return this.ordersOf(attempt).some((order) => order.checkoutId === checkoutId);
  }

  /** Whether the provider took exactly what was asked for. */
  isWhole(attempt: ExpectedAttempt, outcome: Extract<Outcome, { kind: 'succeeded' }>): boolean {
    const orders = this.ordersOf(attempt);
    const asked = orders.reduce((sum, order) => sum + order.grossMinor, 0n);
    return outcome.amountMinor === asked && orders.every((order) => order.currency === outcome.currency);
  }

  /** Takes news in. Throws when the system made of it what may never be. */
  learn(id: string, outcome: Enquiry, seen: Seen): void {
    const attempt = this.attempt(id);
    const isOpen = OPEN_STATES.includes(seen.state);
    if (outcome.kind === 'succeeded' && this.isWhole(attempt, outcome)) {
      if (!attempt.taken) this.#take(attempt);
      must(seen.state === 'SUCCEEDED', `${id} was charged and is ${seen.state}`);
    } else if (attempt.open && outcome.kind in ENDS) {
      must(seen.state === ENDS[outcome.kind], `${id} was ${outcome.kind} and is ${seen.state}`);
      this.#end(attempt, outcome, seen.followUpId);
    } else if (attempt.open && outcome.kind === 'not_started' && !isOpen) {
      must(!attempt.dark, `${id} may have been charged and was given up as ${seen.state}`);
      this.#end(attempt, outcome, seen.followUpId);
    } else if (attempt.open && outcome.kind === 'absent' && seen.state === 'CANCELLED') {
      const waiting = this.ordersOf(attempt).filter((order) => order.stage === 'open');
      must(waiting.length === 0, `${id} was called off, and ${waiting[0]?.id} waits for it`);
      attempt.open = false;
    } else {
      must(isOpen === attempt.open, `${id} was told ${outcome.kind} and is ${seen.state}`);
      must(seen.followUpId === null, `${id} was told ${outcome.kind} and got a follow-up`);
      if (attempt.open && SILENT.includes(outcome.kind) && attempt.kind === 'direct') attempt.dark = true;
    }
  }

  /** Throws unless the order is where it must be. */
  checkOrder({ id, stage }: ExpectedOrder, state: string): void {
    must(STATES[stage].includes(state), `order ${id} is ${stage} and its state is ${state}`);
  }

  /** Of each order that waits the seller gets the gross less the fee; what comes for others belongs to the buyer. */
  #take(attempt: ExpectedAttempt): void {
    attempt.taken = true;
    attempt.open = false;
    for (const order of this.ordersOf(attempt)) {
      const { buyerId, sellerId, currency, grossMinor, feeMinor } = order;
      this.#add(`buyer:${buyerId}:${currency}`, grossMinor);
      if (order.stage === 'open') {
        order.stage = 'paid';
        this.#add(`seller_pending:${sellerId}:${currency}`, feeMinor - grossMinor);
        this.#add(`platform_fees:platform:${currency}`, -feeMinor);
      } else {
        if (order.stage !== 'paid') order.stage = 'held';
        this.#add(`suspense:platform:${currency}`, -grossMinor);
      }
    }
  }

  #end(attempt: ExpectedAttempt, outcome: Enquiry, followUpId: string | null): void {
    attempt.open = false;
    const waiting = this.ordersOf(attempt).filter((order) => order.stage === 'open');
    if (followUpId === null) {
      for (const order of waiting) order.stage = 'ended';
      return;
    }
    const mayFollow =
      outcome.kind === 'declined' && outcome.tryAgain && attempt.kind === 'direct' && waiting.length > 0;
    must(mayFollow, `${attempt.id} was ${outcome.kind} for an order that wants no more tries, and got a follow-up`);
    this.opened({ id: followUpId, kind: attempt.kind, orderIds: attempt.orderIds });
  }

  #add(code: string, minor: bigint): void {
    this.#balances.set(code, this.balance(code) + minor);
  }
}

export function must(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new Error(otherwise);
}
