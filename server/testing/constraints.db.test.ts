import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lanePool, pool } from '#db';
import { type AccountKind, CHART, lateCaptureHeld, orderCaptured, PLATFORM, postBatch } from '#ledger';
import { ATTEMPT_STATES, MAX_SENDS, ORDER_STATES, ORDER_TRANSITIONS } from '#payments';
import { DIFFERENCE_TYPES } from '#reconciliation';
import { REFUND_STATES, REFUND_TRANSITIONS } from '#refunds';
import { createTestDatabase, type MigratedDatabase } from './postgres.ts';

/**
 * Every named rule of the database is attacked in raw SQL, as an intruder who got hold of the owner's connection would. The
 * catalogue is asked for the names, so a constraint or trigger without an attack fails the last tests of this file.
 */
let database: MigratedDatabase;
let owner: pg.Pool;
let app: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase('constraints');
  process.env.DATABASE_URL = database.url;
  owner = new pg.Pool({ connectionString: database.url, max: 2 });
  app = new pg.Pool({ connectionString: database.appUrl, max: 2 });
  await owner.query(BASE);
  await postBatch(lanePool(), [
    orderCaptured({
      paymentOrderId: 'paid',
      buyerId: 'buyer',
      sellerId: 'shop',
      gross: { amountMinor: 1_000n, currency: 'USD' },
      commissionMinor: 100n,
      capturedAt: new Date(),
    }),
    lateCaptureHeld({
      attemptId: 'spare',
      buyerId: 'other_buyer',
      amount: { amountMinor: 1n, currency: 'JPY' },
      capturedAt: new Date(),
    }),
  ]);
});

afterAll(async () => {
  await Promise.all([owner.end(), app.end(), pool().end(), lanePool().end()]);
  await database.drop();
});

const HASH = `decode(repeat('ab', 32), 'hex')`;
const NO_HASH = `decode(repeat('00', 32), 'hex')`;

/** One paid order, one that has not started, and somebody for every reference. */
const BASE = `
  insert into sellers (id, display_name) values ('shop', 'Shop'), ('other_shop', 'Other shop');
  insert into users (id, email, name, role, seller_id, password_hash) values ('u1', 'seller@example.com', 'S', 'seller', 'shop', 'x');
  insert into api_keys (id, name, prefix, key_hash) values ('k1', 'k', 'sk_test_', ${HASH});
  insert into products (id, seller_id, name, description, price_minor, currency, art, position)
    values ('p1', 'shop', 'P', '', 100, 'USD', 'x', 1);
  insert into payment_events (checkout_id, principal, flow, request_hash, buyer_user_id, buyer_email, buyer_name)
    select id, 'key:1', 'direct', ${HASH}, 'buyer', 'b@example.com', 'B' from unnest(array['chk', 'chk_2']) c (id);
  insert into payment_orders (payment_order_id, checkout_id, line_no, seller_id, amount_minor, currency, commission_minor, state, state_seq)
    values ('paid', 'chk', 1, 'shop', 1000, 'USD', 100, 'NOT_STARTED', 0), ('fresh', 'chk_2', 1, 'shop', 1000, 'USD', 100, 'NOT_STARTED', 0);
  insert into payment_attempts (id, checkout_id, attempt_no, kind, amount_minor, currency) values
    ('att', 'chk', 1, 'direct', 1000, 'USD'), ('att_2', 'chk_2', 1, 'direct', 1000, 'USD');
  insert into fee_plans (seller_id, currency, bps, fixed_minor, valid_from) values ('shop', 'USD', 1000, 0, '2100-01-01');
  insert into availability_delays (seller_id, days) values ('shop', 2);
  insert into order_funds (payment_order_id, seller_id, currency, earned_minor, pending_minor) values ('paid', 'shop', 'USD', 900, 900);
  insert into psp_balance_transactions (id, type, amount_minor, fee_minor, net_minor, currency, created_at, available_on)
    values ('txn', 'charge', 1000, 59, 941, 'USD', now(), now());
  insert into psp_bank_payouts (id, currency, amount_minor, automatic, balance_transaction_id, created_at, arrives_on)
    values ('po', 'USD', 941, true, 'txn_po', now(), '2026-06-18');
  insert into reconciliation_files
    (id, source, day, currency, version, sha256, bytes, state, copies, copies_agree, rows, gross_minor, fee_minor, net_minor)
    values ('file', 'settlement', '2026-06-18', 'USD', 1, ${HASH}, 1, 'truncated', 1, true, 1, 1, 0, 1);
  insert into reconciliation_file_parts (file_id, part, content) values ('file', 1, 'x');
  insert into reconciliation_rows (file_id, line, copy, reference, category, error, raw)
    select 'file', line, 1, '', '', 'e', 'x' from generate_series(1, 2) line;
  insert into reconciliation_matches (source, movement, file_id, line) values ('settlement', 'txn', 'file', 1);
  insert into reconciliation_exceptions (source, day, currency, type, class, subject)
    values ('settlement', '2026-06-18', 'USD', 'unknown_row', 'to_investigate', 'txn_x');
  insert into reconciliation_runs (day, currency) values ('2026-06-18', 'USD');
  insert into attempt_orders (attempt_id, payment_order_id) values ('att', 'paid');
  with history as (
    insert into order_transitions (payment_order_id, seq, from_state, to_state, reason, actor)
    values ('paid', 1, 'NOT_STARTED', 'EXECUTING', '', 'test'), ('paid', 2, 'EXECUTING', 'SUCCESS', '', 'test')
  ) update payment_orders set state = 'SUCCESS', state_seq = 2 where payment_order_id = 'paid';
  insert into captures (payment_order_id, attempt_id, psp_charge_id, amount_minor, currency) values ('paid', 'att', 'ch', 1000, 'USD');
  insert into refunds (id, attempt_id, reason, amount_minor, currency) values ('rfd', 'att', 'late_capture', 1000, 'USD');
  with history as (
    insert into refund_transitions (refund_id, seq, from_state, to_state, reason, actor)
    values ('rfd', 1, 'REQUESTED', 'SUBMITTED', '', 'test'), ('rfd', 2, 'SUBMITTED', 'SUCCEEDED', '', 'test')
  ) update refunds set state = 'SUCCEEDED', state_seq = 2, psp_refund_id = 're', resolve_at = null, finished_at = now() where id = 'rfd';
  insert into webhook_inbox (source, account, event_id, type, payload) values ('psp', 'platform', 'evt', 't', '{}');
  insert into outbox (topic, key, payload) values ('t', 'k', '{}');
  insert into dead_letters (kind, subject_id, cause, tries) values ('attempt', 'att', 'c', 1);
  insert into idempotency_keys (principal, route, key, request_hash, locked_until, expires_at) values ('p', 'r', 'k', ${HASH}, now(), now());
  insert into idempotency_keys (principal, route, key, request_hash, locked_until, expires_at, recovery_point, status_code, response_headers, response_body)
    values ('p', 'r', 'answered', ${HASH}, now(), now() + interval '1 day', 'finished', 202, '{}', 'yes');
  insert into sessions (id, user_id, session_version) values ('00000000-0000-7000-8000-000000000001', 'u1', 1);
  insert into sign_in_throttle (key) values ('k');
  insert into ledger_seals (number, sealed_from, sealed_through, transactions, entries, previous_hash, hash)
    values (1, '-infinity', '2026-01-01', 1, 2, decode(repeat('00', 32), 'hex'), ${HASH});
  insert into alerts (kind, subject, detail, first_seen_at, last_seen_at) values ('invariant', 'I1', 'd', now(), now());
  insert into audit_verdicts (invariant, checked_at, violations, detail, milliseconds, skipped) values ('I1', now(), 0, '', 1, false);
  insert into psp_health (process, breaker, since) values ('worker@here:1', 'closed', now());`;

