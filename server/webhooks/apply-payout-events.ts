import { lanePool } from '#db';
import { applyPayoutOutcomes, type PayoutReport } from '#payouts';
import type { PspEvent } from '#psp';

/**
 * Applies the events that speak of payouts to sellers, all in one transaction, which also marks them handled. `giveBack` is called for
 * each that cannot be applied now, also when there is no such payout here: the provider cannot know one that we never made.
 */
export async function applyPayoutEvents(
  events: readonly { readonly row: { readonly id: bigint }; readonly event: PspEvent }[],
  giveBack: (inboxId: bigint, error: Error) => Promise<void>,
): Promise<void> {
  const reports = events.flatMap(({ row, event }): (PayoutReport & { inboxId: bigint })[] =>
    event.payout
      ? [{ payoutId: event.payout.payoutId, outcome: event.payout.news, actor: 'webhook', inboxId: row.id }]
      : [],
  );
  if (reports.length === 0) return;
  const results = await applyPayoutOutcomes(lanePool(), reports);
  for (const [index, { inboxId }] of reports.entries()) {
    const result = results[index];
    if (result instanceof Error) await giveBack(inboxId, result);
  }
}
