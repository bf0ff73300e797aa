import { nowMs } from '../clock/clock.ts';
import type { Tx } from '../database/store.ts';
import type { Writes } from '../database/writes.ts';
import type { EventDraft } from '../events/event-draft.ts';
import type { Answer } from '../http/answer.ts';
import type { Simulator } from '../simulator.ts';

/** One API call, read but not yet checked against the parameters of its endpoint. */
export interface ApiRequest {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  /** Ids from the path. */
  readonly ids: Readonly<Record<string, string>>;
  /** Parameters from the body of a write or the query of a read. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly idempotencyKey: string | null;
  readonly fingerprint: string;
  /** The connected account that the call is for (`Stripe-Account`); null for the platform itself. */
  readonly account: string | null;
}

/** What a handler decided: the rows, what the merchant is told by webhook, and the answer. Committed as one. */
export interface Decision {
  readonly answer: Answer;
  readonly writes: Writes;
  readonly events: readonly EventDraft[];
}

/** What a handler works with. */
export interface Context {
  readonly simulator: Simulator;
  readonly request: ApiRequest;
  /** Commits a decision together with those of other requests that wait at the same time. */
  commit(decision: Decision): Promise<Answer>;
  /** Reads and locks inside one transaction, then commits the decision in it. */
  transact(work: (tx: Tx) => Promise<Decision>): Promise<Answer>;
}

export type Handler = (context: Context) => Promise<Answer>;

export { nowMs };

/** The simulator's time in Unix seconds. */
export function nowSeconds(): number {
  return Math.floor(nowMs() / 1000);
}