/** A good row of each table, as SQL expressions; an attack changes one thing. */
const ROWS = {
  sellers: { id: `'new_shop'`, display_name: `'N'` },
  users: { id: `'u2'`, email: `'n@example.com'`, name: `'N'`, role: `'shopper'`, password_hash: `'x'` },
  api_keys: { id: `'k2'`, name: `'k'`, prefix: `'sk'`, key_hash: `decode(repeat('cd', 32), 'hex')` },
  products: {
    id: `'p2'`,
    seller_id: `'shop'`,
    name: `'P'`,
    description: `''`,
    price_minor: '1',
    currency: `'USD'`,
    art: `'x'`,
    position: '1',
  },
  payment_events: {
    checkout_id: `'chk_new'`,
    principal: `'key:1'`,
    flow: `'direct'`,
    request_hash: HASH,
    buyer_user_id: `'buyer'`,
    buyer_email: `'b@example.com'`,
    buyer_name: `'B'`,
  },
  payment_orders: {
    payment_order_id: `'new'`,
    checkout_id: `'chk'`,
    line_no: '2',
    seller_id: `'shop'`,
    amount_minor: '1000',
    currency: `'USD'`,
    commission_minor: '100',
    state: `'NOT_STARTED'`,
    state_seq: '0',
  },
  payment_attempts: {
    id: `'att_new'`,
    checkout_id: `'chk'`,
    attempt_no: '1',
    kind: `'direct'`,
    amount_minor: '1000',
    currency: `'USD'`,
  },
  attempt_orders: { attempt_id: `'att_2'`, payment_order_id: `'fresh'` },
  captures: {
    payment_order_id: `'fresh'`,
    attempt_id: `'att_2'`,
    psp_charge_id: `'ch_2'`,
    amount_minor: '1000',
    currency: `'USD'`,
  },
  ledger_accounts: {
    code: `'suspense:platform:EUR'`,
    kind: `'suspense'`,
    owner_id: `'platform'`,
    currency: `'EUR'`,
    balance_rule: `'either'`,
  },
  refunds: {
    id: `'rfd_new'`,
    attempt_id: `'att_2'`,
    reason: `'late_capture'`,
    amount_minor: '1000',
    currency: `'USD'`,
  },
  fee_plans: { bps: '250' },
  availability_delays: { seller_id: `'other_shop'`, days: '7' },
  order_funds: {
    payment_order_id: `'fresh'`,
    seller_id: `'shop'`,
    currency: `'USD'`,
    earned_minor: '900',
    pending_minor: '900',
  },
  psp_balance_transactions: {
    id: `'txn_2'`,
    type: `'charge'`,
    amount_minor: '1000',
    fee_minor: '59',
    net_minor: '941',
    currency: `'USD'`,
    created_at: 'now()',
    available_on: 'now()',
  },
  psp_bank_payouts: {
    id: `'po_2'`,
    currency: `'USD'`,
    amount_minor: '941',
    automatic: 'true',
    balance_transaction_id: `'txn_po_2'`,
    created_at: 'now()',
    arrives_on: `'2026-06-19'`,
  },
  reconciliation_files: {
    id: `'file_2'`,
    source: `'settlement'`,
    day: `'2026-06-18'`,
    currency: `'USD'`,
    version: '2',
    sha256: `decode(repeat('cd', 32), 'hex')`,
    bytes: '1',
    state: `'truncated'`,
    copies: '1',
    copies_agree: 'true',
    rows: '1',
    gross_minor: '1',
    fee_minor: '0',
    net_minor: '1',
  },
  reconciliation_file_parts: { file_id: `'file'`, part: '2', content: `'x'` },
  reconciliation_rows: {
    file_id: `'file'`,
    line: '3',
    copy: '1',
    reference: `'txn'`,
    category: `'charge'`,
    currency: `'USD'`,
    gross_minor: '1000',
    fee_minor: '59',
    net_minor: '941',
  },
  reconciliation_matches: { source: `'settlement'`, movement: `'txn_2'`, file_id: `'file'`, line: '2' },
  reconciliation_exceptions: {
    source: `'settlement'`,
    day: `'2026-06-18'`,
    currency: `'USD'`,
    type: `'unknown_row'`,
    class: `'to_investigate'`,
    subject: `'txn_y'`,
  },
  reconciliation_runs: { day: `'2026-06-19'`, currency: `'USD'` },
  webhook_inbox: { source: `'psp'`, account: `'platform'`, event_id: `'evt_2'`, type: `'t'`, payload: `'{}'` },
  outbox: { topic: `'t'`, key: `'k'`, payload: `'{}'` },
  idempotency_keys: {
    principal: `'p'`,
    route: `'r'`,
    key: `'k2'`,
    request_hash: HASH,
    locked_until: 'now()',
    expires_at: 'now()',
  },
  dead_letters: { kind: `'attempt'`, subject_id: `'att_2'`, cause: `'c'`, tries: '1' },
  sessions: { id: `'00000000-0000-7000-8000-000000000002'`, user_id: `'u1'`, session_version: '1' },
  sign_in_throttle: { key: `'k2'` },
  ledger_seals: {
    number: '2',
    sealed_from: `'2026-01-01'`,
    sealed_through: `'2026-01-02'`,
    transactions: '1',
    entries: '2',
    previous_hash: HASH,
    hash: `decode(repeat('cd', 32), 'hex')`,
  },
  alerts: { kind: `'invariant'`, subject: `'I2'`, detail: `'d'`, first_seen_at: 'now()', last_seen_at: 'now()' },
  audit_verdicts: {
    invariant: `'I2'`,
    checked_at: 'now()',
    violations: '0',
    detail: `''`,
    milliseconds: '1',
    skipped: 'false',
  },
  psp_health: { process: `'worker@here:2'`, breaker: `'closed'`, since: 'now()' },
} as const satisfies Record<string, Record<string, string>>;

function insert(table: keyof typeof ROWS, change: Record<string, string> = {}): string {
  const row: Record<string, string> = { ...ROWS[table], ...change };
  return `insert into ${table} (${Object.keys(row).join(', ')}) overriding system value values (${Object.values(row).join(', ')})`;
}

interface ForgedEntry {
  account: string;
  seq: number;
  amount: number;
  after: number;
  currency: string;
}

const BUYER = 'buyer:buyer:USD';
const SELLER = 'seller_pending:shop:USD';

