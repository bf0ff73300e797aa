import type { PlantedBug } from '../bug.ts';

const CALL_GUARD = 'server/psp/call-guard.test.ts';
const BREAKER = 'server/psp/breaker.test.ts';
const DECIDE = 'server/payments/decide-outcome.test.ts';
const RETRIES = 'server/payments/retries.db.test.ts';
const UNKNOWN = 'server/payments/unknown-attempts.db.test.ts';
const REGRESSIONS = 'server/resilience/regressions.db.test.ts';

/** Asking and sending again: what bounds it, and what forbids it. */
export const RETRY_BUGS: readonly PlantedBug[] = [
  {
    id: 'budget-ignored',
    what: 'retries are made whether the budget has any left or not',
    patches: [
      {
        file: 'server/psp/call-guard.ts',
        find: "if (!budget.spend(COST[call.occasion])) return putOff(call, 'retry_budget_empty');",
        replace: 'budget.spend(COST[call.occasion]);',
      },
    ],
    tests: [CALL_GUARD],
  },
  {
    id: 'breaker-ignored',
    what: 'a provider that does not answer is called on, whatever the breaker says',
    patches: [
      {
        file: 'server/psp/breaker.ts',
        find: '      if (admits() === 0) return null;\n',
        replace: '      if (admits() !== Number.POSITIVE_INFINITY) return work();\n',
      },
      {
        file: 'server/psp/call-guard.ts',
        find: "      if (breaker.admits() === 0) return putOff(call, 'breaker_open');\n",
        replace: '',
      },
    ],
    tests: [BREAKER, CALL_GUARD],
  },
  {
    id: 'pause-ignored',
    core: true,
    what: 'a busy provider is asked again sooner than it said',
    patches: [
      {
        file: 'server/payments/attempt-state.ts',
        find: 'Math.max(delay, retryAfterSeconds ?? 0)',
        replace: 'Math.max(delay, retryAfterSeconds === -1 ? 0 : 0)',
      },
    ],
    tests: [DECIDE],
  },
  {
    id: 'send-not-counted',
    what: 'a worker sends without writing it down, so that a crash hides the send',
    patches: [
      {
        file: 'server/payments/due-attempts.ts',
        find: 'a.sends + n.wanted::int',
        replace: 'a.sends + 0 * n.wanted::int',
      },
    ],
    tests: [RETRIES],
  },
  {
    id: 'fence-of-the-lease-gone',
    what: 'a worker that slept past its lease wakes up and sends what another has sent',
    patches: [
      {
        file: 'server/payments/due-attempts.ts',
        find: 'a.resolve_at = $2::timestamptz returning',
        replace: '$2::timestamptz is not null returning',
      },
    ],
    tests: ['server/payments/unknown-attempts.db.test.ts'],
  },
  {
    id: 'paid-order-charged-again',
    what: 'an attempt that waits to be sent is sent although an earlier one has paid its order',
    patches: [
      {
        file: 'server/payments/due-attempts.ts',
        find: 'o.state = any($4::text[])',
        replace: 'cardinality($4::text[]) > 0',
      },
    ],
    tests: [REGRESSIONS],
  },
  {
    id: 'paid-order-sent-again',
    what: 'an attempt that was sent once is sent again although an earlier one has paid its order',
    patches: [
      {
        file: 'server/payments/due-attempts.ts',
        find: 'from (select exists (',
        replace: 'from (select (select b.sends > 0 from payment_attempts b where b.id = $1) or exists (',
      },
    ],
    tests: [UNKNOWN],
  },
  {
    id: 'called-off-while-wanted',
    core: true,
    what: 'an attempt that the provider never heard of is called off although its order waits for it',
    patches: [
      {
        file: 'server/payments/decide-silence.ts',
        find: "if (attempt.isWanted || attempt.state === 'REQUIRES_ACTION')",
        replace: "if (attempt.state === 'REQUIRES_ACTION')",
      },
    ],
    tests: [DECIDE],
  },
  {
    id: 'page-for-a-paid-order',
    core: true,
    what: 'a press on pay opens the page of an attempt whose orders an earlier one has paid',
    patches: [
      {
        file: 'server/payments/start-hosted-payment.ts',
        find: '    if (!isWanted(orders)) throw notPayable();\n',
        replace: '',
      },
    ],
    tests: [UNKNOWN],
  },
  {
    id: 'asked-shopper-stays-unknown',
    core: true,
    what: 'an order stays UNKNOWN although the provider says that it waits for the shopper',
    patches: [
      {
        file: 'server/payments/order-state.ts',
        find: "    EXECUTING: ['REQUIRES_ACTION'],\n    UNKNOWN: ['REQUIRES_ACTION'],\n",
        replace: "    EXECUTING: ['REQUIRES_ACTION'],\n",
      },
    ],
    tests: [UNKNOWN],
  },
  {
    id: 'clock-of-the-process',
    what: 'what is due is decided by the clock of the machine that the process runs on',
    patches: [
      {
        file: 'server/db/database-time.ts',
        find: 'const now = reading ? reading.epochMs + performance.now() - reading.mark : Date.now();',
        replace: 'const now = reading ? Date.now() : Date.now();',
      },
    ],
    tests: ['server/worker/clocks.db.test.ts'],
  },
];
