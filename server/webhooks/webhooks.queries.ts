import { pool, run } from '#db';

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