/** A posting of 50 from the seller to the buyer that continues both accounts, in one statement; an attack changes one thing. */
function posting(
  change: {
    legs?: number;
    source?: string;
    reversalOf?: string;
    id?: string;
    entries?: (entries: [ForgedEntry, ForgedEntry]) => ForgedEntry[];
    balances?: Record<string, [balance: number, version: number]>;
    withTransaction?: boolean;
  } = {},
): string {
  const { legs = 2, source = 'attack', reversalOf = 'null', id = '00000000-0000-7000-8000-0000000000aa' } = change;
  const good: [ForgedEntry, ForgedEntry] = [
    { account: BUYER, seq: 2, amount: 50, after: 1_050, currency: 'USD' },
    { account: SELLER, seq: 2, amount: -50, after: -950, currency: 'USD' },
  ];
  const entries = change.entries?.(good) ?? good;
  const balances = change.balances ?? { [BUYER]: [1_050, 2], [SELLER]: [-950, 2] };
  const parts = [
    ...(change.withTransaction === false
      ? []
      : [
          `t as (insert into ledger_transactions (id, kind, legs, source_id, reversal_of)
          values ('${id}', 'order_captured', ${legs}, '${source}', ${reversalOf}))`,
        ]),
    ...(entries.length === 0
      ? []
      : [
          `e as (insert into ledger_entries (account_id, account_seq, transaction_id, amount_minor, balance_after, currency)
          select coalesce((select id from ledger_accounts where code = v.code), 999), v.seq, '${id}', v.amount, v.after, v.currency
          from (values ${entries.map((one) => `('${one.account}', ${one.seq}, ${one.amount}, ${one.after}, '${one.currency}')`).join(', ')})
            v (code, seq, amount, after, currency))`,
        ]),
    ...Object.entries(balances).map(
      ([code, [balance, version]], index) =>
        `a${index} as (update ledger_accounts set balance = ${balance}, version = ${version} where code = '${code}')`,
    ),
  ];
  return `with ${parts.join(', ')} select 1`;
}

const transition = (from: string, to: string, { order = 'fresh', seq = 1 } = {}) =>
  `insert into order_transitions (payment_order_id, seq, from_state, to_state, reason, actor)
   values ('${order}', ${seq}, '${from}', '${to}', '', 'attack')`;

const refundStep = (from: string, to: string, { refund = 'rfd_new', seq = 1 } = {}) =>
  `insert into refund_transitions (refund_id, seq, from_state, to_state, reason, actor)
   values ('${refund}', ${seq}, '${from}', '${to}', '', 'attack')`;

const second = (entry: ForgedEntry, change: Partial<ForgedEntry>): ForgedEntry => ({ ...entry, ...change });

const POSTED = `(select id from ledger_transactions where source_id = 'paid')`;
const BOOKED = `state = 'booked', look_at = null, booked_at = now(), ledger_transaction_id = ${POSTED}`;
/** Another ledger transaction, for what needs two. */
const SPARE = `(select id from ledger_transactions where source_id = 'spare')`;
/** The terms of the platform's plan. */
const PLAN = { fee_plan_id: '1', commission_bps: '250', commission_fixed_minor: '0' };

