import type { CardFacts, PaymentMethodRow } from '../database/rows.ts';
import { findTestCard, type TestCard } from './test-cards.ts';

/**
 * What goes wrong with the call itself, whatever the card does. "Once" counts per idempotency key (or attempt id), so a
 * retry of the same payment meets a healthy PSP.
 */
export type TransportFault =
  | 'answer_lost'
  | 'rate_limited_once'
  | 'server_error_once'
  | 'reset_once'
  | 'forgotten'
  | 'charged_then_server_error';

export interface TestMethod {
  readonly row: PaymentMethodRow;
  readonly transport: TransportFault | null;
  readonly note: string;
}

interface Definition {
  /** The first name is the payment method's id; all names are accepted wherever a payment method is. */
  readonly names: readonly [string, ...string[]];
  readonly card: string;
  readonly transport?: TransportFault;
  readonly note?: string;
}

const DEFINITIONS: readonly Definition[] = [
  { names: ['pm_card_visa', 'tok_visa', 'tok_visa_4242'], card: '4242424242424242' },
  { names: ['pm_card_visa_debit', 'tok_visa_debit'], card: '4000056655665556' },
  { names: ['pm_card_mastercard', 'tok_mastercard'], card: '5555555555554444' },
  { names: ['pm_card_amex', 'tok_amex'], card: '378282246310005' },
  { names: ['pm_card_bypassPending', 'tok_bypassPending'], card: '4000000000000077' },
  { names: ['pm_card_visa_chargeDeclined', 'pm_card_chargeDeclined', 'tok_chargeDeclined'], card: '4000000000000002' },
  {
    names: ['pm_card_visa_chargeDeclinedInsufficientFunds', 'tok_visa_chargeDeclinedInsufficientFunds'],
    card: '4000000000009995',
  },
  { names: ['pm_card_visa_chargeDeclinedLostCard', 'tok_visa_chargeDeclinedLostCard'], card: '4000000000009987' },
  { names: ['pm_card_visa_chargeDeclinedStolenCard', 'tok_visa_chargeDeclinedStolenCard'], card: '4000000000009979' },
  { names: ['pm_card_chargeDeclinedExpiredCard', 'tok_chargeDeclinedExpiredCard'], card: '4000000000000069' },
  { names: ['pm_card_chargeDeclinedIncorrectCvc', 'tok_chargeDeclinedIncorrectCvc'], card: '4000000000000127' },
  { names: ['pm_card_chargeDeclinedProcessingError', 'tok_chargeDeclinedProcessingError'], card: '4000000000000119' },
  {
    names: ['pm_card_visa_chargeDeclinedVelocityLimitExceeded', 'tok_visa_chargeDeclinedVelocityLimitExceeded'],
    card: '4000000000006975',
  },
  { names: ['pm_card_chargeCustomerFail', 'tok_chargeCustomerFail'], card: '4000000000000341' },
  { names: ['pm_card_authenticationRequired', 'tok_authenticationRequired'], card: '4000002760003184' },
  { names: ['pm_card_threeDSecure2Required', 'tok_threeDSecure2Required'], card: '4000000000003220' },
  {
    names: ['pm_card_authenticationRequiredChargeDeclinedInsufficientFunds'],
    card: '4000008260003178',
  },
  { names: ['pm_card_threeDSecureOptional', 'tok_threeDSecureOptional'], card: '4000000000003055' },
  { names: ['pm_card_radarBlock', 'tok_radarBlock'], card: '4100000000000019' },
  { names: ['pm_card_riskLevelElevated', 'tok_riskLevelElevated'], card: '4000000000009235' },
  { names: ['pm_card_pendingRefund', 'tok_pendingRefund'], card: '4000000000007726' },
  { names: ['pm_card_refundFail', 'tok_refundFail'], card: '4000000000005126' },
  { names: ['pm_card_createDispute', 'tok_createDispute'], card: '4000000000000259' },
  {
    names: ['pm_card_createDisputeProductNotReceived', 'tok_createDisputeProductNotReceived'],
    card: '4000000000002685',
  },
  { names: ['pm_card_createDisputeInquiry', 'tok_createDisputeInquiry'], card: '4000000000001976' },
  {
    names: ['pm_answer_lost', 'tok_answer_lost'],
    card: '4242424242424242',
    transport: 'answer_lost',
    note: 'charged, then the connection is cut; the same key replays the answer',
  },
  {
    names: ['pm_answer_lost_declined', 'tok_answer_lost_declined'],
    card: '4000000000000002',
    transport: 'answer_lost',
    note: 'declined, then the connection is cut; the same key replays the decline',
  },
  {
    names: ['pm_charged_then_server_error', 'tok_charged_then_server_error'],
    card: '4242424242424242',
    transport: 'charged_then_server_error',
    note: 'charged, but the stored answer is a 500; only asking tells the truth',
  },
  {
    names: ['pm_rate_limited_once', 'tok_rate_limited_once'],
    card: '4242424242424242',
    transport: 'rate_limited_once',
    note: '429 with nothing done, then succeeds',
  },
  {
    names: ['pm_server_error_once', 'tok_server_error_once'],
    card: '4242424242424242',
    transport: 'server_error_once',
    note: '500 with nothing done, then succeeds',
  },
  {
    names: ['pm_reset_once', 'tok_reset_once'],
    card: '4242424242424242',
    transport: 'reset_once',
    note: 'connection cut with nothing done, then succeeds',
  },
  {
    names: ['pm_forgotten', 'tok_forgotten'],
    card: '4242424242424242',
    transport: 'forgotten',
    note: 'connection cut with nothing done, every time; no trace of it',
  },
];

export const TEST_METHODS: readonly (TestMethod & { readonly names: readonly string[]; readonly number: string })[] =
  DEFINITIONS.map(({ names, card: number, transport = null, note }) => {
    const card = findTestCard(number);
    if (!card) throw new Error(`the test method ${names[0]} names a card that is not in the table`);
    return { names, number, row: toRow(names[0], card), transport, note: note ?? card.note };
  });

const byName = new Map<string, TestMethod>(
  TEST_METHODS.flatMap((method) => method.names.map((name) => [name, method])),
);

/** Finds a fixed test payment method by `pm_…` or `tok_…`; unlike Stripe's, it is shared and not cloned per use. */
export function findTestMethod(name: string): TestMethod | undefined {
  return byName.get(name);
}

function toRow(id: string, card: TestCard): PaymentMethodRow {
  return {
    id,
    created: 1_700_000_000,
    card: cardFacts(
      card,
      { month: 12, year: new Date().getUTCFullYear() + 5 },
      `test_${card.brand}_${card.number.slice(-4)}`,
    ),
    behaviour: card.behaviour,
    billing_details: {
      name: null,
      email: null,
      phone: null,
      address: { city: null, country: null, line1: null, line2: null, postal_code: null, state: null },
    },
    metadata: {},
  };
}

/** What may be remembered about a card. */
export function cardFacts(card: TestCard, expiry: { month: number; year: number }, fingerprint: string): CardFacts {
  return {
    brand: card.brand,
    last4: card.number.slice(-4),
    fingerprint,
    exp_month: expiry.month,
    exp_year: expiry.year,
    funding: card.funding,
    country: 'US',
  };
}
