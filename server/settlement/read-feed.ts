import { lanePool, pool, run, runPipelined, type Statement } from '#db';
import { log } from '#observability';
import { psp } from '#psp';
import { dateFunds, keepTransactions } from './transaction-rows.ts';

const FEED = 'balance_transactions';
/** How long a reading is left to its worker before another may take it up, in seconds: longer than a call to the PSP. */
const LEASE_SECONDS = 30;
/** How often the list is read when nobody asks for it sooner, in seconds. */
const READ_EVERY_SECONDS = 30;
/** How far before the newest one read the next reading begins, in seconds: the PSP may list one late that it had dated earlier. */
const OVERLAP_SECONDS = 60;

interface Reading {
  readonly read_through: Date;
  readonly page_through: Date | null;
  readonly page_after: string | null;
}

/**
 * Reads one page of the PSP's balance transactions when it is time, and answers how many it brought. A reading goes from the newest
 * back to where the one before had begun, page by page; its place is kept with what it read, so whoever takes it up goes on
 * there. Reading a page twice changes nothing. The PSP's clock, by which money becomes available, is noted with each answer.
 */
export async function readFeed(): Promise<number> {
  if (psp().room().calls === 0) return 0;
  const reading = await claimReading();
  if (!reading) return 0;
  const createdFrom = new Date(Math.max(reading.read_through.getTime() - OVERLAP_SECONDS * 1_000, 0));
  const answer = await psp().listBalanceTransactions({ createdFrom, after: reading.page_after });
  if (answer.kind !== 'page') {
    log().warn({ reason: answer.reason }, 'the balance transactions could not be read');
    // A page that the PSP refuses is not asked for again: the next reading begins anew.
    await run(pool(), putOff(answer.reason.startsWith('not_told')));
    return 0;
  }
  const { transactions, hasMore, pspTime } = answer;
  const newest = transactions.flatMap((one) => ('unreadable' in one ? [] : [one.createdAt.getTime()]));
  const through = reading.page_through ?? new Date(Math.max(reading.read_through.getTime(), ...newest));
  const ids = transactions.map((one) => one.id);
  const next = hasMore ? { through, after: ids.at(-1) ?? null } : { through, after: null };
  await runPipelined(lanePool(), [lockFeed], () => [
    ...keepTransactions(transactions, pspTime),
    ...dateFunds(ids),
    moveOn(next, pspTime),
  ]);
  return transactions.length;
}

/**
 * Has the list read, and payouts to our bank that are on their way looked at, at once: the PSP has told that something moved. Waits for
 * nobody who works at one of them: it is looked at anyway.
 */
export async function readSooner(): Promise<void> {
  await run(pool(), {
    name: 'read-feed-sooner',
    text: `with looked as (
             update psp_balance_transactions t set look_at = now()
             from (
               select id from psp_balance_transactions where state = 'waiting' and type like 'payout%' and look_at > now()
               order by id for update skip locked
             ) waiting
             where t.id = waiting.id
           )
           update psp_feeds set read_at = now() where name = $1 and read_at > now()`,
    values: [FEED],
  });
}

async function claimReading(): Promise<Reading | undefined> {
  const [reading] = await run<Reading & { [column: string]: unknown }>(pool(), {
    name: 'claim-feed',
    text: `update psp_feeds set read_at = now() + make_interval(secs => $2)
           where name = $1 and read_at <= now() returning read_through, page_through, page_after`,
    values: [FEED, LEASE_SECONDS],
  });
  return reading;
}

const lockFeed: Statement = {
  name: 'lock-feed',
  text: 'select name from psp_feeds where name = $1 for no key update',
  values: [FEED],
};

function putOff(anew: boolean): Statement {
  return {
    name: 'put-off-feed',
    text: `update psp_feeds set read_at = now() + make_interval(secs => $2),
             page_through = case when $3 then null else page_through end, page_after = case when $3 then null else page_after end
           where name = $1`,
    values: [FEED, READ_EVERY_SECONDS, anew],
  };
}

/** The place moves on: to the next page at once, or to where this reading began. The PSP's clock never runs back here. */
function moveOn({ through, after }: { through: Date; after: string | null }, pspTime: Date): Statement {
  return {
    name: 'move-feed-on',
    text: `update psp_feeds
           set psp_time = greatest(psp_time, $2::timestamptz), page_after = $4::text,
               page_through = case when $4::text is null then null else $3::timestamptz end,
               read_through = case when $4::text is null then greatest(read_through, $3::timestamptz) else read_through end,
               read_at = case when $4::text is null then now() + make_interval(secs => $5) else now() end
           where name = $1`,
    values: [FEED, pspTime, through, after, READ_EVERY_SECONDS],
    expectRows: 1,
  };
}
