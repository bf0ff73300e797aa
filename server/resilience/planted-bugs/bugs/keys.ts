import type { PlantedBug } from '../bug.ts';

const IDEMPOTENCY = 'server/idempotency/idempotency.db.test.ts';

/** Keyed requests whose process dies, sleeps or fails. */
export const KEY_BUGS: readonly PlantedBug[] = [
  {
    id: 'recovery-point-not-written',
    what: 'a keyed retry opens its attempt without a word at its key, so that the request run again opens another',
    patches: [{ file: 'server/payments/retry-payment.ts', find: '    ...keyed.reach(attemptId),\n', replace: '' }],
    flow: 'keyed-retry',
    tests: ['server/api/idempotency.db.test.ts'],
  },
  {
    id: 'overtaken-goes-on',
    what: 'a request whose key another process has taken over has its effect none the less',
    patches: [
      {
        file: 'server/idempotency/keyed-run.ts',
        find: 'and locked_until = $4::timestamptz and',
        replace: 'and $4::timestamptz is not null and',
      },
    ],
    tests: [IDEMPOTENCY],
  },
  {
    id: 'effect-forgotten',
    what: 'a request that has had its effect and fails is forgotten, so that the next one has it again',
    patches: [
      {
        file: 'server/idempotency/key-rows.ts',
        find: "and recovery_point = 'started' and not $5",
        replace: 'and not $5',
      },
    ],
    tests: [IDEMPOTENCY],
  },
  {
    id: 'live-key-taken-over',
    what: 'a request that is still running is taken for abandoned',
    patches: [
      {
        file: 'server/idempotency/run-once.ts',
        find: '  if (!known.abandoned) throw inFlight();\n',
        replace: '',
      },
    ],
    operation: 'keyed-request',
    tests: [IDEMPOTENCY],
  },
  {
    id: 'abandoned-before-effect-forgotten',
    what: 'the worker completes only requests that had an effect: one whose process died before it is left to its caller',
    patches: [
      {
        file: 'server/idempotency/key-rows.ts',
        find: "where recovery_point <> 'finished' and locked_until < clock_timestamp()",
        replace: "where recovery_point = 'accepted' and locked_until < clock_timestamp()",
      },
    ],
    flow: 'keyed-refund-retry',
    tests: [],
  },
  {
    id: 'refund-retry-forgets-key',
    what: 'a keyed retry of a refund does not note its effect, and is answered "not found" after a crash',
    patches: [
      {
        file: 'server/refunds/retry-refund.ts',
        find: '    for (const statement of keyed.reach(refundId)) await run(tx, statement);\n  });\n}\n\n/**',
        replace: '  });\n}\n\n/**',
      },
    ],
    flow: 'keyed-refund-retry',
    tests: [],
  },
];
