import { pool, run } from '#db';
import { CAUSES_HOLDING_MONEY } from '#payments';
import { SECOND_REFUND } from '#refunds';

/** A webhook as it came in, and what became of it. */
export interface InboxView {
  readonly id: string;
  readonly eventId: string;
  readonly type: string;
  readonly state: 'received' | 'handled' | 'dead';
  /** In a word: applied, unchanged (it came twice or too late), … */
  readonly verdict: string | null;
  readonly tries: number;
  readonly attemptId: string | null;
  readonly receivedAt: Date;
  readonly handledAt: Date | null;
}

/** Webhooks shown with one payment; one that got more is a subject for the log. */
const MAX_PER_PAYMENT = 100;

/** The webhooks that were about these attempts, oldest first. */
export async function listWebhooksOf(attemptIds: readonly string[]): Promise<InboxView[]> {
  const rows = await run<{
    id: bigint;
    event_id: string;
    type: string;
    state: InboxView['state'];
    verdict: string | null;
    tries: number;
    attempt_id: string | null;
    received_at: Date;
    handled_at: Date | null;
  }>(pool(), {
    name: 'webhooks-of-attempts',
    text: `select id, event_id, type, state, verdict, tries, attempt_id, received_at, handled_at from webhook_inbox
           where attempt_id = any($1::text[]) order by id limit $2`,
    values: [attemptIds, MAX_PER_PAYMENT],
  });
  return rows.map((row) => ({
    id: row.id.toString(),
    eventId: row.event_id,
    type: row.type,
    state: row.state,
    verdict: row.verdict,
    tries: row.tries,
    attemptId: row.attempt_id,
    receivedAt: row.received_at,
    handledAt: row.handled_at,
  }));
}

/** How far the inbox is behind. */
export interface InboxHealth {
  readonly waiting: number;
  readonly oldestAt: Date | null;
}

export async function inboxHealth(): Promise<InboxHealth> {
  const [row] = await run<{ waiting: number; oldest: Date | null }>(pool(), {
    name: 'inbox-health',
    text: `select count(*)::int as waiting, min(received_at) as oldest from webhook_inbox where state = 'received'`,
  });
  return { waiting: row?.waiting ?? 0, oldestAt: row?.oldest ?? null };
}

/** Work that gave up and waits for a person. */
export interface DeadLetterView {
  readonly id: string;
  readonly kind: 'attempt' | 'webhook' | 'refund';
  readonly subjectId: string;
  readonly cause: string;
  readonly tries: number;
  readonly createdAt: Date;
  /** The payment it belongs to, if it belongs to one. */
  readonly checkoutId: string | null;
  /** What a person can do about it: have it tried again, close it with a reason, or nothing until its money has moved. */
  readonly wayOut: 'try_again' | 'close' | 'refund';
}

/** Dead letters on one page, newest first. */
const MAX_DEAD_LETTERS = 100;

/** The open dead letters, newest first, at most 100, and how many there are in all. */
export async function listDeadLetters(): Promise<{ readonly rows: readonly DeadLetterView[]; readonly total: number }> {
  const rows = await run<{
    id: bigint;
    kind: DeadLetterView['kind'];
    subject_id: string;
    cause: string;
    tries: number;
    created_at: Date;
    checkout_id: string | null;
    finished: boolean;
    total: number;
  }>(pool(), {
    name: 'dead-letters',
    text: `select d.id, d.kind, d.subject_id, d.cause, d.tries, d.created_at, a.checkout_id, a.finished_at is not null as finished, count(*) over ()::int as total
           from dead_letters d left join refunds r on d.kind = 'refund' and r.id = d.subject_id
           left join payment_attempts a on a.id = case d.kind when 'attempt' then d.subject_id else r.attempt_id end
           where d.resolved_at is null order by d.id desc limit $1`,
    values: [MAX_DEAD_LETTERS],
  });
  return {
    total: rows[0]?.total ?? 0,
    rows: rows.map((row) => ({
      id: row.id.toString(),
      kind: row.kind,
      subjectId: row.subject_id,
      cause: row.cause,
      tries: row.tries,
      createdAt: row.created_at,
      checkoutId: row.checkout_id,
      wayOut: wayOutOf(row),
    })),
  };
}

/**
 * An attempt still open can be asked about; a definite one is closed with a reason, unless money hangs on it. A refund is asked about
 * or made again, but one that is none of ours is only looked into.
 */
function wayOutOf(letter: Pick<DeadLetterView, 'kind' | 'cause'> & { finished: boolean }): DeadLetterView['wayOut'] {
  const { kind, cause, finished } = letter;
  if (kind === 'refund') return cause === SECOND_REFUND ? 'close' : 'try_again';
  if (!finished) return 'try_again';
  return CAUSES_HOLDING_MONEY.includes(cause) ? 'refund' : 'close';
}
