import { z } from 'zod';
import { wireInteger } from '../http/form.ts';

/** What can be made to go wrong at run time, and where: before a call is executed, after its commit, or with an event. */
export const FAULT_KINDS = {
  outage: { stage: 'before', does: 'cuts every API connection; nothing is done' },
  connection_reset: { stage: 'before', does: 'cuts the connection; nothing is done' },
  status_429: { stage: 'before', does: 'answers 429 with Retry-After; nothing is done' },
  status_500: { stage: 'before', does: 'answers 500; nothing is done' },
  latency_ms: { stage: 'before', does: 'waits `ms` before the call is executed' },
  late_answer_ms: { stage: 'after', does: 'executes the call, then waits `ms` before it answers' },
  answer_lost: { stage: 'after', does: 'executes the call, then cuts the connection' },
  answer_500: { stage: 'after', does: 'executes the call, then answers 500; the same key replays the true answer' },
  answer_garbage: { stage: 'after', does: 'executes the call, then answers half of a JSON document' },
  answer_wrong_amount: {
    stage: 'after',
    does: 'executes the call, then answers one minor unit more than was moved; asking again tells the truth',
  },
  payout_failed: { stage: 'payout', does: 'lets a payout fail on its way to the bank: `could_not_process`' },
  payout_returned: { stage: 'payout', does: 'lets a payout be paid, and sent back a business day later' },
  file_missing: { stage: 'file', does: 'answers 404 instead of the file' },
  file_twice: { stage: 'file', does: 'writes the whole file twice' },
  file_truncated: { stage: 'file', does: 'ends the file in the middle of its last row, without the control row' },
  file_one_cent_off: { stage: 'file', does: 'shows one minor unit more in the first row' },
  file_unknown_row: { stage: 'file', does: 'adds a row about something that never was' },
  file_row_missing: { stage: 'file', does: 'leaves the first row out' },
  webhook_drop: { stage: 'event', does: 'never sends the event' },
  webhook_double: { stage: 'event', does: 'sends the event `copies` times (default 2)' },
  webhook_delay: { stage: 'event', does: 'sends the event `ms` later' },
} as const;

export type FaultKind = keyof typeof FAULT_KINDS;
export type FaultStage = (typeof FAULT_KINDS)[FaultKind]['stage'];

export interface FaultParameters {
  readonly ms?: number;
  readonly copies?: number;
}

const MAX_WAIT_MS = 600_000;

export const faultSchema = z
  .strictObject({
    kind: z.enum(Object.keys(FAULT_KINDS) as [FaultKind, ...FaultKind[]]),
    /** Start of the path (or of the event type) that the fault is for; default: every API call (or event). */
    match: z.string().max(200).optional(),
    /** Stop after so many hits; default: until cleared. */
    count: wireInteger.pipe(z.number().min(1)).optional(),
    /** Share of the calls that are hit, drawn from PSP_SEED; default: all. */
    rate: z.coerce.number().gt(0).max(1).default(1),
    ms: wireInteger.pipe(z.number().min(1).max(MAX_WAIT_MS)).optional(),
    copies: wireInteger.pipe(z.number().min(2).max(50)).optional(),
  })
  .refine(
    (fault) => fault.ms !== undefined || !['latency_ms', 'late_answer_ms', 'webhook_delay'].includes(fault.kind),
    {
      path: ['ms'],
      message: 'is required for this kind',
    },
  );
