import { setTimeout as wait } from 'node:timers/promises';
import { newId } from '#kernel';
import type { EventRow, FaultJournalRow, FaultRow } from '../database/rows.ts';
import type { Store } from '../database/store.ts';
import { type Answer, Disconnect } from '../http/answer.ts';
import { errorBody, StripeError } from '../http/stripe-error.ts';
import { type ApiRequest, nowSeconds } from '../requests/request.ts';
import { drawShare } from './draw.ts';
import { FAULT_KINDS, type FaultStage } from './fault-kinds.ts';

export interface FaultSettings {
  readonly seed: string;
  readonly latencyMs: number;
  readonly answerLostRate: number;
}

export interface EventFate {
  /** 0: never sent. */
  readonly copies: number;
  readonly delayMs: number;
  /** Sent besides, wrong on purpose. */
  readonly flaws: readonly ('forged' | 'stale')[];
}

export interface FaultDesk {
  /** Waits, or throws what the caller shall meet instead of an execution. Journaled first. */
  before(request: ApiRequest): Promise<void>;
  /** Turns the answer of an executed write into what the caller shall meet. */
  after(request: ApiRequest, answer: Answer): Promise<Answer>;
  /** What happens to an event on its way; the journal rows belong into the event's own transaction. */
  fateOfEvent(event: EventRow): { fate: EventFate; journal: readonly FaultJournalRow[] };
  /** What is to go wrong with something else than a call or an event; the journal rows belong into its own transaction. */
  strikeThing(stage: FaultStage, subject: string): { struck: readonly FaultRow[]; journal: readonly FaultJournalRow[] };
  /** Whether a refund will fail later; the journal rows belong into the refund's own transaction. */
  fateOfRefund(request: ApiRequest): { fails: boolean; journal: readonly FaultJournalRow[] };
  add(fault: FaultRow): void;
  clear(id: string): void;
  /** Ends all but what the settings ask for, also one whose end was written down and got lost on the way here. */
  clearAll(): void;
  hitsOf(id: string): number;
}

const SPARED_PATHS = '/v1/test_helpers';
const FROM_ENVIRONMENT = 'env_answer_lost';
const UNTOUCHED = { fate: { copies: 1, delayMs: 0, flaws: [] }, journal: [] };
/** Longest wait of an event that others overtake, unless the fault says otherwise. */
const REORDER_MS = 2_000;

/** Loads the faults that are still on, with the hits they had before a restart. */
export async function openFaultDesk(store: Store, settings: FaultSettings): Promise<FaultDesk> {
  const faults = await store.rows<FaultRow>('active_faults', 'select * from faults where not cleared order by id', []);
  const counted = await store.rows<{ fault: string; hits: number }>(
    'fault_hits',
    'select fault, count(*) as hits from fault_journal where fault = any($1) group by fault',
    [faults.map((fault) => fault.id)],
  );
  const hits = new Map(counted.map((row) => [row.fault, row.hits]));
  const active = new Map(faults.map((fault) => [fault.id, fault]));
  if (settings.answerLostRate > 0) active.set(FROM_ENVIRONMENT, fromEnvironment(settings.answerLostRate));
  let draws = 0;

  /** The faults that hit now; each hit counts at once, so that a count is never exceeded. */
  function strike(stage: FaultStage, subject: string): FaultRow[] {
    if (active.size === 0) return [];
    const struck: FaultRow[] = [];
    for (const fault of active.values()) {
      const had = hits.get(fault.id) ?? 0;
      if (FAULT_KINDS[fault.kind].stage !== stage || !subject.startsWith(fault.match ?? '')) continue;
      if (fault.count !== null && had >= fault.count) continue;
      if (fault.rate < 1 && drawShare(settings.seed, fault.kind, fault.match ?? '', draws++) >= fault.rate) continue;
      hits.set(fault.id, had + 1);
      struck.push(fault);
    }
    return struck;
  }

  async function strikeRequest(stage: FaultStage, request: ApiRequest): Promise<FaultRow[]> {
    if (request.path.startsWith(SPARED_PATHS)) return [];
    const struck = strike(stage, request.path);
    if (struck.length > 0) {
      await store.commit({ fault_journal: struck.map((fault) => journalRow(fault, request.path, request)) });
    }
    return struck;
  }

  return {
    async before(request) {
      if (settings.latencyMs > 0 && !request.path.startsWith(SPARED_PATHS)) await wait(settings.latencyMs);
      for (const fault of await strikeRequest('before', request)) await meetBefore(fault);
    },
    async after(request, answer) {
      let met = answer;
      for (const fault of await strikeRequest('after', request)) met = await meetAfter(fault, met);
      return met;
    },
    fateOfEvent(event) {
      const struck = strike('event', event.type);
      if (struck.length === 0) return UNTOUCHED;
      return {
        fate: fateOf(struck, ({ id, kind }) => drawShare(settings.seed, kind, event.type, hits.get(id) ?? 0)),
        journal: struck.map((fault) => journalRow(fault, `${event.type} ${event.id}`)),
      };
    },
    fateOfRefund(request) {
      const struck = strike('refund', request.path);
      return { fails: struck.length > 0, journal: struck.map((fault) => journalRow(fault, request.path, request)) };
    },
    strikeThing(stage, subject) {
      const struck = strike(stage, subject);
      return { struck, journal: struck.map((fault) => journalRow(fault, subject)) };
    },
    add: (fault) => active.set(fault.id, fault),
    clear: (id) => active.delete(id),
    clearAll: () => {
      for (const { id } of active.values()) if (id !== FROM_ENVIRONMENT) active.delete(id);
    },
    hitsOf: (id) => hits.get(id) ?? 0,
  };
}

