import type { Topology } from '../kit/topology.ts';
import { auditSnapshot, readBooks } from './books.ts';
import { whatIsNotReady, whatLeaks } from './converge.ts';
import type { Evidence } from './evidence.ts';
import type { History } from './history.ts';
import type { Plan } from './plan.ts';
import { callProvider } from './provider.ts';
import { readProviderBooks } from './provider-books.ts';

/** The provider adds up its books from the first entry on; after a long campaign these are many. */
const AUDIT_TIMEOUT_MS = 300_000;

/** Gathers everything a verdict is based on, past the lines, when nothing moves any more. */
export async function collect(
  { plan, topology, history }: { readonly plan: Plan; readonly topology: Topology; readonly history: History },
  found: Pick<Evidence, 'broken' | 'unsettled' | 'settled'>,
): Promise<Evidence> {
  const notReady = await whatIsNotReady(topology);
  const leaks = await whatLeaks(topology);
  const books = await readBooks(topology);
  const { body: providerAudit } = await callProvider(
    topology.providerUrl,
    'GET',
    'test_helpers/audit',
    undefined,
    AUDIT_TIMEOUT_MS,
  );
  return {
    plan,
    calls: history.calls,
    books,
    journal: await topology.desk.charges(),
    refundJournal: await topology.desk.refunds(),
    provider: await readProviderBooks(topology),
    providerAudit,
    broken: [...found.broken, ...(await auditSnapshot(topology.owner, 'all'))],
    unsettled: found.unsettled,
    settled: found.settled,
    notReady,
    leaks,
    accidents: Object.values(topology.units).flatMap((unit) => unit.accidents),
    logs: topology.logs.findings(),
  };
}
