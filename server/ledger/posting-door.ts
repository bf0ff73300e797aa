import type pg from 'pg';
import { columns, lanePool, type Statement } from '#db';
import { createLane, type Lane, singleton } from '#kernel';
import type { Book, PostingVerdict } from './book.ts';
import type { Posting } from './postings.ts';
import { runBatch } from './run-batch.ts';
import { workInBook } from './work-in-book.ts';

/** Most transactions in one batch: beyond it the commit is no longer the cost, and one guilty item holds up too many. */
export const MAX_BATCH_TRANSACTIONS = 500;
/** Most entries in one batch. */
export const MAX_BATCH_ENTRIES = 2_000;
/** Most transactions waiting; the next caller is told `overloaded` before the database is touched. */
export const MAX_QUEUE = 5_000;

export interface PostingDoor {
  /** Posts one transaction; `duplicate` when this fact is already in the books. Rejects when the database refused it. */
  post(posting: Posting): Promise<PostingVerdict>;
}

/** Opens a door to the ledger on a pipelined pool: concurrent callers share one transaction and one commit. */
export function createPostingDoor(on: pg.Pool): PostingDoor {
  const lane: Lane<Posting, PostingVerdict | Error> = createLane({
    run: (postings) => runBatch(postings, (batch) => postBatch(on, batch)),
    maxBatch: MAX_BATCH_TRANSACTIONS,
    maxWeight: MAX_BATCH_ENTRIES,
    weigh: (posting) => posting.legs.length,
    maxQueue: MAX_QUEUE,
  });
  return {
    async post(posting) {
      const verdict = await lane.submit(posting);
      if (verdict instanceof Error) throw verdict;
      return verdict;
    },
  };
}

/** The process's own door. */
export function postingDoor(): PostingDoor {
  return singleton('ledger.posting-door', () => createPostingDoor(lanePool()));
}

/** Posts a list in one transaction; one verdict per posting, in order. A fact that is in the books already is a `duplicate`. */
export async function postBatch(on: pg.Pool, postings: readonly Posting[]): Promise<PostingVerdict[]> {
  let verdicts: PostingVerdict[] = [];
  await workInBook(on, {
    accounts: postings.flatMap((posting) => posting.legs.map((leg) => leg.account)),
    reads: [readPostedFacts(postings)],
    decide: ([posted = []], book) => {
      const known = new Set(posted.map((row) => factKey(row.kind, row.source_id)));
      verdicts = postings.map((posting) => postOnce(book, posting, known));
      return [];
    },
  });
  return verdicts;
}

function postOnce(book: Book, posting: Posting, known: Set<string>): PostingVerdict {
  const fact = factKey(posting.kind, posting.sourceId);
  if (known.has(fact)) return { kind: 'duplicate' };
  const verdict = book.post(posting);
  if (verdict.kind === 'posted') known.add(fact);
  return verdict;
}

function factKey(kind: string, sourceId: string): string {
  return `${kind}:${sourceId}`;
}

function readPostedFacts(postings: readonly Posting[]): Statement {
  return {
    name: 'read-posted-facts',
    text: `select t.kind, t.source_id
           from unnest($1::ledger_transaction_kind[], $2::text[]) fact (kind, source_id)
           join ledger_transactions t on t.source_id = fact.source_id and t.kind = fact.kind`,
    values: columns(
      postings,
      (posting) => posting.kind,
      (posting) => posting.sourceId,
    ),
  };
}
