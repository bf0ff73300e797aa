import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lanePool, pool } from '#db';
import { DISPUTE_STATES, DISPUTE_TRANSITIONS } from '#disputes';
import {
  type AccountKind,
  CHART,
  createPosting,
  lateCaptureHeld,
  orderCaptured,
  PLATFORM,
  payoutStep,
  postBatch,
} from '#ledger';

import { ATTEMPT_STATES, MAX_SENDS, ORDER_STATES, ORDER_TRANSITIONS } from '#payments';
import { PAYOUT_STATES, PAYOUT_TRANSITIONS, SCHEDULES } from '#payouts';
import { DIFFERENCE_TYPES } from '#reconciliation';
import { REFUND_REASONS, REFUND_STATES, REFUND_TRANSITIONS } from '#refunds';
import { openOwnerPool } from './owner-pool.ts';
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
  owner = openOwnerPool(database.url);
  app = openOwnerPool(database.appUrl);
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
    createPosting({
      kind: 'order_captured',
      sourceId: 'earned',
      effectiveAt: new Date(),
      legs: [
        { account: { kind: 'psp_clearing', ownerId: PLATFORM, currency: 'USD' }, amountMinor: 900n },
        { account: { kind: 'seller_available', ownerId: 'shop', currency: 'USD' }, amountMinor: -900n },
      ],
    }),
    taken('po', 600n),
    taken('po_new', 100n),
  ]);
  await owner.query(PAYOUT);
});

