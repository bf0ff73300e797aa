import { lanePool } from '#db';
import { applyDisputeNews, type DisputeReport } from '#disputes';
import type { PspEvent } from '#psp';

/**
 * Applies the events that speak of disputes, all in one transaction, which also marks them handled. `giveBack` is called for each
 * that cannot be applied now, also when its payment is not here yet: a dispute may be told of before the charge is.
 */
export async function applyDisputeEvents(
  events: readonly { readonly row: { readonly id: bigint }; readonly event: PspEvent }[],
  giveBack: (inboxId: bigint, error: Error) => Promise<void>,
): Promise<void> {
  const reports = events.flatMap(({ row, event }): (DisputeReport & { inboxId: bigint })[] =>
    event.dispute ? [{ facts: event.dispute, actor: 'webhook', inboxId: row.id }] : [],
  );
  if (reports.length === 0) return;
  const results = await applyDisputeNews(lanePool(), reports);
  for (const [index, { inboxId }] of reports.entries()) {
    const result = results[index];
    if (result instanceof Error) await giveBack(inboxId, result);
  }
}
