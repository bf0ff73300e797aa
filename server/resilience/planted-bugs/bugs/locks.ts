import type { PlantedBug } from '../bug.ts';

const REGRESSIONS = 'server/resilience/regressions.db.test.ts';
const DOOR = 'server/ledger/posting-door.db.test.ts';
const RUN_BATCH = 'server/ledger/run-batch.test.ts';

/** Locks, fences, leases, commits and batches. */
export const LOCK_BUGS: readonly PlantedBug[] = [
  {
    id: 'accounts-not-locked',
    what: 'accounts are read without a lock before they are moved',
    patches: [
      {
        file: 'server/ledger/work-in-book.ts',
        find: ' order by id for no key update',
        replace: ' order by id',
      },
    ],
    operation: 'post',
    tests: [REGRESSIONS],
  },
  {
    id: 'orders-not-locked',
    what: 'orders and attempts are read without a lock before they are moved',
    patches: [
      {
        file: 'server/payments/locked-payments.ts',
        find: '\n             for no key update of o, a`',
        replace: '`',
      },
    ],
    operation: 'decline',
    tests: [REGRESSIONS],
  },
  {
    id: 'version-fence-gone',
    what: 'an account is written whatever its version has become',
    patches: [
      {
        file: 'server/ledger/book.ts',
        find: '\nwhere a.id = moved.id and a.version = moved.version_read`',
        replace: '\nwhere a.id = moved.id`',
      },
    ],
    tests: [REGRESSIONS],
  },
  {
    id: 'lease-ignored',
    what: 'a claimed attempt is due again at once, so that two workers take it',
    patches: [
      {
        file: 'server/payments/due-attempts.ts',
        find: 'set resolve_at = now() + make_interval(secs => $3), asked_at',
        replace: 'set resolve_at = now() - make_interval(secs => $3), asked_at',
      },
      {
        file: 'server/payments/due-attempts.ts',
        find: 'a.resolve_at = $2::timestamptz returning',
        replace: '$2::timestamptz is not null returning',
      },
    ],
    tests: [REGRESSIONS],
  },
  {
    id: 'commit-unchecked',
    what: 'a COMMIT that answered ROLLBACK is taken for committed',
    patches: [
      {
        file: 'server/db/transaction.ts',
        find: "assert(command === 'COMMIT', ",
        replace: "void (command === 'COMMIT', ",
      },
    ],
    tests: ['server/db/transaction.db.test.ts'],
  },
  {
    id: 'connection-loss-is-failure',
    what: 'a batch whose connection was lost is refused item by item instead of being run again',
    patches: [
      {
        file: 'server/ledger/run-batch.ts',
        find: '    if (isConnectionLost(error) || tookTooLong(error)) throw toAppError(error) ?? error;\n',
        replace: '',
      },
      {
        file: 'server/ledger/run-batch.ts',
        find: '(isTransient(error) || isConnectionLost(error)) && ',
        replace: 'isTransient(error) && ',
      },
    ],
    tests: [RUN_BATCH],
  },
  {
    id: 'innocent-refused',
    what: 'one guilty item fails its whole batch',
    patches: [
      {
        file: 'server/ledger/run-batch.ts',
        find: '    if (items.length === 1) return [',
        replace:
          '    if (items.length >= 1) return items.map(() => new Error(String(error)));\n    if (items.length === 1) return [',
      },
    ],
    tests: [RUN_BATCH, DOOR],
  },
  {
    id: 'guilty-dropped',
    what: 'a guilty item is dropped from its batch and reported as done',
    patches: [
      {
        file: 'server/ledger/run-batch.ts',
        find: '    if (items.length === 1) return [',
        replace: '    if (items.length === 1) return [undefined as Result];\n    if (items.length === 1) return [',
      },
    ],
    tests: [RUN_BATCH, DOOR],
  },
  {
    id: 'call-inside-transaction',
    what: 'the provider is called while the transaction that holds the locks is open',
    patches: [
      {
        file: 'server/payments/start-hosted-payment.ts',
        find: 'runInTransaction((tx) => openOrFindAttempt(tx, checkoutId, keyed));',
        replace:
          "runInTransaction(async (tx) => {\n    const id = await openOrFindAttempt(tx, checkoutId, keyed);\n    await openSession((await loadAttemptFacts(tx, [id])).get(id) as AttemptFacts, 'first');\n    return id;\n  });",
      },
    ],
    tests: ['server/payments/hosted-payment.db.test.ts'],
  },
  {
    id: 'errors-swallowed',
    what: 'what goes wrong in the rounds of the worker is told to nobody',
    patches: [{ file: 'server/worker/loop.ts', find: '        onError(error);\n', replace: '        void error;\n' }],
    tests: ['server/worker/loop.test.ts'],
  },
  {
    id: 'fingerprint-ignored',
    what: 'an idempotency key answers another request with the stored answer',
    patches: [
      {
        file: 'server/idempotency/run-once.ts',
        find: 'if (!known.request_hash.equals(hash)) throw reused();',
        replace: 'void hash.equals(known.request_hash);',
      },
    ],
    tests: ['server/idempotency/idempotency.db.test.ts'],
  },
  {
    id: 'check-then-claim',
    what: 'whether an idempotency key is free is looked up before it is claimed, and the claim asks no more',
    patches: [
      {
        file: 'server/idempotency/run-once.ts',
        find: '(await insertKey(request, hash, request.call)) ?? (await claimKnown(request, hash));',
        replace:
          '(await readKey(request)) ? await claimKnown(request, hash) : await insertKey(request, hash, request.call);',
      },
      {
        file: 'server/idempotency/key-rows.ts',
        find: 'on conflict do nothing',
        replace: 'on conflict (principal, route, key) do update set locked_until = excluded.locked_until',
      },
    ],
    operation: 'keyed-request',
    tests: ['server/idempotency/idempotency.db.test.ts', REGRESSIONS],
  },
  {
    id: 'key-without-principal',
    what: 'idempotency keys of two callers meet',
    patches: [
      {
        file: 'server/api/idempotently.ts',
        find: '    principal: c.var.principal,\n',
        replace: "    principal: 'everybody',\n",
      },
    ],
    tests: ['server/api/protocol.db.test.ts'],
  },
];
