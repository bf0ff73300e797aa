import { pool, run, runInTransaction } from '#db';

/**
 * Age from which a ledger transaction is sealed, in seconds: longer than any transaction of ours can live (statements end after
 * 10 s, idle transactions after 15 s), and than a database clock is ever set back without somebody noticing.
 */
const SAFE_AGE_SECONDS = 300;
/** Most transactions under one seal: one is checked again whole, in a fraction of a second. */
const MAX_TRANSACTIONS = 5_000;
/** Longest one seal may take. */
const SEAL_TIMEOUT = '120s';

/** What the first seal continues. */
const NO_HASH = Buffer.alloc(32);
const NOTHING = `decode(repeat('00', 32), 'hex')`;

/**
 * Every row of the ledger as one line of text, in the form that seals hold for ever: changing it breaks every seal there is.
 * Times are seconds since 1970 to the microsecond, whatever the session's time zone; a text of free form has its length in front.
 */
const LINES = `
  select recorded_at, id as transaction_id, 0::bigint as account_id, 0::bigint as account_seq,
         concat_ws('|', id, kind, legs, coalesce(reversal_of::text, '-'), extract(epoch from effective_at), extract(epoch from recorded_at),
                   length(source_id), source_id) as line
  from ledger_transactions
  union all
  select t.recorded_at, t.id, e.account_id, e.account_seq,
         concat_ws('|', t.id, e.account_seq, e.amount_minor, e.balance_after, e.currency, length(a.code), a.code)
  from ledger_transactions t
  join ledger_entries e on e.transaction_id = t.id
  join ledger_accounts a on a.id = e.account_id`;

/** What a seal says about the lines it covers; `previous` is the hash it continues. */
const digest = (previous: string) => `
  count(*) filter (where account_id = 0) as transactions, count(*) filter (where account_id <> 0) as entries,
  sha256(${previous} || convert_to(string_agg(line, E'\\n' order by transaction_id, account_id, account_seq), 'UTF8')) as hash`;

/** A sealed range of the ledger. */
export interface Seal {
  readonly number: bigint;
  /** It covers what was recorded up to here, from where the seal before it ends. */
  readonly sealedThrough: Date;
  readonly transactions: bigint;
  readonly entries: bigint;
  /** SHA-256 over the hash before it and the rows, in hex. */
  readonly hash: string;
  readonly sealedAt: Date;
}

export interface SealOptions {
  readonly safeAgeSeconds?: number;
  readonly maxTransactions?: number;
}

/**
 * Seals whatever of the ledger is old enough and not sealed yet, and answers the new seals. Rows do not leave the database.
 * Safe to run anywhere at any time: of two at once one makes each seal. Nothing is sealed that a transaction still open could
 * add to: the bound stays before the start of the oldest one, and is read before the rows are.
 */
export async function sealLedger(options: SealOptions = {}): Promise<Seal[]> {
  const { safeAgeSeconds = SAFE_AGE_SECONDS, maxTransactions = MAX_TRANSACTIONS } = options;
  const seals: Seal[] = [];
  for (const through of await endsOfSeals(await safeBound(safeAgeSeconds), maxTransactions))
    seals.push(...(await seal(through)));
  return seals;
}

/** As text, since a JavaScript date drops the microseconds. */
async function safeBound(safeAgeSeconds: number): Promise<string> {
  const [row] = await run<{ bound: string }>(pool(), {
    text: `select (least(now() - make_interval(secs => $1), min(xact_start)) - interval '1 microsecond')::text as bound
           from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null`,
    values: [safeAgeSeconds],
  });
  return (row as { bound: string }).bound;
}

/** Where the next seals end. Transactions recorded in the same moment are never torn apart. */
async function endsOfSeals(bound: string, maxTransactions: number): Promise<string[]> {
  const rows = await run<{ through: string }>(pool(), {
    text: `select distinct through::text as through, through as place from (
             select max(recorded_at) as through from (
               select recorded_at, (row_number() over (order by recorded_at) - 1) / $2 as part from ledger_transactions
               where recorded_at > coalesce((select max(sealed_through) from ledger_seals), '-infinity') and recorded_at <= $1
             ) waiting group by part
           ) ends order by place`,
    values: [bound, maxTransactions],
  });
  return rows.map((row) => row.through);
}