/** Name of a rule → statements that break it and nothing else. */
const ATTACKS: Record<string, string | string[]> = {
  sellers_pkey: insert('sellers', { id: `'shop'` }),
  sellers_id_shape: [
    insert('sellers', { id: `'a b'` }),
    insert('sellers', { id: `''` }),
    insert('sellers', { id: `repeat('x', 65)` }),
  ],
  sellers_verification_known: insert('sellers', { verification: `'trusted'` }),
  users_pkey: insert('users', { id: `'u1'` }),
  users_email_unique: insert('users', { email: `'seller@example.com'` }),
  users_email_lower: insert('users', { email: `'N@example.com'` }),
  users_role_known: insert('users', { role: `'root'` }),
  users_seller_has_shop: [insert('users', { role: `'seller'` }), insert('users', { seller_id: `'shop'` })],
  users_seller_id_fkey: insert('users', { role: `'seller'`, seller_id: `'nobody'` }),
  api_keys_pkey: insert('api_keys', { id: `'k1'` }),
  api_keys_hash_unique: insert('api_keys', { key_hash: HASH }),
  api_keys_hash_length: insert('api_keys', { key_hash: `'\\x00'` }),
  products_pkey: insert('products', { id: `'p1'` }),
  products_seller_id_fkey: insert('products', { seller_id: `'nobody'` }),
  products_price_range: [insert('products', { price_minor: '0' }), insert('products', { price_minor: '100000000' })],
  products_currency_shape: insert('products', { currency: `'usd'` }),
  payment_events_pkey: insert('payment_events', { checkout_id: `'chk'` }),
  payment_events_checkout_id_shape: [
    insert('payment_events', { checkout_id: `'a/b'` }),
    insert('payment_events', { checkout_id: `repeat('x', 256)` }),
  ],
  payment_events_buyer_shape: insert('payment_events', { buyer_user_id: `'a:b'` }),
  payment_events_flow_known: insert('payment_events', { flow: `'gift'` }),
  payment_events_hash_length: insert('payment_events', { request_hash: `'\\x00'` }),
  payment_orders_pkey: insert('payment_orders', { payment_order_id: `'paid'` }),
  payment_orders_id_shape: insert('payment_orders', { payment_order_id: `'a b'` }),
  payment_orders_amount_range: [
    insert('payment_orders', { amount_minor: '0', commission_minor: '0' }),
    insert('payment_orders', { amount_minor: '100000000' }),
  ],
  payment_orders_commission_range: [
    insert('payment_orders', { commission_minor: '-1' }),
    insert('payment_orders', { commission_minor: '1001' }),
  ],
  payment_orders_currency_shape: insert('payment_orders', { currency: `'us'` }),
  payment_orders_line_unique: insert('payment_orders', { line_no: '1' }),
  payment_orders_state_known: insert('payment_orders', { state: `'PAID'` }),
  payment_orders_commission_of_plan: [
    insert('payment_orders', { fee_plan_id: '1' }),
    insert('payment_orders', { commission_bps: '1000', commission_fixed_minor: '0' }),
    insert('payment_orders', { ...PLAN, commission_minor: '24' }),
    insert('payment_orders', { ...PLAN, commission_minor: '26' }),
  ],
  payment_orders_fee_plan_exists: [
    insert('payment_orders', { ...PLAN, fee_plan_id: '999', commission_minor: '25' }),
    insert('payment_orders', { ...PLAN, commission_bps: '100', commission_minor: '10' }),
    insert('payment_orders', { ...PLAN, commission_fixed_minor: '1', commission_minor: '26' }),
  ],
  fee_plans_pkey: insert('fee_plans', { id: '1' }),
  fee_plans_seller_id_fkey: insert('fee_plans', { seller_id: `'nobody'` }),
  fee_plans_one_per_date: [
    insert('fee_plans', { seller_id: `'shop'`, currency: `'USD'`, valid_from: `'2100-01-01'` }),
    insert('fee_plans', {
      valid_from: '(select valid_from from fee_plans where id = 1)',
      created_at: '(select created_at from fee_plans where id = 1)',
    }),
  ],
  fee_plans_bps_range: [insert('fee_plans', { bps: '-1' }), insert('fee_plans', { bps: '10001' })],
  fee_plans_fixed_range: [
    insert('fee_plans', { currency: `'USD'`, fixed_minor: '-1' }),
    insert('fee_plans', { currency: `'USD'`, fixed_minor: '100000000' }),
  ],
  fee_plans_fixed_has_currency: insert('fee_plans', { fixed_minor: '1' }),
  fee_plans_currency_shape: insert('fee_plans', { currency: `'usd'` }),
  fee_plans_not_backdated: insert('fee_plans', { valid_from: `now() - interval '1 second'` }),
  availability_delays_pkey: insert('availability_delays', { id: '1' }),
  availability_delays_seller_id_fkey: insert('availability_delays', { seller_id: `'nobody'` }),
  availability_delays_one_per_seller: [
    insert('availability_delays', { seller_id: `'shop'` }),
    insert('availability_delays', { seller_id: 'null' }),
  ],
  availability_delays_range: [
    insert('availability_delays', { days: '-1' }),
    insert('availability_delays', { days: '91' }),
  ],
  order_funds_one_per_order: insert('order_funds', { payment_order_id: `'paid'` }),
  order_funds_pending_within_earned: [
    insert('order_funds', { pending_minor: '-1' }),
    insert('order_funds', { pending_minor: '901' }),
    `update order_funds set pending_minor = pending_minor + 1`,
  ],
  order_funds_released_when_due: [
    insert('order_funds', { released_at: 'now()', pending_minor: '0' }),
    insert('order_funds', { released_at: 'now()', available_on: 'now()' }),
  ],
  psp_balance_transactions_seen_once: insert('psp_balance_transactions', { id: `'txn'` }),
  psp_balance_transactions_state_known: insert('psp_balance_transactions', {
    state: `'lost'`,
    look_at: 'null',
  }),
  psp_balance_transactions_currency_shape: insert('psp_balance_transactions', { currency: `'usd'` }),
  psp_balance_transactions_net_is_gross_less_fee: `update psp_balance_transactions set net_minor = 942, ${BOOKED}`,
  psp_balance_transactions_booked_has_posting: [
    `update psp_balance_transactions set state = 'booked', look_at = null`,
    `update psp_balance_transactions set ledger_transaction_id = ${POSTED}`,
    `update psp_balance_transactions set booked_at = now()`,
  ],
  psp_balance_transactions_waiting_has_next_look: [
    insert('psp_balance_transactions', { look_at: 'null' }),
    insert('psp_balance_transactions', { state: `'refused'`, cause: `'c'` }),
  ],
  psp_balance_transactions_trouble_has_cause: insert('psp_balance_transactions', {
    state: `'refused'`,
    look_at: 'null',
  }),
  psp_feeds_pkey: `insert into psp_feeds (name) values ('balance_transactions')`,
  psp_feeds_name_known: `insert into psp_feeds (name) values ('horoscopes')`,
  psp_feeds_page_whole: [`update psp_feeds set page_after = 'txn'`, `update psp_feeds set page_through = now()`],
  psp_bank_payouts_pkey: insert('psp_bank_payouts', { id: `'po'` }),
  psp_bank_payouts_amount_positive: insert('psp_bank_payouts', { amount_minor: '0' }),
  psp_bank_payouts_currency_shape: insert('psp_bank_payouts', { currency: `'usd'` }),
  reconciliation_files_pkey: insert('reconciliation_files', { id: `'file'` }),
  reconciliation_files_one_version: insert('reconciliation_files', { version: '1' }),
  reconciliation_files_same_once: insert('reconciliation_files', { sha256: HASH }),
  reconciliation_files_source_known: insert('reconciliation_files', { source: `'hearsay'` }),
  reconciliation_files_currency_shape: insert('reconciliation_files', { currency: `'usd'` }),
  reconciliation_files_hash_size: insert('reconciliation_files', { sha256: `'\\x00'` }),
  reconciliation_files_state_known: insert('reconciliation_files', { state: `'fine'` }),
  reconciliation_files_whole_has_control: [
    insert('reconciliation_files', { state: `'whole'` }),
    insert('reconciliation_files', { state: `'whole'`, control_rows: '1', control_gross_minor: '1' }),
  ],
  reconciliation_file_parts_pkey: insert('reconciliation_file_parts', { part: '1' }),
  reconciliation_rows_pkey: insert('reconciliation_rows', { line: '1' }),
  reconciliation_rows_readable_or_kept: [
    insert('reconciliation_rows', { gross_minor: 'null' }),
    insert('reconciliation_rows', { currency: 'null' }),
    insert('reconciliation_rows', { error: `'e'` }),
  ],
  reconciliation_matches_movement_once: insert('reconciliation_matches', { movement: `'txn'` }),
  reconciliation_matches_row_once: insert('reconciliation_matches', { line: '1' }),
  reconciliation_matches_of_row: insert('reconciliation_matches', { line: '9' }),
  reconciliation_matches_source_known: insert('reconciliation_matches', { source: `'hearsay'` }),
  reconciliation_exceptions_pkey: insert('reconciliation_exceptions', { id: '1' }),
  reconciliation_exceptions_of_file: insert('reconciliation_exceptions', { file_id: `'nowhere'` }),
  reconciliation_exceptions_source_known: insert('reconciliation_exceptions', { source: `'hearsay'` }),
  reconciliation_exceptions_class_of_type: [
    insert('reconciliation_exceptions', { class: `'fixed_by_rule'` }),
    insert('reconciliation_exceptions', { type: `'odd'` }),
  ],
  reconciliation_exceptions_closed_with_reason: [
    insert('reconciliation_exceptions', { closed_at: 'now()' }),
    insert('reconciliation_exceptions', { closed_at: 'now()', closed_by: `'user:u1'` }),
    insert('reconciliation_exceptions', { closed_at: 'now()', closed_by: `'user:u1'`, resolution: `' '` }),
  ],
  reconciliation_exceptions_closed_by_another: insert('reconciliation_exceptions', {
    closed_at: 'now()',
    closed_by: `'reconciliation'`,
    resolution: `'r'`,
  }),
  reconciliation_exceptions_once: insert('reconciliation_exceptions', { subject: `'txn_x'` }),
  reconciliation_runs_pkey: insert('reconciliation_runs', { day: `'2026-06-18'` }),
  reconciliation_runs_settlement_file: insert('reconciliation_runs', { settlement_file_id: `'nowhere'` }),
  reconciliation_runs_bank_file: insert('reconciliation_runs', { bank_file_id: `'nowhere'` }),
  reconciliation_runs_currency_shape: insert('reconciliation_runs', { currency: `'usd'` }),
  payment_orders_checkout_exists: insert('payment_orders', { checkout_id: `'nowhere'` }),
  payment_orders_seller_exists: insert('payment_orders', { seller_id: `'nobody'` }),
  payment_orders_state_has_history: [
    insert('payment_orders', { state: `'SUCCESS'` }),
    insert('payment_orders', { state: `'SUCCESS'`, state_seq: '2' }),
    `update payment_orders set state = 'SUCCESS' where payment_order_id = 'fresh'`,
    `update payment_orders set state = 'SUCCESS', state_seq = 2 where payment_order_id = 'fresh'`,
    `update payment_orders set state = 'EXECUTING', state_seq = 1 where payment_order_id = 'paid'`,
    `update payment_orders set state = 'NOT_STARTED', state_seq = 0 where payment_order_id = 'paid'`,
    `update payment_orders set state = 'FAILED' where payment_order_id = 'paid'`,
  ],
  payment_attempts_pkey: insert('payment_attempts', { id: `'att'` }),
  payment_attempts_kind_known: insert('payment_attempts', { kind: `'barter'` }),
  payment_attempts_state_known: insert('payment_attempts', { state: `'MAYBE'`, finished_at: 'now()' }),
  payment_attempts_amount_positive: [
    insert('payment_attempts', { amount_minor: '0' }),
    insert('payment_attempts', { amount_minor: '-5' }),
  ],
  payment_attempts_last4_shape: [
    insert('payment_attempts', { card_last4: `'424'` }),
    insert('payment_attempts', { card_last4: `'4242424242424242'` }),
  ],
  payment_attempts_method_is_token: insert('payment_attempts', { payment_method: `'4242424242424242'` }),
  payment_attempts_sends_bounded: [
    insert('payment_attempts', { sends: '-1' }),
    insert('payment_attempts', { sends: String(MAX_SENDS + 1) }),
  ],
  payment_attempts_open_has_next_look: [
    insert('payment_attempts', { resolve_at: 'null' }),
    `update payment_attempts set resolve_at = null where id = 'att_2'`,
  ],
  payment_attempts_finished_is_final: [
    insert('payment_attempts', { finished_at: 'now()' }),
    insert('payment_attempts', { state: `'SUCCEEDED'` }),
    `update payment_attempts set state = 'DECLINED' where id = 'att'`,
  ],
  payment_attempts_held_within_amount: [
    insert('payment_attempts', { held_minor: '0' }),
    insert('payment_attempts', { held_minor: '1001' }),
    `update payment_attempts set held_minor = -1 where id = 'att'`,
  ],
  payment_attempts_due_is_held: [
    insert('payment_attempts', { refund_due: 'true' }),
    `update payment_attempts set refund_due = true where id = 'att'`,
  ],
  payment_attempts_refunded_within_amount: [
    insert('payment_attempts', { refunded_minor: '-1' }),
    `update payment_attempts set refunded_minor = 1001 where id = 'att'`,
    // What was given back to it twice.
    `update payment_attempts set refunded_minor = refunded_minor - 1 where id = 'att'`,
  ],
  payment_attempts_checkout_exists: insert('payment_attempts', { checkout_id: `'nowhere'` }),
  attempt_orders_pkey: insert('attempt_orders', { attempt_id: `'att'`, payment_order_id: `'paid'` }),
  attempt_orders_same_checkout: [
    insert('attempt_orders', { attempt_id: `'att'` }),
    insert('attempt_orders', { attempt_id: `'nobody'` }),
    insert('attempt_orders', { payment_order_id: `'nothing'` }),
  ],
  order_transitions_pkey: transition('EXECUTING', 'SUCCESS', { order: 'paid', seq: 2 }),
  order_transitions_legal: transition('NOT_STARTED', 'SUCCESS'),
  order_transitions_contiguous: [
    transition('EXECUTING', 'SUCCESS'),
    transition('EXECUTING', 'SUCCESS', { seq: 2 }),
    transition('EXECUTING', 'FAILED', { order: 'paid', seq: 3 }),
    transition('NOT_STARTED', 'EXECUTING', { seq: 0 }),
  ],
  order_transitions_order_follows: [
    transition('NOT_STARTED', 'EXECUTING'),
    transition('NOT_STARTED', 'EXECUTING', { order: 'nothing' }),
  ],
  captures_one_per_order: insert('captures', { payment_order_id: `'paid'`, psp_charge_id: `'ch_other'` }),
  captures_amount_positive: insert('captures', { amount_minor: '0' }),
  captures_whole_order: [
    insert('captures', { amount_minor: '999' }),
    insert('captures', { amount_minor: '1001' }),
    insert('captures', { currency: `'EUR'` }),
    insert('captures', { payment_order_id: `'nothing'` }),
  ],
  ledger_accounts_pkey: insert('ledger_accounts', { id: '1' }),
  ledger_accounts_code_unique: insert('ledger_accounts', {
    code: `'${BUYER}'`,
    kind: `'buyer'`,
    owner_id: `'buyer'`,
    currency: `'USD'`,
  }),
  ledger_accounts_code_shape: insert('ledger_accounts', { code: `'suspense:platform:USD'` }),
  ledger_accounts_kind_known: insert('ledger_accounts', { kind: `'pocket'`, code: `'pocket:platform:EUR'` }),
  ledger_accounts_currency_shape: insert('ledger_accounts', { currency: `'eur'`, code: `'suspense:platform:eur'` }),
  ledger_accounts_rule_of_kind: [
    insert('ledger_accounts', { balance_rule: `'credit'` }),
    insert('ledger_accounts', {
      kind: `'seller_reserved'`,
      code: `'seller_reserved:platform:EUR'`,
      balance_rule: `'either'`,
    }),
    `update ledger_accounts set balance_rule = 'either' where code = '${SELLER}'`,
  ],
  ledger_accounts_balance_side: posting({
    entries: ([buyer, seller]) => [
      second(buyer, { amount: -950, after: 50 }),
      second(seller, { amount: 950, after: 50 }),
    ],
    balances: { [BUYER]: [50, 2], [SELLER]: [50, 2] },
  }),
  ledger_accounts_balance_is_last_entry: [
    insert('ledger_accounts', { balance: '1' }),
    insert('ledger_accounts', { version: '1' }),
    `update ledger_accounts set balance = balance + 1 where code = '${BUYER}'`,
    `update ledger_accounts set version = version + 1 where code = '${BUYER}'`,
    `update ledger_accounts set balance = 0, version = 0 where code = '${BUYER}'`,
    posting({ balances: { [BUYER]: [1_049, 2], [SELLER]: [-950, 2] } }),
  ],
  ledger_transactions_pkey: `insert into ledger_transactions (id, kind, legs, source_id) select id, 'late_capture_held', 2, 'x' from ledger_transactions`,
  ledger_transactions_one_per_fact: posting({ source: 'paid' }),
  ledger_transactions_legs_range: [posting({ legs: 1 }), posting({ legs: 101 })],
  ledger_transactions_not_own_reversal: posting({ reversalOf: `'00000000-0000-7000-8000-0000000000aa'` }),
  ledger_transactions_reversal_of_fkey: posting({ reversalOf: `'00000000-0000-7000-8000-0000000000bb'` }),
  ledger_transactions_have_entries: posting({ entries: () => [], balances: {} }),
  ledger_entries_place_unique: posting({ entries: ([buyer, seller]) => [second(buyer, { seq: 1 }), seller] }),
  ledger_entries_amount_not_zero: posting({
    legs: 3,
    entries: ([buyer, seller]) => [
      buyer,
      seller,
      { ...buyer, account: 'platform_fees:platform:USD', amount: 0, after: -100 },
    ],
  }),
  ledger_entries_amount_limit: posting({
    entries: ([buyer, seller]) => [
      second(buyer, { amount: 1_000_000_000_000_001, after: 1_000_000_000_001_001 }),
      second(seller, { amount: -1_000_000_000_000_001, after: -1_000_000_000_000_901 }),
    ],
    balances: {},
  }),
  ledger_entries_seq_positive: posting({ entries: ([buyer, seller]) => [second(buyer, { seq: 0 }), seller] }),
  ledger_entries_transaction_exists: posting({ withTransaction: false }),
  ledger_entries_complete: [
    posting({ legs: 3 }),
    // Afterwards, to a transaction that was complete: the classical way to hide an entry.
    `with e as (insert into ledger_entries (account_id, account_seq, transaction_id, amount_minor, balance_after, currency)
       select a.id, 2, t.id, v.amount, a.balance + v.amount, 'USD' from (values ('${BUYER}', 50), ('${SELLER}', -50)) v (code, amount)
       join ledger_accounts a on a.code = v.code join ledger_transactions t on t.source_id = 'paid'),
     a as (update ledger_accounts a set balance = a.balance + v.amount, version = 2
       from (values ('${BUYER}', 50), ('${SELLER}', -50)) v (code, amount) where a.code = v.code) select 1`,
  ],
  ledger_entries_two_accounts: posting({
    entries: ([buyer]) => [buyer, second(buyer, { seq: 3, amount: -50, after: 1_000 })],
    balances: { [BUYER]: [1_000, 3] },
  }),
  ledger_entries_zero_sum: [
    posting({
      entries: ([buyer, seller]) => [second(buyer, { amount: 51, after: 1_051 }), seller],
      balances: { [BUYER]: [1_051, 2], [SELLER]: [-950, 2] },
    }),
    // Two currencies whose amounts cancel each other out.
    posting({ entries: ([buyer, seller]) => [buyer, second(seller, { currency: 'EUR' })] }),
  ],
  ledger_entries_account_exists: posting({
    entries: ([buyer, seller]) => [buyer, second(seller, { account: 'nobody', seq: 1, after: -50 })],
    balances: { [BUYER]: [1_050, 2] },
  }),
  ledger_entries_currency_matches_account: posting({
    entries: ([buyer, seller]) => [second(buyer, { currency: 'EUR' }), second(seller, { currency: 'EUR' })],
  }),
  ledger_entries_seq_contiguous: posting({
    entries: ([buyer, seller]) => [second(buyer, { seq: 4 }), seller],
    balances: { [BUYER]: [1_050, 4], [SELLER]: [-950, 2] },
  }),
  ledger_entries_running_balance: posting({
    entries: ([buyer, seller]) => [second(buyer, { after: 1_051 }), seller],
    balances: { [BUYER]: [1_051, 2], [SELLER]: [-950, 2] },
  }),
  ledger_entries_account_updated: posting({ balances: { [SELLER]: [-950, 2] } }),
  refunds_pkey: insert('refunds', { id: `'rfd'` }),
  refunds_attempt_id_fkey: insert('refunds', { attempt_id: `'nobody'` }),
  refunds_reason_known: insert('refunds', { reason: `'kindness'` }),
  refunds_amount_positive: [insert('refunds', { amount_minor: '0' }), insert('refunds', { amount_minor: '-5' })],
  refunds_currency_shape: insert('refunds', { currency: `'usd'` }),
  refunds_state_known: insert('refunds', { state: `'LOST'`, finished_at: 'now()', resolve_at: 'null' }),
  refunds_finished_is_final: [
    insert('refunds', { finished_at: 'now()', resolve_at: 'null' }),
    insert('refunds', { state: `'FAILED'` }),
    `update refunds set finished_at = null, resolve_at = now() where id = 'rfd'`,
  ],
  refunds_open_has_next_look: [
    insert('refunds', { resolve_at: 'null' }),
    `update refunds set resolve_at = now() where id = 'rfd'`,
  ],
  refunds_made_has_psp_id: [
    insert('refunds', { state: `'SUCCEEDED'`, finished_at: 'now()', resolve_at: 'null' }),
    `update refunds set psp_refund_id = null where id = 'rfd'`,
  ],
  refunds_one_of_late_capture: insert('refunds', { attempt_id: `'att'` }),
  refunds_psp_refund_once: insert('refunds', { psp_refund_id: `'re'` }),
  refunds_state_has_history: [
    insert('refunds', { state: `'SUBMITTED'` }),
    insert('refunds', { state: `'SUBMITTED'`, state_seq: '1' }),
    `update refunds set state = 'FAILED_LATE' where id = 'rfd'`,
    `update refunds set state = 'FAILED', state_seq = 3 where id = 'rfd'`,
    `update refunds set state_seq = 1 where id = 'rfd'`,
  ],
  refund_transitions_pkey: refundStep('SUBMITTED', 'SUCCEEDED', { refund: 'rfd', seq: 2 }),
  refund_transitions_legal: refundStep('REQUESTED', 'SUCCEEDED'),
  refund_transitions_contiguous: [
    refundStep('SUBMITTED', 'SUCCEEDED'),
    refundStep('SUBMITTED', 'FAILED', { refund: 'rfd', seq: 3 }),
    refundStep('SUCCEEDED', 'FAILED_LATE', { refund: 'rfd', seq: 4 }),
  ],
  refund_transitions_refund_follows: [
    refundStep('REQUESTED', 'SUBMITTED'),
    refundStep('SUCCEEDED', 'FAILED_LATE', { refund: 'rfd', seq: 3 }),
  ],
  webhook_inbox_pkey: insert('webhook_inbox', { id: '1' }),
  webhook_inbox_event_once: insert('webhook_inbox', { event_id: `'evt'` }),
  webhook_inbox_state_known: insert('webhook_inbox', { state: `'lost'`, handled_at: 'now()', verdict: `'x'` }),
  webhook_inbox_handled_has_verdict: [
    insert('webhook_inbox', { state: `'handled'` }),
    insert('webhook_inbox', { state: `'handled'`, handled_at: 'now()' }),
    insert('webhook_inbox', { handled_at: 'now()' }),
    `update webhook_inbox set state = 'dead', handled_at = now() where event_id = 'evt'`,
  ],
  outbox_pkey: insert('outbox', { id: '1' }),
  idempotency_keys_one_per_request: insert('idempotency_keys', { key: `'k'` }),
  idempotency_keys_key_length: [
    insert('idempotency_keys', { key: `''` }),
    insert('idempotency_keys', { key: `repeat('k', 256)` }),
  ],
  idempotency_keys_hash_length: insert('idempotency_keys', { request_hash: `'\\x00'` }),
  idempotency_keys_finished_has_answer: [
    insert('idempotency_keys', { recovery_point: `'finished'`, response_headers: `'{}'` }),
    insert('idempotency_keys', { status_code: '200', response_body: `''` }),
  ],
  idempotency_keys_headers_with_answer: [
    insert('idempotency_keys', { recovery_point: `'finished'`, status_code: '200', response_body: `''` }),
    insert('idempotency_keys', { response_headers: `'{}'` }),
  ],
  idempotency_keys_recovery_point_known: insert('idempotency_keys', { recovery_point: `'paused'` }),
  idempotency_keys_accepted_has_subject: [
    insert('idempotency_keys', { recovery_point: `'accepted'` }),
    insert('idempotency_keys', { subject_id: `'att'` }),
  ],
  idempotency_keys_call_until_finished: `update idempotency_keys set call = '{}' where key = 'answered'`,
  idempotency_keys_answer_kept: [
    `update idempotency_keys set response_body = 'no' where key = 'answered'`,
    `update idempotency_keys set recovery_point = 'started' where key = 'answered'`,
    `delete from idempotency_keys where key = 'answered'`,
  ],
  dead_letters_pkey: insert('dead_letters', { id: '1' }),
  dead_letters_kind_known: insert('dead_letters', { kind: `'parcel'` }),
  dead_letters_resolved_has_reason: [
    insert('dead_letters', { resolved_at: 'now()' }),
    insert('dead_letters', { resolution: `'r'` }),
  ],
  dead_letters_open_once: insert('dead_letters', { subject_id: `'att'` }),
  sessions_pkey: insert('sessions', { id: `'00000000-0000-7000-8000-000000000001'` }),
  sessions_user_id_fkey: insert('sessions', { user_id: `'nobody'` }),
  sessions_end_after_start: insert('sessions', { ended_at: `now() - interval '1 day'` }),
  sign_in_throttle_pkey: insert('sign_in_throttle', { key: `'k'` }),
  ledger_seals_pkey: insert('ledger_seals', { number: '1', sealed_from: `'-infinity'`, previous_hash: NO_HASH }),
  ledger_seals_through_unique: insert('ledger_seals', { sealed_from: `'2025-01-01'`, sealed_through: `'2026-01-01'` }),
  ledger_seals_first: [
    insert('ledger_seals', { number: '0' }),
    insert('ledger_seals', { number: '1' }),
    insert('ledger_seals', { number: '1', sealed_from: `'-infinity'` }),
    insert('ledger_seals', { number: '1', previous_hash: NO_HASH }),
  ],
  ledger_seals_range: insert('ledger_seals', { sealed_through: `'2025-12-31'` }),
  ledger_seals_holds_something: [
    insert('ledger_seals', { transactions: '0', entries: '0' }),
    insert('ledger_seals', { entries: '1' }),
  ],
  ledger_seals_hash_length: [
    insert('ledger_seals', { hash: `'\\x00'` }),
    insert('ledger_seals', { previous_hash: `'\\x00'` }),
  ],
  ledger_seals_chain: [
    insert('ledger_seals', { previous_hash: NO_HASH }),
    insert('ledger_seals', { sealed_from: `'2026-01-01 00:00:01'` }),
    insert('ledger_seals', { number: '3' }),
  ],
  alerts_pkey: insert('alerts', { id: '1' }),
  alerts_kind_shape: [insert('alerts', { kind: `''` }), insert('alerts', { kind: `'A kind'` })],
  alerts_subject_named: insert('alerts', { subject: `''` }),
  alerts_times_positive: insert('alerts', { times: '0' }),
  alerts_seen_in_order: insert('alerts', { last_seen_at: `now() - interval '1 second'` }),
  alerts_resolved_has_reason: [insert('alerts', { resolved_at: 'now()' }), insert('alerts', { resolution: `'r'` })],
  alerts_open_once: insert('alerts', { subject: `'I1'` }),
  audit_verdicts_pkey: insert('audit_verdicts', { invariant: `'I1'` }),
  audit_verdicts_counts: [
    insert('audit_verdicts', { violations: '-1' }),
    insert('audit_verdicts', { milliseconds: '-1' }),
    insert('audit_verdicts', { violations: '1', skipped: 'true' }),
  ],
  psp_health_pkey: insert('psp_health', { process: `'worker@here:1'` }),
  psp_health_breaker_known: insert('psp_health', { breaker: `'ajar'` }),
};

