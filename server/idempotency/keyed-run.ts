import { RowCountError, type Statement } from '#db';
import { secretId } from '#kernel';
import type { Claim } from './key-rows.ts';

/** What a use case knows of the keyed request it serves, so that another process can go on where one died. */
export interface KeyedRun {
  /** What an earlier process made for this request and committed before it died; it must not be made again. Null: nothing. */
  readonly subjectId: string | null;
  /** An id for the one thing of its kind that this request makes: the same in every process that runs it, and guessed by nobody. */
  newId(prefix: string): string;
  /**
   * Records what was made, in the transaction that makes it. That transaction is refused when another process has taken this
   * request over meanwhile, so a process that slept past its lease and wakes up makes nothing.
   */
  reach(subjectId: string): readonly Statement[];
}

/** A request without a key: nothing is read or written for it, and every run is a new one. */
export const UNKEYED: KeyedRun = { subjectId: null, newId: secretId, reach: () => [] };

const REACH = 'idempotency-reach';

export function runOf({ principal, route, key, lease, runId, subjectId }: Claim): KeyedRun {
  return {
    subjectId,
    newId: (prefix) => `${prefix}_${runId.replaceAll('-', '')}`,
    reach: (made) => [
      {
        name: REACH,
        text: `update idempotency_keys set recovery_point = 'accepted', subject_id = $5
               where principal = $1 and route = $2 and key = $3 and locked_until = $4::timestamptz and recovery_point <> 'finished'`,
        values: [principal, route, key, lease, made],
        expectRows: 1,
      },
    ],
  };
}

/** Whether an effect was refused because another process has taken its request over. */
export function isOvertaken(error: unknown): boolean {
  return error instanceof RowCountError && error.statement === REACH;
}
