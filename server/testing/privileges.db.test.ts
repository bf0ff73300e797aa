import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type MigratedDatabase } from './postgres.ts';

let database: MigratedDatabase;
let app: pg.Client;
let owner: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase('privileges');
  app = new pg.Client({ connectionString: database.appUrl });
  owner = new pg.Client({ connectionString: database.url });
  await Promise.all([app.connect(), owner.connect()]);
});

afterAll(async () => {
  await Promise.all([app.end(), owner.end()]);
  await database.drop();
});

/** What the application may do beyond reading: `insert`, `delete`, and the columns it may change. Whatever is not here it may not. */
const MAY: Record<string, { insert?: true; delete?: true; update?: string[] }> = {
  alerts: { insert: true, update: ['detail', 'last_seen_at', 'resolution', 'resolved_at', 'times'] },
  api_keys: { insert: true, update: ['revoked_at'] },
  attempt_orders: { insert: true },
  audit_verdicts: { insert: true, update: ['checked_at', 'detail', 'milliseconds', 'skipped', 'violations'] },
  availability_delays: { insert: true, update: ['days'] },
  bank_accounts: { insert: true, update: ['failure_code', 'replaced_at', 'state'] },
  captures: { insert: true },
  dead_letters: { insert: true, update: ['beside', 'last_at', 'last_error', 'resolution', 'resolved_at', 'tries'] },
  dispute_orders: { insert: true },
  dispute_responses: { insert: true, update: ['error', 'refused_at', 'send_at', 'sent_at', 'tries'] },
  dispute_transitions: { insert: true },
  disputes: {
    insert: true,
    update: [
      'due_by',
      'error',
      'fee_minor',
      'fee_returned_minor',
      'finished_at',
      'reinstated_minor',
      'resolve_at',
      'state',
      'state_seq',
      'tries',
      'warned_at',
      'withdrawn_minor',
    ],
  },
  fee_plans: { insert: true },
  idempotency_keys: {
    insert: true,
    delete: true,
    update: [
      'call',
      'expires_at',
      'locked_until',
      'recovery_point',
      'request_hash',
      'response_body',
      'response_headers',
      'status_code',
      'subject_id',
      'worker_tries',
    ],
  },
  ledger_accounts: { insert: true, update: ['balance', 'version'] },
  ledger_entries: { insert: true },
  ledger_seals: { insert: true },
  ledger_transactions: { insert: true },
  order_funds: { insert: true, update: ['available_on', 'pending_minor', 'released_at'] },
  order_transitions: { insert: true },
  outbox: { insert: true, update: ['published_at'] },
  payment_attempts: {
    insert: true,
    update: [
      'asked_at',
      'card_last4',
      'decline_code',
      'error',
      'finished_at',
      'held_minor',
      'latency_ms',
      'page_url',
      'psp_payment_id',
      'psp_session_id',
      'pushed_at',
      'refund_due',
      'refunded_minor',
      'resolve_at',
      'sends',
      'state',
      'tries',
    ],
  },
  payment_events: { insert: true },
  payment_orders: {
    insert: true,
    update: ['commission_returned_minor', 'disputed_minor', 'refunded_minor', 'state', 'state_seq', 'updated_at'],
  },
  payout_accounts: { insert: true },
  payout_schedules: { insert: true, update: ['changed_at', 'changed_by', 'every', 'next_on', 'on_day'] },
  payout_transitions: { insert: true },
  payouts: {
    insert: true,
    update: [
      'approved_by',
      'error',
      'finished_at',
      'psp_payout_id',
      'recall_at',
      'recall_tries',
      'resolve_at',
      'state',
      'state_seq',
      'tries',
    ],
  },
  products: { insert: true },
  psp_balance_transactions: {
    insert: true,
    // What was told changes once, from what could not be read: a trigger sees to that.
    update: [
      'amount_minor',
      'available_on',
      'booked_at',
      'cause',
      'created_at',
      'currency',
      'fee_minor',
      'ledger_transaction_id',
      'look_at',
      'net_minor',
      'psp_payment_id',
      'source_id',
      'state',
      'subject_id',
      'tries',
      'type',
    ],
  },
  psp_bank_payouts: { insert: true },
  psp_feeds: { update: ['page_after', 'page_through', 'psp_time', 'read_at', 'read_through'] },
  psp_health: { insert: true, delete: true, update: ['breaker', 'reported_at', 'since'] },
  reconciliation_exceptions: { insert: true, update: ['closed_at', 'closed_by', 'resolution'] },
  reconciliation_file_parts: { insert: true },
  reconciliation_files: { insert: true },
  reconciliation_matches: { insert: true, update: ['file_id', 'line', 'matched_at'] },
  reconciliation_rows: { insert: true },
  reconciliation_runs: {
    insert: true,
    update: [
      'bank_expected_minor',
      'bank_expected_rows',
      'bank_file_id',
      'bank_matched_rows',
      'changed_at',
      'expected_fee_minor',
      'expected_gross_minor',
      'expected_net_minor',
      'expected_rows',
      'matched_rows',
      'settlement_file_id',
    ],
  },
  refund_transitions: { insert: true },
  refunds: {
    insert: true,
    update: [
      'error',
      'finished_at',
      'pending_minor',
      'psp_refund_id',
      'resolve_at',
      'state',
      'state_seq',
      'tries',
      'waits_for_funds',
    ],
  },
  seller_verifications: { insert: true },
  sellers: { insert: true, update: ['display_name', 'tagline', 'verification'] },
  sessions: { insert: true, delete: true, update: ['ended_at'] },
  sign_in_throttle: { insert: true, delete: true, update: ['expire', 'key', 'points'] },
  users: { insert: true, update: ['name', 'password_hash', 'role', 'seller_id', 'session_version', 'suspended_at'] },
  webhook_inbox: { insert: true, update: ['attempt_id', 'handled_at', 'retry_at', 'state', 'tries', 'verdict'] },
};