/** What is done twice needs a first time. */
const TWO_STEP_ATTACKS: Record<string, [first: string, attack: string]> = {
  psp_balance_transactions_subject_once: [
    `update psp_balance_transactions set subject_id = 'att', ${BOOKED}`,
    `${insert('psp_balance_transactions', { subject_id: `'att'`, state: `'booked'`, look_at: 'null', booked_at: 'now()', ledger_transaction_id: SPARE })}`,
  ],
  psp_balance_transactions_ledger_transaction_id_fkey: [
    'set constraints all immediate',
    `update psp_balance_transactions set ${BOOKED.replace(POSTED, `gen_random_uuid()`)}`,
  ],
  reconciliation_file_parts_of_file: [
    'set constraints all immediate',
    insert('reconciliation_file_parts', { file_id: `'nowhere'` }),
  ],
  reconciliation_rows_of_file: [
    'set constraints all immediate',
    insert('reconciliation_rows', { file_id: `'nowhere'` }),
  ],
  reconciliation_exceptions_closed_is_final: [
    `update reconciliation_exceptions set closed_at = now(), closed_by = 'user:u1', resolution = 'user:u1: r'`,
    `update reconciliation_exceptions set closed_at = null, closed_by = null, resolution = null`,
  ],
  psp_balance_transactions_booked_once: [
    `update psp_balance_transactions set ${BOOKED}`,
    insert('psp_balance_transactions', {
      state: `'booked'`,
      look_at: 'null',
      booked_at: 'now()',
      ledger_transaction_id: POSTED,
    }),
  ],
  ledger_transactions_reversed_once: [
    posting({ reversalOf: POSTED }),
    posting({
      id: '00000000-0000-7000-8000-0000000000ab',
      source: 'attack_2',
      reversalOf: `(select id from ledger_transactions where source_id = 'paid')`,
      entries: ([buyer, seller]) => [
        second(buyer, { seq: 3, after: 1_100 }),
        second(seller, { seq: 3, after: -1_000 }),
      ],
      balances: { [BUYER]: [1_100, 3], [SELLER]: [-1_000, 3] },
    }),
  ],
};