async function meetBefore({ kind, params }: FaultRow): Promise<void> {
  if (kind === 'latency_ms') await wait(params.ms ?? 0);
  if (kind === 'outage' || kind === 'connection_reset') throw new Disconnect(kind);
  if (kind === 'status_429') throw rateLimited();
  if (kind === 'status_500') throw serverError();
}

async function meetAfter({ kind, params }: FaultRow, answer: Answer): Promise<Answer> {
  if (kind === 'late_answer_ms') await wait(params.ms ?? 0);
  if (kind === 'answer_lost') return { ...answer, lost: true };
  if (kind === 'answer_500') return { status: 500, body: JSON.stringify(errorBody('api_error', SERVER_ERROR)) };
  if (kind === 'answer_garbage') return { ...answer, body: answer.body.slice(0, answer.body.length / 2) };
  if (kind === 'answer_wrong_amount') return { ...answer, body: withWrongAmount(answer.body) };
  return answer;
}

/** One minor unit more: what an intent says it received, what a refund says it gave back. Other answers stay as they are. */
function withWrongAmount(body: string): string {
  const object = JSON.parse(body) as Record<string, unknown>;
  const field = object.object === 'refund' ? 'amount' : 'amount_received';
  const amount = object[field];
  return typeof amount === 'number' && amount > 0 ? JSON.stringify({ ...object, [field]: amount + 1 }) : body;
}

const SERVER_ERROR = 'An error occurred with our connection to the card network. (simulated fault)';

export function serverError(): StripeError {
  return new StripeError(500, 'api_error', SERVER_ERROR);
}

export function rateLimited(): StripeError {
  return new StripeError(429, 'rate_limit_error', 'Too many requests. (simulated fault)', { code: 'rate_limit' });
}

/** `share` draws for a fault what the seed says about this hit. */
function fateOf(struck: readonly FaultRow[], share: (fault: FaultRow) => number): EventFate {
  let fate: EventFate = UNTOUCHED.fate;
  for (const fault of struck) {
    const { kind, params } = fault;
    if (kind === 'webhook_drop') return { copies: 0, delayMs: 0, flaws: [] };
    if (kind === 'webhook_forge') fate = { ...fate, flaws: [...fate.flaws, 'forged'] };
    if (kind === 'webhook_replay') fate = { ...fate, flaws: [...fate.flaws, 'stale'] };
    if (kind === 'webhook_reorder') fate = { ...fate, delayMs: Math.floor(share(fault) * (params.ms ?? REORDER_MS)) };
    if (kind === 'webhook_double') fate = { ...fate, copies: params.copies ?? 2 };
    if (kind === 'webhook_delay') fate = { ...fate, delayMs: params.ms ?? 0 };
  }
  return fate;
}

/** One line of the journal of everything done wrong on purpose; `fault` is absent for what a test card asked for. */
export function journalRow(
  fault: Pick<FaultRow, 'id' | 'params'> & { readonly kind: string },
  subject: string,
  request?: ApiRequest,
): FaultJournalRow {
  return {
    id: newId('flj'),
    created: nowSeconds(),
    fault: fault.id,
    kind: fault.kind,
    subject,
    idempotency_key: request?.idempotencyKey ?? null,
    detail: { ...fault.params, request: request?.id },
  };
}

function fromEnvironment(rate: number): FaultRow {
  return {
    id: FROM_ENVIRONMENT,
    created: nowSeconds(),
    kind: 'answer_lost',
    match: '/v1/payment_intents',
    params: {},
    count: null,
    rate,
    cleared: false,
  };
}
