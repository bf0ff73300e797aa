import { lanePool } from '#db';
import type { PspEvent } from '#psp';
import { applyRefundOutcomes, type RefundReport } from '#refunds';

/**
 * Applies the events that speak of refunds of ours, all in one transaction, which also marks them handled. `giveBack` is called for
 * each that cannot be applied now, also when there is no such refund here: the provider cannot know one that we never made.
 */
export async function applyRefundEvents(
  events: readonly { readonly row: { readonly id: bigint }; readonly event: PspEvent }[],
  giveBack: (inboxId: bigint, error: Error) => Promise<void>,
): Promise<void> {
  const reports = events.flatMap(({ row, event }): (RefundReport & { inboxId: bigint })[] =>
    event.refund
      ? [{ refundId: event.refund.refundId, outcome: event.refund.news, actor: 'webhook', inboxId: row.id }]
      : [],
  );
  if (reports.length === 0) return;
  const results = await applyRefundOutcomes(lanePool(), reports);
  for (const [index, { inboxId }] of reports.entries()) {
    const result = results[index];
    if (result instanceof Error) await giveBack(inboxId, result);
  }
}
