import { newId } from '#kernel';
import type { FaultRow } from '../database/rows.ts';
import { nowSeconds } from '../requests/request.ts';
import type { FaultKind, FaultParameters } from './fault-kinds.ts';

interface Wish extends FaultParameters {
  readonly kind: FaultKind;
  readonly match?: string;
  readonly count?: number;
  readonly rate?: number;
}

/** A fault that is on from now. */
export function newFault({ kind, match, count, rate = 1, ms, copies }: Wish): FaultRow {
  return {
    id: newId('flt'),
    created: nowSeconds(),
    kind,
    match: match ?? null,
    params: { ...(ms && { ms }), ...(copies && { copies }) },
    count: count ?? null,
    rate,
    cleared: false,
  };
}
