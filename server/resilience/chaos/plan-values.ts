/** What the shopper does with the hosted page. */
export const STORIES = [
  [8, 'pays'],
  [3, 'declined_then_pays'],
  [2, 'pays_twice'],
  [3, 'cancels'],
  [2, 'cancels_while_paying'],
  [2, 'expires'],
  [2, 'expires_then_pays'],
  [1, 'leaves'],
  [2, 'told_expired_then_pays'],
  [2, 'told_cancelled_then_pays'],
  [3, 'told_failed_then_pays'],
] as const;

export type HostedStory = (typeof STORIES)[number][1];

/** The provider says that a page is over, and then takes money on it: money that comes too late, and goes back. */
export const WRONG_WORDS = {
  told_expired_then_pays: 'expired',
  told_cancelled_then_pays: 'cancelled',
  told_failed_then_pays: 'failed',
} as const satisfies Partial<Record<HostedStory, string>>;

export type WrongWord = (typeof WRONG_WORDS)[keyof typeof WRONG_WORDS];

/** What the provider wrongly says in a story, if it does. */
export function wrongWordIn(story: HostedStory): WrongWord | undefined {
  return Object.hasOwn(WRONG_WORDS, story) ? WRONG_WORDS[story as keyof typeof WRONG_WORDS] : undefined;
}

/** Cards that late money comes from: its refund succeeds at once, is pending first, or succeeds and is sent back by the bank. */
export const LATE_CARDS = [
  [3, '4242424242424242'],
  [2, '4000000000007726'],
  [2, '4000000000005126'],
] as const;

/** Cards that the shopper pays the hosted page with in the end. */
export const CARDS = [
  [6, '4242424242424242'],
  [2, '5555555555554444'],
  [1, '4000000000003220'],
] as const;

/** Cards that ask for 3-D Secure, which the shopper then passes. */
export const CHALLENGED_CARDS: ReadonlySet<string> = new Set(['4000000000003220']);

export const DECLINED_CARD = '4000000000009995';

interface Token {
  readonly weight: number;
  readonly token: string;
  /** It takes all retries, half a minute, before this one is at its end. */
  readonly slow?: boolean;
  /** What the bank says to it in the end, however the call goes: yes, no, or nothing ever; 3-D Secure waits for the shopper. */
  readonly bank: 'yes' | 'no' | 'silent' | 'asks';
}

/** Tokens of the provider's test methods: good ones, declined ones, and those that go wrong on the way. */
export const TOKENS: readonly Token[] = [
  { weight: 42, token: 'tok_visa_4242', bank: 'yes' },
  { weight: 4, token: 'tok_mastercard', bank: 'yes' },
  { weight: 8, token: 'tok_bypassPending', bank: 'yes' },
  // Whose refund is pending first, or is sent back by the bank; who disputes the charge, or asks about it.
  { weight: 3, token: 'tok_pendingRefund', bank: 'yes' },
  { weight: 4, token: 'tok_refundFail', bank: 'yes' },
  { weight: 2, token: 'tok_createDispute', bank: 'yes' },
  { weight: 1, token: 'tok_createDisputeInquiry', bank: 'yes' },
  { weight: 5, token: 'tok_chargeDeclined', bank: 'no' },
  { weight: 4, token: 'tok_visa_chargeDeclinedInsufficientFunds', bank: 'no' },
  { weight: 2, token: 'tok_chargeDeclinedExpiredCard', bank: 'no' },
  { weight: 1, token: 'tok_radarBlock', bank: 'no' },
  { weight: 2, token: 'tok_threeDSecure2Required', bank: 'asks' },
  { weight: 6, token: 'tok_answer_lost', bank: 'yes' },
  { weight: 3, token: 'tok_answer_lost_declined', bank: 'no' },
  { weight: 5, token: 'tok_charged_then_server_error', bank: 'yes' },
  { weight: 4, token: 'tok_rate_limited_once', bank: 'yes' },
  { weight: 4, token: 'tok_server_error_once', bank: 'yes' },
  { weight: 4, token: 'tok_reset_once', bank: 'yes' },
  { weight: 1, token: 'tok_chargeDeclinedProcessingError', bank: 'no', slow: true },
  { weight: 1, token: 'tok_forgotten', bank: 'silent', slow: true },
];

/** What the bank says to a token in the end. */
export function bankSays(token: string): Token['bank'] | undefined {
  return TOKENS.find((one) => one.token === token)?.bank;
}