async function tables(): Promise<string[]> {
  const { rows } = await owner.query<{ name: string }>(
    `select tablename::text as name from pg_tables where schemaname = 'public' and tablename <> '_prisma_migrations' order by tablename`,
  );
  return rows.map((row) => row.name);
}

test('the rights of the application are exactly those listed, table by table and column by column', async () => {
  const { rows } = await owner.query<{
    table: string;
    select: boolean;
    insert: boolean;
    delete: boolean;
    other: boolean;
    update: string[];
  }>(
    `select t.tablename::text as table, p.s as select, p.i as insert, p.d as delete, p.o as other,
            coalesce((select array_agg(c.column_name::text order by c.column_name) from information_schema.columns c
              where c.table_schema = 'public' and c.table_name = t.tablename and has_column_privilege('countinghouse_app', 'public.' || t.tablename, c.column_name, 'update')), '{}') as update
     from pg_tables t cross join lateral (select
       has_table_privilege('countinghouse_app', 'public.' || t.tablename, 'select') as s, has_table_privilege('countinghouse_app', 'public.' || t.tablename, 'insert') as i,
       has_table_privilege('countinghouse_app', 'public.' || t.tablename, 'delete') as d,
       has_table_privilege('countinghouse_app', 'public.' || t.tablename, 'truncate, references, trigger, maintain') as o) p
     where t.schemaname = 'public' and t.tablename <> '_prisma_migrations' order by t.tablename`,
  );
  const found = Object.fromEntries(rows.map((row) => [row.table, row]));
  expect(Object.keys(found)).toEqual(Object.keys(MAY));
  for (const [table, may] of Object.entries(MAY)) {
    const expected = {
      table,
      select: true,
      insert: may.insert ?? false,
      delete: may.delete ?? false,
      other: false,
      update: may.update ?? [],
    };
    expect(found[table]).toEqual(expected);
  }
});

test('each forbidden verb is really refused on each table', async () => {
  for (const table of await tables()) {
    const may = MAY[table] ?? {};
    const { rows } = await owner.query<{ column: string; writable: boolean }>(
      `select column_name::text as column, is_generated = 'NEVER' and is_identity = 'NO' as writable
       from information_schema.columns where table_schema = 'public' and table_name = $1`,
      [table],
    );
    const forbidden = [
      `truncate ${table}`,
      `alter table ${table} disable trigger all`,
      `drop table ${table}`,
      `create index on ${table} (xmin)`,
    ];
    if (!may.delete) forbidden.push(`delete from ${table} where false`);
    for (const { column, writable } of rows)
      if (writable && !may.update?.includes(column))
        forbidden.push(`update ${table} set ${column} = ${column} where false`);
    for (const statement of forbidden)
      await expect(app.query(statement), statement).rejects.toMatchObject({ code: '42501' });
  }
});

describe('the application cannot step out of its role', () => {
  test.each([
    'set role postgres',
    `set session authorization 'postgres'`,
    `set session_replication_role = replica`,
    'create table public.mine (id int)',
    'create schema mine',
    'create function public.refuse_change() returns trigger language plpgsql as $$ begin return new; end $$',
    'drop trigger ledger_entries_append_only on ledger_entries',
    'alter role countinghouse_app superuser',
    'create role mine superuser',
    'create database mine',
    'create extension dblink',
    `copy (select 1) to program 'true'`,
    `select pg_read_file('/etc/passwd')`,
    'alter system set fsync = off',
    'select * from pg_authid',
    'update pg_trigger set tgenabled = $$D$$',
    'drop view pg_catalog.pg_roles',
  ])('%s', async (statement) => {
    await expect(app.query(statement)).rejects.toMatchObject({ code: expect.stringMatching(/^(42501|42P17|2BP01)$/) });
  });

  test('it owns nothing and is a member of nothing', async () => {
    const { rows } = await app.query(
      `select (select count(*)::int from pg_class where relowner = r.oid) as owned, (select count(*)::int from pg_auth_members where member = r.oid) as memberships,
              rolsuper or rolcreaterole or rolcreatedb or rolbypassrls or rolreplication as privileged
       from pg_roles r where rolname = current_user`,
    );
    expect(rows).toEqual([{ owned: 0, memberships: 0, privileged: false }]);
  });
});
