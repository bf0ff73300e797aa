import { expect, test } from 'vitest';
import * as api from '#api';
import * as deadLetters from '#dead-letters';
import * as disputes from '#disputes';
import * as idempotency from '#idempotency';
import * as payments from '#payments';
import * as payouts from '#payouts';
import * as reconciliation from '#reconciliation';
import * as refunds from '#refunds';
import * as settlement from '#settlement';
import * as shop from '#shop';
import * as trpc from '#trpc';
import * as webhooks from '#webhooks';
import { FLOWS } from './flows/index.ts';

/** Every use case that writes, and a flow in which a process dies at each of its checkpoints. */
const PLAYED: Readonly<Record<string, string>> = {
  addBankAccount: 'payable',
  answerDispute: 'dispute-answered',
  applyDisputeNews: 'dispute-accepted',
  applyOutcomes: 'resolver',
  applyPayoutOutcomes: 'payout-returned',
  approvePayout: 'payout-approved',
  askDisputes: 'dispute-listed',
  cancelPayout: 'payout-cancelled',
  closeDisputeLetter: 'close-dispute-letter',
  closePayoutLetter: 'close-payout-letter',
  fundRefunds: 'refund-funded',
  payOutScheduled: 'payout-scheduled',
  pollDisputes: 'dispute-listed',
  recallPayouts: 'payout-recalled',
  requestPayout: 'payout-requested',
  requestRefund: 'order-refund',
  retryDispute: 'dispute-retried',
  retryPayout: 'payout-retried',
  sendResponses: 'dispute-answered',
  setPayoutSchedule: 'payable',
  submitPayouts: 'payout-sent',
  verifySeller: 'payable',
  warnOfDeadlines: 'dispute-warned',
  askAgain: 'ask-again',
  bookTransactions: 'settle',
  cancelCheckout: 'cancel',
  closeBookingLetter: 'close-settlement-letter',
  closeDeadLetter: 'close-dead-letter',
  closeException: 'close-difference',
  closeRefundLetter: 'close-refund-letter',
  closeWebhookLetter: 'close-webhook-letter',
  completeAbandonedMutations: 'keyed-refund-retry',
  completeAbandonedRequests: 'keyed-payment',
  createCheckout: 'hosted',
  handleInbox: 'inbox-batch',
  applyRefundOutcomes: 'refund-fails-late',
  openRefunds: 'refund',
  purgeIdempotencyKeys: 'purge',
  readFeed: 'settle',
  receiveWebhook: 'webhook',
  reconcileDay: 'reconcile',
  redriveCause: 'keyed-redrive-cause',
  redriveWebhook: 'redrive',
  releaseFunds: 'settle',
  resolveAttempts: 'resolver',
  retryBooking: 'settlement-retried',
  retryPayment: 'retry',
  retryRefund: 'refund-retried',
  runOnce: 'keyed-press',
  startHostedPayment: 'hosted',
  submitRefunds: 'refund',
  takePayment: 'payment',
};

/** What writes only as a part of the use case after it, in its transaction or with its leave, or moves nothing but its due times. */
const PARTS: Readonly<Record<string, string>> = {
  addLetters: 'askDisputes',
  applyOutcome: 'applyOutcomes',
  beginLooks: 'resolveAttempts',
  closeLetters: 'closeRefundLetter',
  countOrderRefunds: 'requestRefund',
  moveOrderFunds: 'applyRefundOutcomes',
  pushDisputes: 'retryDispute',
  pushPayouts: 'retryPayout',
  refuseWaitingRefunds: 'applyDisputeNews',
  restoreOrderRefunds: 'applyRefundOutcomes',
  drainPayments: 'takePayment',
  giveUp: 'completeAbandonedRequests',
  inboxHandled: 'handleInbox',
  insertOutbox: 'applyOutcomes',
  replaceLetters: 'submitPayouts',
  lookAfterOutage: 'resolveAttempts',
  makeRefundDue: 'retryRefund',
  openCheckout: 'createCheckout',
  pushAttempts: 'askAgain',
  pushBookings: 'retryBooking',
  pushRefunds: 'retryRefund',
  pullTransaction: 'reconcileDay',
  readSooner: 'readFeed',
  reconcileDue: 'reconcileDay',
  redriveWebhooks: 'redriveWebhook',
  restoreRefunded: 'applyRefundOutcomes',
  runAbandoned: 'completeAbandonedRequests',
  startGivingBack: 'openRefunds',
  takeAbandoned: 'completeAbandonedRequests',
};

/** What reads, decides or serves, and changes nothing by itself. */
const NO_WRITERS = new Set([
  ...['api', 'createServerCaller', 'handleTrpc', 'live', 'load', 'openApiDocument', 'pspWebhook', 'ready', 'startWeb'],
  ...['countOpenDeadLetters', 'listCauses', 'listDeadLetters', 'previewCause'],
  ...['checkoutEvents', 'commissionReturned', 'waysOutOfBookings'],
  ...['countDifferences', 'describeAccount', 'explainClearing', 'listDays', 'listDifferences'],
  ...['listFeePlans', 'listDelays'],
  ...['isLastWord', 'isOvertaken', 'parseIdempotencyKey'],
  ...[
    'eventStatusOf',
    'findPayment',
    'findPaymentsOf',
    'getCheckout',
    'getPaymentDetail',
    'getSellerPayment',
    'listCheckouts',
  ],
  ...[
    'listSellerPayments',
    'nextLookAt',
    'readCheckout',
    'secondsFrom',
    'unknownPayments',
    'unresolvedByAge',
    'waysOutOf',
  ],
  ...[
    'lockAttempts',
    'lockOrderFunds',
    'readRefundable',
    'refundableMinor',
    'refundableOf',
    'toOrderFunds',
    'toRefundable',
    'undecidedRefundsOf',
  ],
  ...['getRefund', 'listRefunds', 'previewRefund', 'getDispute', 'listDisputes', 'waysOutOfDisputes'],
  ...[
    'getPayout',
    'getPayoutSettings',
    'listPayouts',
    'payoutStatement',
    'payoutStatementCsv',
    'unverifiedSellers',
    'waysOutOfPayouts',
  ],
  ...['listRefundsOf', 'waysOutOfRefunds', 'guestId', 'loadCatalogue', 'priceBasket', 'inboxHealth', 'listWebhooksOf'],
]);

test('every use case that writes is played by a flow', () => {
  const modules = [
    ...[
      api,
      deadLetters,
      disputes,
      idempotency,
      payments,
      payouts,
      reconciliation,
      refunds,
      settlement,
      shop,
      trpc,
      webhooks,
    ],
  ];
  const exported = modules.flatMap((module) =>
    Object.entries(module).flatMap(([name, value]) => (typeof value === 'function' ? [name] : [])),
  );
  const known = [...Object.keys(PLAYED), ...Object.keys(PARTS), ...NO_WRITERS];
  expect(exported.toSorted()).toEqual(known.toSorted());
  expect(Object.values(PARTS).filter((name) => !(name in PLAYED))).toEqual([]);
});

test('the flows that are named exist', () => {
  const names = new Set(FLOWS.map((flow) => flow.name));
  expect(Object.values(PLAYED).filter((name) => !names.has(name))).toEqual([]);
});