/** The next seal, up to here; none when another process got there first. */
function seal(through: string): Promise<Seal[]> {
  return runInTransaction(async (tx) => {
    await run(tx, { text: `set local statement_timeout = '${SEAL_TIMEOUT}'` });
    const [last] = await run<{ number: bigint; through: string; hash: Buffer }>(tx, {
      text: 'select number, sealed_through::text as through, hash from ledger_seals order by number desc limit 1',
    });
    const from = last?.through ?? '-infinity';
    const rows = await run<SealRow>(tx, {
      text: `insert into ledger_seals (number, sealed_from, sealed_through, transactions, entries, previous_hash, hash)
             select $1, $2::timestamptz, $3::timestamptz, sealed.transactions, sealed.entries, $4::bytea, sealed.hash
             from (select ${digest('$4::bytea')} from (${LINES}) lines where recorded_at > $2 and recorded_at <= $3) sealed
             where sealed.transactions > 0
             on conflict do nothing
             returning ${COLUMNS}`,
      values: [(last?.number ?? 0n) + 1n, from, through, last?.hash ?? NO_HASH],
    });
    return rows.map(sealOf);
  });
}

const COLUMNS = `number, sealed_through, transactions, entries, encode(hash, 'hex') as hash, sealed_at`;

interface SealRow {
  number: bigint;
  sealed_through: Date;
  transactions: bigint;
  entries: bigint;
  hash: string;
  sealed_at: Date;
}

const sealOf = ({ sealed_through, sealed_at, ...row }: SealRow): Seal => ({
  ...row,
  sealedThrough: sealed_through,
  sealedAt: sealed_at,
});

/** The newest seals first, at most `limit`, and how many ledger transactions wait for the next one. */
export async function listSeals(limit: number): Promise<{ readonly seals: readonly Seal[]; readonly waiting: bigint }> {
  const [rows, [count]] = await Promise.all([
    run<SealRow>(pool(), {
      text: `select ${COLUMNS} from ledger_seals order by number desc limit $1`,
      values: [limit],
    }),
    run<{ waiting: bigint }>(pool(), {
      text: `select count(*) as waiting from ledger_transactions
             where recorded_at > coalesce((select max(sealed_through) from ledger_seals), '-infinity')`,
    }),
  ]);
  return { seals: rows.map(sealOf), waiting: count?.waiting ?? 0n };
}

/** Seals that do not continue the one before them, as SQL with a row per violation. */
export const BROKEN_SEAL_CHAIN = `
  select 'seal ' || number as subject from (
    select number, previous_hash, sealed_from, coalesce(lag(number) over w, 0) as number_before,
           coalesce(lag(hash) over w, ${NOTHING}) as hash_before, coalesce(lag(sealed_through) over w, '-infinity') as ended_before
    from ledger_seals window w as (order by number)
  ) chain where number <> number_before + 1 or previous_hash <> hash_before or sealed_from <> ended_before`;

/**
 * Seals whose rows are no longer what was sealed, as SQL with a row per violation: the newest that cover `transactions` together,
 * and one other drawn at random, so that in time each gets its turn.
 */
export const brokenNewestSeals = (transactions: number) => `
  with drawn as materialized (select ceil(random() * max(number))::bigint as number from ledger_seals),
  chosen as (
    select * from (select *, sum(transactions) over (order by number desc) - transactions as newer from ledger_seals) s
    where newer < ${transactions} or number in (select number from drawn)
  )
  select 'seal ' || c.number as subject from chosen c
  cross join lateral (
    select ${digest('c.previous_hash')} from (${LINES}) lines where recorded_at > c.sealed_from and recorded_at <= c.sealed_through
  ) found
  where found.hash is distinct from c.hash or found.transactions <> c.transactions or found.entries <> c.entries`;

/** The same of every seal, in one pass over the whole ledger. */
export const BROKEN_SEALS = `
  with found as (
    select s.number, ${digest('min(s.previous_hash)')}
    from (${LINES}) lines
    cross join lateral (
      select number, previous_hash from ledger_seals where sealed_through >= lines.recorded_at order by sealed_through limit 1
    ) s
    group by s.number
  )
  select 'seal ' || s.number as subject from ledger_seals s left join found on found.number = s.number
  where found.hash is distinct from s.hash or found.transactions <> s.transactions or found.entries <> s.entries`;
