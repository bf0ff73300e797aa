import type { RouterOutputs } from '#trpc';

export type Letter = RouterOutputs['admin']['deadLetters']['list']['rows'][number];
export type LetterKind = Letter['kind'];

/** What gave up, as people say it. */
export const LETTER_KINDS: Record<LetterKind, { readonly one: string; readonly many: string }> = {
  attempt: { one: 'Payment attempt', many: 'Payment attempts' },
  refund: { one: 'Refund', many: 'Refunds' },
  settlement: { one: 'Provider’s balance transaction', many: 'Provider’s balance transactions' },
  payout: { one: 'Payout', many: 'Payouts' },
  dispute: { one: 'Dispute', many: 'Disputes' },
  webhook: { one: 'Webhook', many: 'Webhooks' },
};

/** A payment that never reached the provider is not asked about: trying it again charges the card it came with. */
export const SENDS_ANEW = 'The provider was never reached and nothing was charged. Trying again charges the card now.';

/** Whether trying it again sends the payment that never reached the provider. */
export function sendsAnew({ kind, cause, wayOut }: Pick<Letter, 'kind' | 'cause' | 'wayOut'>): boolean {
  return kind === 'attempt' && cause === 'psp_unavailable' && wayOut === 'try_again';
}

/** How many are set on their way each second. */
export const RATES = [1, 5, 10, 25] as const;

/** How long a number of letters takes at a rate, in words. */
export function spreadOver(letters: number, perSecond: number): string {
  const seconds = Math.ceil(letters / perSecond);
  if (seconds <= 1) return 'at once';
  return seconds < 120 ? `over ${seconds} seconds` : `over ${Math.ceil(seconds / 60)} minutes`;
}
