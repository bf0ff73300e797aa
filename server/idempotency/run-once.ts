import { createHash } from 'node:crypto';
import { AppError } from '#kernel';
import {
  type Answer,
  answerIn,
  type Claim,
  deleteExpired,
  finish,
  insertKey,
  letGo,
  readKey,
  takeOver,
} from './key-rows.ts';
import { type KeyedRun, runOf } from './keyed-run.ts';

/** Advice to a caller whose first request is still running. */
const IN_FLIGHT_RETRY_SECONDS = 1;
/** How often a key is looked at anew because it changed hands in that moment. */
const CLAIM_ROUNDS = 5;

export interface KeyedRequest {
  /** Who asks: keys of two callers never meet. */
  readonly principal: string;
  /** Method and route, for example `POST /payments`. */
  readonly route: string;
  readonly key: string;
  /** What identifies the request's content: path values and the validated body. */
  readonly content: string;
  /** How the worker can run the request again should this process die: by which door it came, and what that door needs to know. */
  readonly call: { readonly door: 'rest' | 'trpc' };
}

/** Does what is asked and answers. It may run again in another process, which `run` tells how far this one came. */
export type Execute = (run: KeyedRun) => Promise<Answer>;

export type KeptAnswer = Answer & { readonly replayed: boolean };

/**
 * Runs a request at most once per key and answers every repetition with the first answer, byte for byte.
 * The key is claimed by an insert before anything is done. Meanwhile a repetition gets `idempotency_in_flight` (409), another
 * content `idempotency_key_reused` (422). When `execute` rejects before it had an effect, nothing is remembered and the key is
 * free again. When its process dies, or it rejects later, the next repetition goes on from there, or else the worker does.
 */
export async function runOnce(request: KeyedRequest, execute: Execute): Promise<KeptAnswer> {
  const claim = await claimKey(request);
  return 'status' in claim ? { ...claim, replayed: true } : runClaimed(claim, execute, { keep: false });
}

/** Runs a request whose key is held. `keep`: it is not forgotten when it cannot be answered now, although nothing was done. */
export async function runClaimed(
  claim: Claim,
  execute: Execute,
  { keep }: { readonly keep: boolean },
): Promise<KeptAnswer> {
  let answer: Answer;
  try {
    answer = await execute(runOf(claim));
  } catch (error) {
    // Should the database be gone too, the lease ends by itself.
    const held = await letGo(claim, keep).catch(() => true);
    if (held) throw error;
    return { ...(await keptAnswer(claim)), replayed: true };
  }
  if (await finish(claim, answer)) return { ...answer, replayed: false };
  // The lease ran out and somebody else took over: both callers get the one answer that is kept.
  return { ...(await keptAnswer(claim)), replayed: true };
}

/** Takes the key when it is new, expired, or abandoned by the same request; else answers what is kept under it. */
async function claimKey(request: KeyedRequest): Promise<Claim | Answer> {
  const hash = createHash('sha256').update(request.content).digest();
  for (let round = 0; round < CLAIM_ROUNDS; round += 1) {
    const claim = (await insertKey(request, hash, request.call)) ?? (await claimKnown(request, hash));
    if (claim) return claim;
  }
  throw inFlight();
}

/** Undefined: the key changed hands while it was looked at. */
async function claimKnown(request: KeyedRequest, hash: Buffer): Promise<Claim | Answer | undefined> {
  const known = await readKey(request);
  if (!known) return undefined;
  if (known.expired) {
    await deleteExpired(request);
    return undefined;
  }
  if (!known.request_hash.equals(hash)) throw reused();
  const answer = answerIn(known);
  if (answer) return answer;
  if (!known.abandoned) throw inFlight();
  return takeOver(request, known.lease);
}

async function keptAnswer(claim: Claim): Promise<Answer> {
  const known = await readKey(claim);
  const answer = known && answerIn(known);
  if (!answer) throw inFlight();
  return answer;
}

/**
 * Whether an error is the answer to a request, to be kept and replayed. Those that say "nothing was done, try again" are not:
 * keeping them would make the retry that they ask for impossible.
 */
export function isLastWord(error: AppError): boolean {
  return !error.retryable || error.code === 'internal_error';
}

function inFlight(): AppError {
  return new AppError('idempotency_in_flight', 'The first request with this key is still running; ask again shortly.', {
    param: 'Idempotency-Key',
    retryAfterSeconds: IN_FLIGHT_RETRY_SECONDS,
  });
}

function reused(): AppError {
  return new AppError(
    'idempotency_key_reused',
    'This key came with another request before. Use a new key for a new request.',
    { param: 'Idempotency-Key' },
  );
}
