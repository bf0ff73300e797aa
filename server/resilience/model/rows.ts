import type { CurrencyCode } from '#kernel';

/** A commission plan in force, as its read answers. */
export interface FeePlanRow {
  readonly id: bigint;
  readonly seller_id: string | null;
  readonly currency: string | null;
  readonly bps: number;
  readonly fixed_minor: bigint;
}

/** What a seller earned by an order, all of it pending. */
export interface FundsRow {
  readonly sellerId: string;
  readonly currency: CurrencyCode;
  readonly earnedMinor: bigint;
}

export interface EventRow {
  readonly hash: Buffer;
  readonly flow: 'direct' | 'hosted';
  readonly buyerId: string;
}

export interface OrderRow {
  readonly id: string;
  readonly checkoutId: string;
  readonly lineNo: number;
  readonly sellerId: string;
  readonly amountMinor: bigint;
  readonly currency: CurrencyCode;
  readonly commissionMinor: bigint;
  state: string;
  stateSeq: number;
}

export interface AttemptRow {
  readonly id: string;
  readonly checkoutId: string;
  readonly attemptNo: number;
  readonly kind: 'direct' | 'hosted';
  readonly amountMinor: bigint;
  readonly currency: CurrencyCode;
  readonly paymentMethod: string | null;
  readonly orderIds: string[];
  cardLast4: string | null;
  state: string;
  tries: number;
  pspPaymentId: string | null;
  pspSessionId: string | null;
  pageUrl: string | null;
  declineCode: string | null;
  error: string | null;
  sends: number;
  /** Created, or pushed by a person since. */
  since: Date;
  /** What came too late and waits for its refund. */
  heldMinor: bigint | null;
  latencyMs: number | null;
  resolveAt: Date | null;
  finishedAt: Date | null;
}

export interface AccountRow {
  readonly id: bigint;
  readonly code: string;
  balance: bigint;
  version: bigint;
}

export interface EntryRow {
  readonly accountId: bigint;
  readonly accountSeq: bigint;
  readonly transactionId: string;
  readonly amountMinor: bigint;
  readonly balanceAfter: bigint;
  readonly currency: string;
}