/** Runs statements in a transaction that is never kept; answers the name of the rule that refused the last, or null. */
async function refusedBy(on: pg.Pool, ...statements: string[]): Promise<string | null> {
  const client = await on.connect();
  try {
    await client.query('begin');
    for (const statement of statements) await client.query(statement);
    return null;
  } catch (error) {
    const { constraint, message } = error as pg.DatabaseError;
    if (constraint === undefined) throw error;
    expect(message.length).toBeGreaterThan(0);
    return constraint;
  } finally {
    await client.query('rollback');
    client.release();
  }
}

describe('what is right is accepted', () => {
  test.each(Object.keys(ROWS) as (keyof typeof ROWS)[])('a good row of %s', async (table) => {
    expect(await refusedBy(owner, insert(table))).toBeNull();
  });

  test('a posting that continues its accounts, also by the role of the application', async () => {
    expect(await refusedBy(owner, posting())).toBeNull();
    expect(await refusedBy(app, posting())).toBeNull();
  });
});

describe('what is wrong is refused by the rule that names it, whoever asks', () => {
  const attacks = Object.entries(ATTACKS).flatMap(([name, statements]) =>
    [statements].flat().map((statement, index) => [name, index + 1, statement] as const),
  );
  test.each(attacks)('%s (%d)', async (name, _, statement) => {
    expect(await refusedBy(owner, statement)).toBe(name);
  });

  test.each(Object.entries(TWO_STEP_ATTACKS))('%s', async (name, statements) => {
    expect(await refusedBy(owner, ...statements)).toBe(name);
  });
});

