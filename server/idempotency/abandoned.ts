import { AppError } from '#kernel';
import { log } from '#observability';
import { type Answer, type Claim, claimOf, finish, takeOverAbandoned } from './key-rows.ts';
import { type Execute, type KeptAnswer, type KeyedRequest, runClaimed } from './run-once.ts';

/** How often the worker tries to bring a request to its end; with pauses that double from a second on this is an hour. */
const MAX_WORKER_TRIES = 12;

type Door = KeyedRequest['call']['door'];

/** A request whose process is gone, taken over by this one: whoever holds this object acts for its principal. */
export interface AbandonedRequest<Call> {
  readonly principal: string;
  readonly route: string;
  readonly call: Call;
  readonly claim: Claim;
  /** Nothing more is tried: keep an answer that says so. */
  readonly givenUp: boolean;
}

/**
 * Takes over up to `limit` requests that came in by one door and that nobody is bringing to an end: their process died, or they
 * had an effect and could not be answered. Any number of workers may do so at once; each request is one worker's at a time.
 */
export async function takeAbandoned<Call>(door: Door, limit: number): Promise<AbandonedRequest<Call>[]> {
  const rows = await takeOverAbandoned(door, limit);
  return rows.map((row) => ({
    principal: row.principal,
    route: row.route,
    call: row.call as Call,
    claim: claimOf(row, row),
    givenUp: row.worker_tries > MAX_WORKER_TRIES,
  }));
}

/** Runs an abandoned request and keeps its answer. When it rejects, it stays for the next try. */
export function runAbandoned({ claim }: AbandonedRequest<unknown>, execute: Execute): Promise<KeptAnswer> {
  return runClaimed(claim, execute, { keep: true });
}

/** Ends a request that cannot be brought to its end with an answer that says so, made from the error by its door. */
export async function giveUp(
  { claim, principal, route }: AbandonedRequest<unknown>,
  answerTo: (error: AppError) => Answer | Promise<Answer>,
): Promise<void> {
  log().error({ principal, route, subject: claim.subjectId }, 'an abandoned request was given up');
  const error = new AppError(
    'internal_error',
    'This request could not be brought to its end, and nothing more is done under its key. See what became of it before you ask again with a new key.',
  );
  await finish(claim, await answerTo(error));
}
