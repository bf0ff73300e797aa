import type { PlantedBug } from '../bug.ts';

const DECIDE_PAYOUT = 'server/payouts/decide-payout.test.ts';
const PAYOUTS = 'server/payouts/payouts.db.test.ts';
const SENDING = 'server/payouts/sending.db.test.ts';
const SETTLEMENT = 'server/settlement/settlement.db.test.ts';
const DECIDE_DISPUTE = 'server/disputes/decide-dispute.test.ts';
const DISPUTES = 'server/disputes/disputes.db.test.ts';
const PLAN_REFUND = 'server/refunds/plan-refund.test.ts';
const STORMS = 'server/resilience/storms/storms.db.test.ts';
const RECONCILIATION = 'server/reconciliation/reconciliation.db.test.ts';

/** Money's ways out: settlement, refunds of paid orders, disputes, payouts, and the files that tell of them. */
export const WAYS_OUT_BUGS: readonly PlantedBug[] = [
  {
    id: 'settled-without-fee',
    what: 'a settled charge is booked as if the provider had kept nothing of it',
    patches: [
      {
        file: 'server/settlement/book-transactions.ts',
        find: '    gross: { amountMinor, currency },\n    feeMinor,\n',
        replace: '    gross: { amountMinor, currency },\n    feeMinor: feeMinor * 0n,\n',
      },
    ],
    tests: [SETTLEMENT],
  },
  {
    id: 'released-before-its-day',
    what: 'earnings become available once the charge is settled, whatever day was told',
    patches: [
      {
        file: 'server/settlement/release-funds.ts',
        find: ` and f.available_on <= (select psp_time from psp_feeds where name = 'balance_transactions')`,
        replace: '',
      },
    ],
    tests: [SETTLEMENT],
  },
  {
    id: 'order-refund-decided-unlocked',
    what: 'a refund of a paid order is decided on what was read before the lock',
    patches: [
      {
        file: 'server/refunds/request-refund.ts',
        find: '  return readRefundable(tx, orderIds);\n}',
        replace: '  return captured;\n}',
      },
    ],
    tests: [STORMS],
  },
  {
    id: 'disputed-money-refunded',
    what: 'what is disputed can be refunded too, so that it goes back twice',
    patches: [
      {
        file: 'server/refunds/plan-refund.ts',
        find: `state === 'SUCCESS' && disputedMinor === 0n ?`,
        replace: `state === 'SUCCESS' && disputedMinor >= 0n ?`,
      },
    ],
    tests: [PLAN_REFUND],
  },
  {
    id: 'dispute-booked-at-each-word',
    what: 'each word about an open dispute takes its money again',
    patches: [
      {
        file: 'server/disputes/decide-dispute.ts',
        find: `const opening: DisputeBooking[] = opened ? [] : ['opened'];`,
        replace: `const opening: DisputeBooking[] = opened && closed ? [] : ['opened'];`,
      },
    ],
    tests: [DECIDE_DISPUTE, DISPUTES],
  },
  {
    id: 'won-before-the-money',
    what: 'a dispute is booked as won before the provider has given the money back',
    patches: [
      {
        file: 'server/disputes/decide-dispute.ts',
        find: `return reinstated && !otherMoney(withdrawn, reinstated) ? [...opening, 'won'] : opening;`,
        replace: `return otherMoney(withdrawn, reinstated) ? opening : [...opening, 'won'];`,
      },
    ],
    tests: [DECIDE_DISPUTE, DISPUTES],
  },
  {
    id: 'dispute-share-counts-refunds',
    what: 'a dispute is spread over the orders as if nothing of them had been refunded',
    patches: [
      {
        file: 'server/disputes/share-dispute.ts',
        find: 'order.amountMinor - order.refundedMinor - order.disputedMinor',
        replace: 'order.amountMinor - order.disputedMinor',
      },
    ],
    tests: ['server/disputes/share-dispute.test.ts'],
  },
  {
    id: 'payout-lists-itself',
    what: 'the statement of a payout begins with the payout before it',
    patches: [{ file: 'server/payouts/request-payout.ts', find: 'last.last_seq + 2n', replace: 'last.last_seq + 1n' }],
    tests: [PAYOUTS],
  },
  {
    id: 'payout-approved-by-who-asked',
    what: 'who asks for a large payout may approve it',
    patches: [
      {
        file: 'server/payouts/decide-payout.ts',
        find: 'if (payout.requestedBy === approvedBy) {',
        replace: `if (payout.requestedBy === '' && approvedBy === '') {`,
      },
    ],
    tests: [DECIDE_PAYOUT, PAYOUTS],
  },
  {
    id: 'failed-payout-keeps-the-money',
    what: 'a payout has failed, and its money stays in transit',
    patches: [
      {
        file: 'server/payouts/apply-payout-outcomes.ts',
        find: `  failed: ['requested', 'sent', 'paid'],\n`,
        replace: '',
      },
    ],
    tests: [SENDING],
  },
  {
    id: 'payout-sent-under-new-keys',
    what: 'each send of a payout has a key of its own, so that the bank may get it twice',
    patches: [
      {
        file: 'server/psp/stripe-payouts.ts',
        find: 'idempotencyKey: request.payoutId,',
        replace: 'idempotencyKey: request.payoutId + performance.now(),',
      },
    ],
    tests: [SENDING],
  },
  {
    id: 'returned-payout-overlooked',
    what: 'money that comes back from the bank days after it had arrived is overlooked',
    patches: [
      {
        file: 'server/payouts/decide-payout.ts',
        find: `  if (state !== 'PAID' || news.kind !== 'failed') return nothing;`,
        replace: `  if (state === 'PAID' || news.kind !== 'failed') return nothing;`,
      },
    ],
    tests: [DECIDE_PAYOUT, SENDING],
  },
  {
    id: 'second-copy-counts',
    what: 'the rows of a file whose content came twice are taken for rows of their own',
    patches: [
      {
        file: 'server/reconciliation/settlement-differences.ts',
        find: ' and r.copy = 1 and r.error is null',
        replace: ' and r.error is null',
      },
    ],
    tests: [RECONCILIATION],
  },
];