test('of all pairs of states the history takes exactly those of the state table', async () => {
  for (const from of ORDER_STATES) {
    for (const to of ORDER_STATES) {
      const refused = await refusedBy(owner, transition(from, to));
      const legal = ORDER_TRANSITIONS[from].includes(to);
      expect(refused === 'order_transitions_legal', `${from} → ${to}`).toBe(!legal);
    }
  }
});

test('of all pairs of states the history of refunds takes exactly those of its state table', async () => {
  for (const from of REFUND_STATES) {
    for (const to of REFUND_STATES) {
      const refused = await refusedBy(owner, refundStep(from, to));
      expect(refused === 'refund_transitions_legal', `${from} → ${to}`).toBe(!REFUND_TRANSITIONS[from].includes(to));
    }
  }
});

test('the database knows the states and accounts of the code, and no others', async () => {
  expect(await wordsOf('payment_orders_state_known')).toEqual(new Set<string>(ORDER_STATES));
  expect(await wordsOf('payment_attempts_state_known')).toEqual(new Set<string>(ATTEMPT_STATES));
  expect(await wordsOf('refunds_state_known')).toEqual(new Set<string>(REFUND_STATES));
  expect(await wordsOf('ledger_accounts_kind_known')).toEqual(new Set<string>(Object.keys(CHART)));
  const differences = Object.entries(DIFFERENCE_TYPES).flat();
  expect(await wordsOf('reconciliation_exceptions_class_of_type')).toEqual(new Set<string>(differences));
});

