import type { PlantedBug } from '../bug.ts';

const DECIDE = 'server/refunds/decide-refund.test.ts';
const REFUNDS = 'server/refunds/refunds.db.test.ts';
const OUTCOMES = 'server/payments/outcomes.db.test.ts';

/** Money that came too late and goes back. */
export const REFUND_BUGS: readonly PlantedBug[] = [
  {
    id: 'new-refund-key-on-resend',
    what: 'every send of a refund has a key of its own, so that the provider may give back twice',
    patches: [
      {
        file: 'server/psp/stripe-psp.ts',
        find: 'idempotencyKey: request.refundId }),',
        replace: 'idempotencyKey: request.refundId + performance.now() }),',
      },
    ],
    tests: [REFUNDS],
  },
  {
    id: 'held-not-due',
    core: true,
    what: 'money that came too late is booked, and its refund is not noted as due',
    patches: [
      {
        file: 'server/payments/apply-outcomes.ts',
        find: '    payments.hold({ attemptId, amountMinor: heldMinor });\n',
        replace: '',
      },
    ],
    tests: [OUTCOMES],
  },
  {
    id: 'refund-cap-not-moved',
    what: 'a refund is opened, and the attempt does not count what goes back',
    patches: [
      {
        file: 'server/payments/give-back.ts',
        find: 'set refund_due = false, refunded_minor = refunded_minor + held_minor',
        replace: 'set refund_due = false',
      },
    ],
    tests: [REFUNDS],
  },
  {
    id: 'refund-booked-when-submitted',
    what: 'a refund that the provider still works on is booked as given back',
    patches: [
      {
        file: 'server/refunds/decide-refund.ts',
        find: 'return sameMoney(refund, news) ? pending(refund, news, now)',
        replace: 'return sameMoney(refund, news) ? succeeded(news as never)',
      },
    ],
    tests: [DECIDE, REFUNDS],
  },
  {
    id: 'failed-refund-not-restored',
    what: 'a refund has failed, and the attempt goes on counting it as gone back',
    patches: [
      {
        file: 'server/refunds/apply-refund-outcomes.ts',
        find: '...restoreRefunded(failed), ',
        replace: '',
      },
    ],
    tests: [REFUNDS],
  },
  {
    id: 'late-money-refunded-twice',
    what: 'two workers open a refund each for the same late money, and no index refuses the second',
    patches: [
      {
        file: 'server/payments/give-back.ts',
        find: 'where id = any($1::text[]) and refund_due`,\n    values: [attemptIds],\n    expectRows',
        replace: 'where id = any($1::text[])`,\n    values: [attemptIds],\n    expectRows',
      },
      {
        file: 'server/payments/give-back.ts',
        find: "where id = any($1::text[]) and refund_due',",
        replace: "where id = any($1::text[]) and held_minor is not null',",
      },
    ],
    sql: `drop index refunds_one_of_late_capture;
          alter table payment_attempts drop constraint payment_attempts_refunded_within_amount`,
    operation: 'open-refund',
    tests: [REFUNDS],
  },
  {
    id: 'failed-late-not-taken-back',
    what: 'a refund fails after it had succeeded, and the books go on saying that it went back',
    patches: [
      {
        file: 'server/refunds/apply-refund-outcomes.ts',
        find: "  if (decision.to === 'FAILED_LATE') {",
        replace: "  if (decision.to === 'FAILED_LATE' && !acceptedAs) {",
      },
    ],
    tests: [REFUNDS],
  },
  {
    id: 'second-refund-overlooked',
    what: 'a refund that the provider made beside ours is taken for ours',
    patches: [
      {
        file: 'server/refunds/decide-refund.ts',
        find: "return pspRefundId === null ? state === 'FAILED' : news.pspRefundId !== pspRefundId;",
        replace: "return pspRefundId === '' && state === 'FAILED';",
      },
    ],
    tests: [DECIDE],
  },
  {
    id: 'refund-opened-apart',
    what: 'what goes back is counted in one transaction, and its refund is opened in the next',
    patches: [
      {
        file: 'server/payments/give-back.ts',
        find: 'countRefunded([...taken]), ...open(held)];\n  });\n',
        replace:
          'countRefunded([...taken])];\n  });\n  if (held.length > 0) await runPipelined(on, [], () => open(held));\n',
      },
    ],
    flow: 'refund',
    tests: [],
  },
];