const taken = (payoutId: string, amountMinor: bigint) =>
  payoutStep('requested', {
    payoutId,
    sellerId: 'shop',
    amount: { amountMinor, currency: 'USD' },
    at: new Date(),
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
  insert into refunds (id, attempt_id, payment_order_id, reason, request_id, requested_by, amount_minor, currency, commission_minor)
    values ('rfd_part', 'att', 'paid', 'other', 'rrq', 'key:1', 100, 'USD', 10);
  insert into disputes (id, psp_dispute_id, attempt_id, reason, amount_minor, currency, opened_at) values ('dsp', 'du', 'att', 'fraudulent', 400, 'USD', now());
  with history as (
    insert into dispute_transitions (dispute_id, seq, from_state, to_state, reason, actor) values ('dsp', 1, 'INQUIRY', 'OPEN', '', 'test')
  ) update disputes set state = 'OPEN', state_seq = 1, withdrawn_minor = 400, fee_minor = 15 where id = 'dsp';
  insert into dispute_orders (dispute_id, payment_order_id, disputed_minor, share_minor) values ('dsp', 'paid', 400, 400);
  insert into disputes (id, psp_dispute_id, attempt_id, reason, amount_minor, currency, opened_at, withdrawn_minor, fee_minor)
    values ('dsp_2', 'du_of_another', 'att', 'general', 100, 'USD', now(), 100, 0);
  insert into dispute_responses (dispute_id, stage, kind, evidence, actor) values ('dsp', 'dispute', 'evidence', 'it was there', 'user:1');
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
  insert into psp_health (process, breaker, since) values ('worker@here:1', 'closed', now());
  update sellers set verification = 'verified' where id = 'shop';
  insert into seller_verifications (seller_id, verification, actor, reason) values ('shop', 'verified', 'user:u2', 'papers seen');
  insert into payout_accounts (seller_id, psp_account_id) values ('shop', 'acct');
  insert into bank_accounts (id, seller_id, psp_bank_account_id, country, currency, last4, fingerprint, added_by)
    select id, seller, 'psp_' || id, 'US', currency, '6789', 'print', 'user:u1'
    from (values ('ba', 'shop', 'USD'), ('ba_other', 'other_shop', 'USD'), ('ba_eur', 'shop', 'EUR')) v (id, seller, currency);
  insert into payout_schedules (seller_id, every, on_day, next_on, changed_by) values ('shop', 'weekly', 1, '2026-01-05', 'user:u1');`;

/** The account that payouts take from. */
const AVAILABLE = `(select id from ledger_accounts where code = 'seller_available:shop:USD')`;

/** What `po` took of the 900 that the shop had earned, as it stands once it was paid. */
const PAYOUT = `
  insert into payouts (id, seller_id, bank_account_id, currency, amount_minor, account_id, first_seq, last_seq, opening_minor, moved_minor,
      left_minor, scheduled_for, requested_by, needs_approval)
    select 'po', 'shop', 'ba', 'USD', 600, id, 1, 1, 0, 900, 300, '2026-01-01', 'user:u1', true
    from ledger_accounts where code = 'seller_available:shop:USD';
  with history as (
    insert into payout_transitions (payout_id, seq, from_state, to_state, reason, actor)
    values ('po', 1, 'REQUESTED', 'APPROVED', '', 'test'), ('po', 2, 'APPROVED', 'SUBMITTED', '', 'test'), ('po', 3, 'SUBMITTED', 'PAID', '', 'test')
  ) update payouts set state = 'PAID', state_seq = 3, approved_by = 'user:u2', psp_payout_id = 'psp_po', finished_at = now() where id = 'po';`;

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
  disputes: {
    id: `'dsp_new'`,
    psp_dispute_id: `'du_2'`,
    attempt_id: `'att'`,
    reason: `'general'`,
    amount_minor: '1000',
    currency: `'USD'`,
    opened_at: 'now()',
  },
  dispute_orders: { dispute_id: `'dsp_2'`, payment_order_id: `'paid'`, disputed_minor: '1', share_minor: '1' },
  dispute_responses: {
    dispute_id: `'dsp'`,
    stage: `'inquiry'`,
    kind: `'evidence'`,
    evidence: `'it was there'`,
    actor: `'user:1'`,
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
  payout_accounts: { seller_id: `'other_shop'`, psp_account_id: `'acct_2'` },
  bank_accounts: {
    id: `'ba_new'`,
    seller_id: `'other_shop'`,
    psp_bank_account_id: `'psp_ba_new'`,
    country: `'US'`,
    currency: `'EUR'`,
    last4: `'6789'`,
    fingerprint: `'print'`,
    added_by: `'user:u1'`,
  },
  seller_verifications: { seller_id: `'shop'`, verification: `'verified'`, actor: `'user:u2'`, reason: `'r'` },
  payout_schedules: { seller_id: `'other_shop'`, every: `'daily'`, next_on: `'2026-01-02'`, changed_by: `'user:u1'` },
  payouts: {
    id: `'po_new'`,
    seller_id: `'shop'`,
    bank_account_id: `'ba'`,
    currency: `'USD'`,
    amount_minor: '100',
    account_id: AVAILABLE,
    first_seq: '3',
    last_seq: '2',
    opening_minor: '300',
    moved_minor: '0',
    left_minor: '200',
    requested_by: `'user:u1'`,
    needs_approval: 'false',
  },
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

const disputeStep = (from: string, to: string, { dispute = 'dsp_new', seq = 1 } = {}) =>
  `insert into dispute_transitions (dispute_id, seq, from_state, to_state, reason, actor)
   values ('${dispute}', ${seq}, '${from}', '${to}', '', 'attack')`;
/** A good refund of the paid order; an attack changes one thing. */
const orderRefund = (change: Record<string, string> = {}) =>
  insert('refunds', {
    attempt_id: `'att'`,
    payment_order_id: `'paid'`,
    reason: `'other'`,
    request_id: `'rrq_2'`,
    requested_by: `'key:1'`,
    ...change,
  });
const refundStep = (from: string, to: string, { refund = 'rfd_new', seq = 1 } = {}) =>
  `insert into refund_transitions (refund_id, seq, from_state, to_state, reason, actor)
   values ('${refund}', ${seq}, '${from}', '${to}', '', 'attack')`;

const payoutStepRow = (from: string, to: string, { payout = 'po_new', seq = 1 } = {}) =>
  `insert into payout_transitions (payout_id, seq, from_state, to_state, reason, actor)
   values ('${payout}', ${seq}, '${from}', '${to}', '', 'attack')`;

/** The end of the transaction, at which a new payout is looked at. */
const newPayout = (change: Record<string, string>) => `${insert('payouts', change)}; set constraints all immediate`;

const second = (entry: ForgedEntry, change: Partial<ForgedEntry>): ForgedEntry => ({ ...entry, ...change });

const POSTED = `(select id from ledger_transactions where source_id = 'paid')`;
const BOOKED = `state = 'booked', look_at = null, booked_at = now(), ledger_transaction_id = ${POSTED}`;
const UNREAD = { type: `'unreadable'`, amount_minor: '0', fee_minor: '0', net_minor: '0', currency: `'XXX'` };
const BOOKED_ROW = { state: `'booked'`, look_at: 'null', booked_at: 'now()' };
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
  psp_balance_transactions_net_is_gross_less_fee: insert('psp_balance_transactions', {
    ...BOOKED_ROW,
    net_minor: '942',
    ledger_transaction_id: POSTED,
  }),
  psp_balance_transactions_told_is_final: [
    ...['type', 'amount_minor', 'fee_minor', 'net_minor', 'currency', 'source_id', 'subject_id', 'psp_payment_id'],
    ...['id', 'created_at', 'available_on', 'seen_at'],
  ].map((column) => `update psp_balance_transactions set ${column} = ${column}`),
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
  ledger_transactions_legs_range: [posting({ legs: 1 }), posting({ legs: 204 })],
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
  payment_orders_refunded_within_amount: [
    insert('payment_orders', { refunded_minor: '-1' }),
    `update payment_orders set refunded_minor = 1001 where payment_order_id = 'paid'`,
  ],
  payment_orders_returned_within_commission: [
    insert('payment_orders', { commission_returned_minor: '-1' }),
    `update payment_orders set commission_returned_minor = 101 where payment_order_id = 'paid'`,
  ],
  payment_orders_disputed_within_rest: [
    insert('payment_orders', { disputed_minor: '-1' }),
    `update payment_orders set disputed_minor = 1001 where payment_order_id = 'paid'`,
    `update payment_orders set refunded_minor = 600, disputed_minor = 401 where payment_order_id = 'paid'`,
  ],
  refunds_payment_order_id_fkey: orderRefund({ payment_order_id: `'nobody'` }),
  refunds_of_order_or_late: [
    insert('refunds', { reason: `'other'` }),
    orderRefund({ reason: `'late_capture'` }),
    orderRefund({ request_id: 'null' }),
    orderRefund({ requested_by: 'null' }),
  ],
  refunds_note_length: [orderRefund({ note: `''` }), orderRefund({ note: `repeat('n', 501)` })],
  refunds_commission_within_amount: [
    orderRefund({ commission_minor: '-1' }),
    orderRefund({ commission_minor: '1001' }),
  ],
  refunds_pending_within_share: [
    orderRefund({ pending_minor: '-1' }),
    `update refunds set pending_minor = 91 where id = 'rfd_part'`,
  ],
  refunds_wait_before_sent: [
    insert('refunds', { waits_for_funds: 'true' }),
    `update refunds set waits_for_funds = true where id = 'rfd'`,
  ],
  refunds_order_once_per_request: orderRefund({ request_id: `'rrq'` }),
  refunds_of_captured_order: [
    orderRefund({ attempt_id: `'att_2'` }),
    orderRefund({ payment_order_id: `'fresh'` }),
    orderRefund({ currency: `'EUR'` }),
  ],
  disputes_pkey: insert('disputes', { id: `'dsp'` }),
  disputes_attempt_id_fkey: insert('disputes', { attempt_id: `'nobody'` }),
  disputes_psp_dispute_once: insert('disputes', { psp_dispute_id: `'du'` }),
  disputes_amount_positive: insert('disputes', { amount_minor: '0' }),
  disputes_currency_shape: insert('disputes', { currency: `'usd'` }),
  disputes_state_known: insert('disputes', { state: `'SETTLED'`, finished_at: 'now()' }),
  disputes_finished_is_final: [
    insert('disputes', { finished_at: 'now()' }),
    `update disputes set state = 'LOST' where id = 'dsp'`,
  ],
  disputes_open_has_next_look: [
    insert('disputes', { resolve_at: 'null' }),
    `update disputes set resolve_at = null where id = 'dsp'`,
  ],
  disputes_withdrawal_whole: [
    insert('disputes', { withdrawn_minor: '1' }),
    `update disputes set fee_minor = null where id = 'dsp'`,
    `update disputes set withdrawn_minor = 0 where id = 'dsp'`,
    `update disputes set fee_minor = -1 where id = 'dsp'`,
  ],
  disputes_reinstated_was_withdrawn: [
    insert('disputes', { reinstated_minor: '1', fee_returned_minor: '0' }),
    `update disputes set reinstated_minor = 1 where id = 'dsp'`,
    `update disputes set reinstated_minor = 0, fee_returned_minor = 0 where id = 'dsp'`,
  ],
  disputes_state_has_history: [
    insert('disputes', { state: `'OPEN'` }),
    insert('disputes', { state_seq: '1' }),
    `update disputes set state = 'UNDER_REVIEW' where id = 'dsp'`,
    `update disputes set state = 'LOST', finished_at = now() where id = 'dsp'`,
  ],
  dispute_transitions_pkey: disputeStep('INQUIRY', 'OPEN', { dispute: 'dsp' }),
  dispute_transitions_legal: disputeStep('INQUIRY', 'WON'),
  dispute_transitions_contiguous: [
    disputeStep('OPEN', 'LOST'),
    disputeStep('UNDER_REVIEW', 'LOST', { dispute: 'dsp', seq: 2 }),
    disputeStep('OPEN', 'LOST', { dispute: 'dsp', seq: 3 }),
  ],
  dispute_transitions_dispute_follows: [
    disputeStep('INQUIRY', 'OPEN'),
    disputeStep('OPEN', 'LOST', { dispute: 'dsp', seq: 2 }),
  ],
  dispute_orders_pkey: insert('dispute_orders', { dispute_id: `'dsp'` }),
  dispute_orders_dispute_id_fkey: insert('dispute_orders', { dispute_id: `'nobody'` }),
  dispute_orders_payment_order_id_fkey: insert('dispute_orders', { payment_order_id: `'nobody'` }),
  dispute_orders_disputed_positive: insert('dispute_orders', { disputed_minor: '0', share_minor: '0' }),
  dispute_orders_share_within_disputed: [
    insert('dispute_orders', { share_minor: '2' }),
    insert('dispute_orders', { share_minor: '-1' }),
  ],
  dispute_orders_within_withdrawal: insert('dispute_orders', { disputed_minor: '101' }),
  dispute_orders_of_attempt: insert('dispute_orders', { payment_order_id: `'fresh'` }),
  dispute_responses_pkey: insert('dispute_responses', { stage: `'dispute'`, send_at: 'null', refused_at: 'now()' }),
  dispute_responses_once_per_stage: insert('dispute_responses', { stage: `'dispute'`, answer_no: '2' }),
  dispute_responses_number_positive: insert('dispute_responses', { answer_no: '0' }),
  dispute_responses_dispute_id_fkey: insert('dispute_responses', { dispute_id: `'nobody'` }),
  dispute_responses_stage_known: insert('dispute_responses', { stage: `'appeal'` }),
  dispute_responses_kind_known: [
    insert('dispute_responses', { kind: `'silence'`, evidence: 'null' }),
    insert('dispute_responses', { kind: `'acceptance'`, evidence: 'null' }),
  ],
  dispute_responses_evidence_said: [
    insert('dispute_responses', { evidence: 'null' }),
    insert('dispute_responses', { evidence: `''` }),
    insert('dispute_responses', { evidence: `repeat('e', 20001)` }),
  ],
  dispute_responses_open_has_next_send: [
    insert('dispute_responses', { send_at: 'null' }),
    `update dispute_responses set sent_at = now()`,
  ],
  dispute_responses_one_end: `update dispute_responses set send_at = null, sent_at = now(), refused_at = now()`,
  refunds_pkey: insert('refunds', { id: `'rfd'` }),
  refunds_attempt_id_fkey: insert('refunds', { attempt_id: `'nobody'` }),
  refunds_reason_known: orderRefund({ reason: `'kindness'` }),
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
  dead_letters_beside_is_another: insert('dead_letters', { beside: `'c'` }),
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
  payout_accounts_pkey: insert('payout_accounts', { seller_id: `'shop'` }),
  payout_accounts_seller_id_fkey: insert('payout_accounts', { seller_id: `'nobody'` }),
  payout_accounts_psp_account_once: insert('payout_accounts', { psp_account_id: `'acct'` }),
  bank_accounts_pkey: insert('bank_accounts', { id: `'ba'` }),
  bank_accounts_seller_id_fkey: insert('bank_accounts', { seller_id: `'nobody'` }),
  bank_accounts_psp_once: insert('bank_accounts', { psp_bank_account_id: `'psp_ba'` }),
  bank_accounts_country_shape: insert('bank_accounts', { country: `'us'` }),
  bank_accounts_currency_shape: insert('bank_accounts', { currency: `'usd'` }),
  bank_accounts_last4_shape: [
    insert('bank_accounts', { last4: `'000123456789'` }),
    insert('bank_accounts', { last4: `''` }),
  ],
  bank_accounts_fingerprint_shape: [
    insert('bank_accounts', { fingerprint: `''` }),
    insert('bank_accounts', { fingerprint: `repeat('x', 65)` }),
  ],
  bank_accounts_state_known: insert('bank_accounts', { state: `'trusted'` }),
  bank_accounts_failed_has_code: [
    insert('bank_accounts', { state: `'failed'` }),
    insert('bank_accounts', { failure_code: `'account_closed'` }),
  ],
  bank_accounts_one_current: insert('bank_accounts', { currency: `'USD'` }),
  seller_verifications_pkey: insert('seller_verifications', { id: '1' }),
  seller_verifications_seller_id_fkey: insert('seller_verifications', { seller_id: `'nobody'` }),
  seller_verifications_known: insert('seller_verifications', { verification: `'trusted'` }),
  seller_verifications_has_reason: [
    insert('seller_verifications', { actor: `''` }),
    insert('seller_verifications', { reason: `''` }),
  ],
  payout_schedules_pkey: insert('payout_schedules', { seller_id: `'shop'` }),
  payout_schedules_seller_id_fkey: insert('payout_schedules', { seller_id: `'nobody'` }),
  payout_schedules_every_known: insert('payout_schedules', { every: `'hourly'` }),
  payout_schedules_day_of_interval: [
    insert('payout_schedules', { on_day: '1' }),
    insert('payout_schedules', { every: `'weekly'` }),
    insert('payout_schedules', { every: `'weekly'`, on_day: '8' }),
    insert('payout_schedules', { every: `'monthly'`, on_day: '32' }),
  ],
  payout_schedules_planned: [
    insert('payout_schedules', { next_on: 'null' }),
    insert('payout_schedules', { every: `'manual'` }),
  ],
  payouts_pkey: insert('payouts', { id: `'po'` }),
  payouts_seller_id_fkey: insert('payouts', { seller_id: `'nobody'` }),
  payouts_bank_account_id_fkey: insert('payouts', { bank_account_id: `'nowhere'` }),
  payouts_account_id_fkey: insert('payouts', { account_id: '999' }),
  payouts_amount_positive: [
    insert('payouts', { amount_minor: '0', left_minor: '300' }),
    insert('payouts', { amount_minor: '-100', left_minor: '400' }),
  ],
  payouts_currency_shape: insert('payouts', { currency: `'usd'` }),
  payouts_range: [
    insert('payouts', { first_seq: '0', last_seq: '-1' }),
    insert('payouts', { first_seq: '4', last_seq: '2' }),
  ],
  payouts_one_per_range: insert('payouts', { first_seq: '1' }),
  payouts_lines_add_up: insert('payouts', { amount_minor: '101' }),
  payouts_within_available: insert('payouts', { amount_minor: '301', left_minor: '-1' }),
  payouts_state_known: insert('payouts', { state: `'LOST'`, finished_at: 'now()', approved_by: `'policy'` }),
  payouts_four_eyes: [
    insert('payouts', { approved_by: `'user:u1'` }),
    `update payouts set approved_by = requested_by where id = 'po'`,
  ],
  payouts_person_approves: [
    insert('payouts', { needs_approval: 'true', approved_by: `'policy'` }),
    `update payouts set approved_by = 'policy' where id = 'po'`,
  ],
  payouts_approved_before_sent: [
    insert('payouts', { state: `'APPROVED'`, resolve_at: 'now()' }),
    `update payouts set approved_by = null where id = 'po'`,
  ],
  payouts_finished_is_final: [
    insert('payouts', { finished_at: 'now()' }),
    insert('payouts', { state: `'CANCELLED'` }),
    `update payouts set finished_at = null where id = 'po'`,
  ],
  payouts_open_has_next_look: [
    insert('payouts', { resolve_at: 'now()' }),
    insert('payouts', { state: `'SUBMITTED'`, approved_by: `'policy'` }),
    `update payouts set resolve_at = now() where id = 'po'`,
  ],
  payouts_made_has_psp_id: [
    insert('payouts', { state: `'PAID'`, finished_at: 'now()', approved_by: `'policy'` }),
    `update payouts set psp_payout_id = null where id = 'po'`,
  ],
  payouts_recalled_after_failure: [
    insert('payouts', { recall_at: 'now()' }),
    `update payouts set recall_at = now() where id = 'po'`,
  ],
  payouts_once_a_schedule: insert('payouts', { scheduled_for: `'2026-01-01'` }),
  payouts_psp_payout_once: insert('payouts', { psp_payout_id: `'psp_po'` }),
  payouts_seller_verified: newPayout({ seller_id: `'other_shop'`, bank_account_id: `'ba_other'` }),
  payouts_bank_account_of_seller: [
    newPayout({ bank_account_id: `'ba_other'` }),
    newPayout({ bank_account_id: `'ba_eur'` }),
  ],
  payouts_account_of_seller: newPayout({ account_id: `(select id from ledger_accounts where code = '${BUYER}')` }),
  payouts_taken_when_requested: [
    newPayout({ id: `'po_nothing_taken'` }),
    newPayout({ last_seq: '3' }),
    newPayout({ amount_minor: '99', left_minor: '201' }),
  ],
  payouts_range_follows_last: newPayout({ first_seq: '2' }),
  payouts_lines_are_entries: [
    newPayout({ moved_minor: '-50', left_minor: '150' }),
    newPayout({ opening_minor: '250', moved_minor: '50' }),
  ],
  payouts_state_has_history: [
    insert('payouts', { state: `'APPROVED'`, approved_by: `'policy'`, resolve_at: 'now()' }),
    insert('payouts', { state: `'APPROVED'`, state_seq: '1', approved_by: `'policy'`, resolve_at: 'now()' }),
    `update payouts set state = 'RETURNED' where id = 'po'`,
    `update payouts set state_seq = 2 where id = 'po'`,
  ],
  payout_transitions_pkey: payoutStepRow('SUBMITTED', 'PAID', { payout: 'po', seq: 3 }),
  payout_transitions_legal: payoutStepRow('REQUESTED', 'PAID'),
  payout_transitions_contiguous: [
    payoutStepRow('SUBMITTED', 'PAID'),
    payoutStepRow('SUBMITTED', 'FAILED', { payout: 'po', seq: 4 }),
    payoutStepRow('PAID', 'RETURNED', { payout: 'po', seq: 5 }),
  ],
  payout_transitions_payout_follows: [
    payoutStepRow('REQUESTED', 'APPROVED'),
    payoutStepRow('PAID', 'RETURNED', { payout: 'po', seq: 4 }),
  ],
};

/** What is done twice needs a first time. */
const TWO_STEP_ATTACKS: Record<string, [first: string, attack: string]> = {
  psp_balance_transactions_subject_once: [
    insert('psp_balance_transactions', { ...BOOKED_ROW, subject_id: `'att'`, ledger_transaction_id: POSTED }),
    insert('psp_balance_transactions', {
      ...BOOKED_ROW,
      id: `'txn_3'`,
      subject_id: `'att'`,
      ledger_transaction_id: SPARE,
    }),
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

test('a balance transaction that could not be read is read afresh, by the application too, and only that', async () => {
  const unread = insert('psp_balance_transactions', { ...UNREAD, state: `'refused'`, cause: `'c'`, look_at: 'null' });
  const read = (change: string) =>
    `update psp_balance_transactions set type = 'charge', amount_minor = 1000, fee_minor = 59, net_minor = 941, currency = 'USD',
       state = 'waiting', look_at = now() ${change} where id = 'txn_2'`;
  expect(await refusedBy(app, unread, read(''))).toBeNull();
  const final = 'psp_balance_transactions_told_is_final';
  expect(await refusedBy(app, unread, read(`, type = 'unreadable'`).replace(`type = 'charge', `, ''))).toBe(final);
  expect(await refusedBy(app, unread, read(''), read(', source_id = null'))).toBe(final);
  expect(await refusedBy(owner, unread, read(`, id = 'txn_3'`))).toBe(final);
  const booked = insert('psp_balance_transactions', { ...UNREAD, ...BOOKED_ROW, ledger_transaction_id: POSTED });
  expect(await refusedBy(app, booked, read(', booked_at = null, ledger_transaction_id = null'))).toBe(final);
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

test('of all pairs of states the history of payouts takes exactly those of its state table', async () => {
  for (const from of PAYOUT_STATES) {
    for (const to of PAYOUT_STATES) {
      const refused = await refusedBy(owner, payoutStepRow(from, to));
      expect(refused === 'payout_transitions_legal', `${from} → ${to}`).toBe(!PAYOUT_TRANSITIONS[from].includes(to));
    }
  }
});

test('of all pairs of states the history of disputes takes exactly those of its state table', async () => {
  for (const from of DISPUTE_STATES) {
    for (const to of DISPUTE_STATES) {
      const refused = await refusedBy(owner, disputeStep(from, to));
      expect(refused === 'dispute_transitions_legal', `${from} → ${to}`).toBe(!DISPUTE_TRANSITIONS[from].includes(to));
    }
  }
});

test('the database knows the states and accounts of the code, and no others', async () => {
  expect(await wordsOf('payment_orders_state_known')).toEqual(new Set<string>(ORDER_STATES));
  expect(await wordsOf('payment_attempts_state_known')).toEqual(new Set<string>(ATTEMPT_STATES));
  expect(await wordsOf('refunds_state_known')).toEqual(new Set<string>(REFUND_STATES));
  expect(await wordsOf('payouts_state_known')).toEqual(new Set<string>(PAYOUT_STATES));
  expect(await wordsOf('payout_schedules_every_known')).toEqual(new Set<string>(SCHEDULES));
  expect(await wordsOf('refunds_reason_known')).toEqual(new Set<string>(['late_capture', ...REFUND_REASONS]));
  expect(await wordsOf('disputes_state_known')).toEqual(new Set<string>(DISPUTE_STATES));
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
    bank_accounts: ['delete', 'truncate'],
    captures: ['delete', 'truncate', 'update'],
    dispute_orders: ['delete', 'truncate', 'update'],
    dispute_responses: ['delete', 'truncate'],
    dispute_transitions: ['delete', 'truncate', 'update'],
    disputes: ['delete', 'truncate'],
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
    payout_transitions: ['delete', 'truncate', 'update'],
    payouts: ['delete', 'truncate'],
    psp_bank_payouts: ['delete', 'truncate', 'update'],
    reconciliation_exceptions: ['delete', 'truncate'],
    reconciliation_file_parts: ['delete', 'truncate', 'update'],
    reconciliation_files: ['delete', 'truncate', 'update'],
    reconciliation_matches: ['delete', 'truncate'],
    reconciliation_rows: ['delete', 'truncate', 'update'],
    reconciliation_runs: ['delete', 'truncate'],
    refund_transitions: ['delete', 'truncate', 'update'],
    refunds: ['delete', 'truncate'],
    seller_verifications: ['delete', 'truncate', 'update'],
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