test('an account of each kind can be opened with the balance rule of the chart, and with no other', async () => {
  for (const kind of Object.keys(CHART) as AccountKind[]) {
    for (const rule of ['debit', 'credit', 'either']) {
      const row = { kind: `'${kind}'`, code: `'${kind}:${PLATFORM}:EUR'`, balance_rule: `'${rule}'` };
      const expected = CHART[kind].balanceRule === rule ? null : 'ledger_accounts_rule_of_kind';
      expect(await refusedBy(owner, insert('ledger_accounts', row)), `${kind} ${rule}`).toBe(expected);
    }
  }
});

async function wordsOf(constraint: string): Promise<Set<string>> {
  const { rows } = await owner.query<{ definition: string }>(
    'select pg_get_constraintdef(oid) as definition from pg_constraint where conname = $1',
    [constraint],
  );
  return new Set([...(rows[0]?.definition ?? '').matchAll(/'([^']+)'/g)].map(([, word]) => word ?? ''));
}

describe('what happened cannot be changed, not even by the owner of the tables', () => {
  const KEPT: Record<string, string[]> = {
    alerts: ['delete', 'truncate'],
    attempt_orders: ['delete', 'truncate', 'update'],
    captures: ['delete', 'truncate', 'update'],
    fee_plans: ['delete', 'truncate', 'update'],
    ledger_accounts: ['delete', 'truncate'],
    ledger_entries: ['delete', 'truncate', 'update'],
    ledger_seals: ['delete', 'truncate', 'update'],
    ledger_transactions: ['delete', 'truncate', 'update'],
    order_funds: ['delete', 'truncate'],
    order_transitions: ['delete', 'truncate', 'update'],
    payment_attempts: ['delete', 'truncate'],
    payment_events: ['delete', 'truncate', 'update'],
    payment_orders: ['delete', 'truncate'],
    psp_balance_transactions: ['delete', 'truncate'],
    psp_bank_payouts: ['delete', 'truncate', 'update'],
    reconciliation_exceptions: ['delete', 'truncate'],
    reconciliation_file_parts: ['delete', 'truncate', 'update'],
    reconciliation_files: ['delete', 'truncate', 'update'],
    reconciliation_matches: ['delete', 'truncate'],
    reconciliation_rows: ['delete', 'truncate', 'update'],
    reconciliation_runs: ['delete', 'truncate'],
    refund_transitions: ['delete', 'truncate', 'update'],
    refunds: ['delete', 'truncate'],
    sellers: ['delete', 'truncate'],
  };
  const cases = Object.entries(KEPT).flatMap(([table, verbs]) => verbs.map((verb) => [verb, table] as const));

  test.each(cases)('%s on %s', async (verb, table) => {
    const { rows } = await owner.query<{ name: string }>(
      `select column_name as name from information_schema.columns where table_name = $1 and is_identity = 'NO' order by ordinal_position limit 1`,
      [table],
    );
    const column = rows[0]?.name;
    const statements: Record<string, string> = {
      update: `update ${table} set ${column} = ${column}`,
      delete: `delete from ${table}`,
      truncate: `truncate ${table} cascade`,
    };
    expect(await refusedBy(owner, statements[verb] ?? '')).toMatch(
      verb === 'truncate' ? /_append_only$/ : `${table}_append_only`,
    );
  });

  test('the list is that of the catalogue', async () => {
    const { rows } = await owner.query<{ table: string; verbs: string[] }>(
      `select c.relname as table, array_remove(array[
                case when t.tgtype & 8 > 0 then 'delete' end, case when t.tgtype & 32 > 0 then 'truncate' end,
                case when t.tgtype & 16 > 0 then 'update' end], null) as verbs
       from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_proc p on p.oid = t.tgfoid
       where p.proname = 'refuse_change' order by c.relname`,
    );
    expect(Object.fromEntries(rows.map((row) => [row.table, row.verbs]))).toEqual(KEPT);
  });
});

describe('the checks look at the real tables', () => {
  test('tables of the same name in a temporary schema do not blind them', async () => {
    const names = ['ledger_entries', 'order_transitions', 'payment_events', 'sellers'];
    const shadows = names.map((name) => `create temp table ${name} as table public.${name}`);
    const ghost = insert('payment_orders', { seller_id: `'ghost'` }).replace(
      'into payment_orders',
      'into public.payment_orders',
    );
    const forged: [name: string, lie: string, attack: string][] = [
      [
        'ledger_accounts_balance_is_last_entry',
        'update ledger_entries set balance_after = 1000000',
        `update public.ledger_accounts set balance = 1000000 where code = '${BUYER}'`,
      ],
      [
        'payment_orders_state_has_history',
        `insert into order_transitions values ('fresh', 1, 'NOT_STARTED', 'SUCCESS', '', null, 'x', now())`,
        `update public.payment_orders set state = 'SUCCESS', state_seq = 1 where payment_order_id = 'fresh'`,
      ],
      ['payment_orders_seller_exists', `insert into sellers (id) values ('ghost')`, ghost],
    ];
    for (const [name, lie, attack] of forged) expect(await refusedBy(app, ...shadows, lie, attack), name).toBe(name);
  });
});

describe('every rule has its attack', () => {
  test('constraints and unique indexes', async () => {
    const { rows } = await owner.query<{ name: string }>(
      `select conname as name from pg_constraint c
       where connamespace = 'public'::regnamespace and contype in ('c', 'u', 'p', 'f', 'x') and conrelid <> '_prisma_migrations'::regclass
       union select i.relname from pg_index x join pg_class i on i.oid = x.indexrelid
       where i.relnamespace = 'public'::regnamespace and x.indisunique and x.indrelid <> '_prisma_migrations'::regclass
       order by name`,
    );
    const attacked = new Set([...Object.keys(ATTACKS), ...Object.keys(TWO_STEP_ATTACKS)]);
    expect(rows.length).toBeGreaterThan(60);
    expect(rows.map((row) => row.name).filter((name) => !attacked.has(name))).toEqual([]);
  });

  test('the names that triggers refuse by, and each of those triggers is on', async () => {
    const { rows } = await owner.query<{ source: string; enabled: string[] }>(
      `select p.prosrc as source, array_agg(distinct t.tgenabled::text) as enabled from pg_proc p left join pg_trigger t on t.tgfoid = p.oid
       where p.pronamespace = 'public'::regnamespace and p.prorettype = 'trigger'::regtype and p.proname <> 'refuse_change' group by p.oid`,
    );
    const names = rows.flatMap((row) =>
      [...row.source.matchAll(/(?:refuse\(|then |else )'([a-z0-9_]+)'/g)].map(([, name]) => name ?? ''),
    );
    expect(names.length).toBeGreaterThan(15);
    expect(names.filter((name) => !(name in ATTACKS || name in TWO_STEP_ATTACKS))).toEqual([]);
    for (const row of rows) expect(row.enabled).toEqual(['O']);
  });

  test('and no attack is on a rule that is gone', async () => {
    const { rows } = await owner.query<{ everything: string }>(
      `select string_agg(name, ' ') as everything from (
         select conname::text as name from pg_constraint union all select relname from pg_class union all
         select prosrc from pg_proc where pronamespace = 'public'::regnamespace) s`,
    );
    const everything = rows[0]?.everything ?? '';
    expect(Object.keys(ATTACKS).filter((name) => !everything.includes(name))).toEqual([]);
  });
});
