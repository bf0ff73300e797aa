import { columns, type Statement } from '#db';

/** A webhook that is done when the transaction it is written in is. */
export interface HandledWebhook {
  readonly inboxId: bigint;
  /** Null when it is about no attempt. */
  readonly attemptId: string | null;
  /** What became of it, in a word. */
  readonly verdict: string;
}

/** Marks webhooks as handled, in the transaction of their effect. */
export function inboxHandled(handled: readonly HandledWebhook[]): Statement[] {
  if (handled.length === 0) return [];
  return [
    {
      name: 'inbox-handled',
      text: `update webhook_inbox i set state = 'handled', verdict = done.verdict, attempt_id = done.attempt_id, handled_at = now()
             from unnest($1::bigint[], $2::text[], $3::text[]) done (id, verdict, attempt_id)
             where i.id = done.id and i.state = 'received'`,
      values: columns(
        handled,
        (row) => row.inboxId,
        (row) => row.verdict,
        (row) => row.attemptId,
      ),
    },
  ];
}
