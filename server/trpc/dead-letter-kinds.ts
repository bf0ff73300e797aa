import type { DeadLetter, Redriver } from '#dead-letters';
import { closeDisputeLetter, pushDisputes, retryDispute, waysOutOfDisputes } from '#disputes';
import type { KeyedRun } from '#idempotency';
import { askAgain, closeDeadLetter, pushAttempts, type WayOutOfLetter, waysOutOf } from '#payments';
import { closePayoutLetter, pushPayouts, retryPayout, waysOutOfPayouts } from '#payouts';
import { closeRefundLetter, pushRefunds, retryRefund, waysOutOfRefunds } from '#refunds';
import { closeBookingLetter, pushBookings, retryBooking, waysOutOfBookings } from '#settlement';
import { closeWebhookLetter, redriveWebhook, redriveWebhooks } from '#webhooks';

/** What the console knows and does about one kind of dead letter. */
interface KindOfLetter {
  /** What a person can do about each; by subject. */
  readonly waysOut: (letters: readonly DeadLetter[]) => Promise<ReadonlyMap<string, WayOutOfLetter>>;
  /** Puts one subject back to work, closes its letter; throws when it cannot. */
  readonly redriveOne: (subjectId: string, actor: string, reason: string, keyed: KeyedRun) => Promise<void>;
  /** Puts many back to work, each at its time, in the transaction that closes their letters. */
  readonly redriveMany: Redriver;
  /** Puts one aside with a reason; throws while only work ends it. */
  readonly close: (subjectId: string, actor: string, reason: string, keyed: KeyedRun) => Promise<void>;
}

/** The kinds of dead letters, each with the use cases of the module that writes it. A new kind is a new row. */
export const LETTER_KINDS = {
  attempt: {
    waysOut: waysOutOf,
    redriveOne: askAgain,
    redriveMany: (tx, subjects, actor) =>
      pushAttempts(
        tx,
        subjects.map(({ subjectId, at }) => ({ attemptId: subjectId, at })),
        actor,
      ),
    close: closeDeadLetter,
  },
  refund: {
    waysOut: waysOutOfRefunds,
    redriveOne: retryRefund,
    redriveMany: (tx, subjects) =>
      pushRefunds(
        tx,
        subjects.map(({ subjectId, at }) => ({ refundId: subjectId, at })),
      ),
    close: closeRefundLetter,
  },
  settlement: {
    waysOut: waysOutOfBookings,
    redriveOne: retryBooking,
    redriveMany: (tx, subjects) =>
      pushBookings(
        tx,
        subjects.map(({ subjectId, at }) => ({ transactionId: subjectId, at })),
      ),
    close: closeBookingLetter,
  },
  payout: {
    waysOut: waysOutOfPayouts,
    redriveOne: retryPayout,
    redriveMany: (tx, subjects) =>
      pushPayouts(
        tx,
        subjects.map(({ subjectId, at }) => ({ payoutId: subjectId, at })),
      ),
    close: closePayoutLetter,
  },
  dispute: {
    waysOut: waysOutOfDisputes,
    redriveOne: retryDispute,
    redriveMany: (tx, subjects) =>
      pushDisputes(
        tx,
        subjects.map(({ subjectId, at }) => ({ disputeId: subjectId, at })),
      ),
    close: closeDisputeLetter,
  },
  webhook: {
    waysOut: async (letters) => {
      const wayOut = { checkoutId: null, wayOut: 'try_again', closable: true } as const;
      return new Map(letters.map((letter) => [letter.subjectId, wayOut]));
    },
    redriveOne: (subjectId, actor, reason, keyed) => redriveWebhook(BigInt(subjectId), actor, reason, keyed),
    redriveMany: redriveWebhooks,
    close: (subjectId, actor, reason, keyed) => closeWebhookLetter(BigInt(subjectId), actor, reason, keyed),
  },
} as const satisfies Record<string, KindOfLetter>;

export type LetterKind = keyof typeof LETTER_KINDS;

/** A dead letter as the console shows it. */
export type LetterView = DeadLetter & WayOutOfLetter & { readonly kind: LetterKind };

/** Adds to each letter what a person can do about it. One whose subject is gone can only be looked at. */
export async function withWaysOut(letters: readonly DeadLetter[]): Promise<LetterView[]> {
  const nothing: WayOutOfLetter = { checkoutId: null, wayOut: 'none', closable: false };
  const found = await Promise.all(
    [...Map.groupBy(letters, (letter) => letter.kind as LetterKind)].map(
      async ([kind, ofKind]) => [kind, await LETTER_KINDS[kind].waysOut(ofKind)] as const,
    ),
  );
  const waysOut = new Map(found);
  return letters.map((letter) => {
    const kind = letter.kind as LetterKind;
    return { ...letter, ...(waysOut.get(kind)?.get(letter.subjectId) ?? nothing), kind };
  });
}
