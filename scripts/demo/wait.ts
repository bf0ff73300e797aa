import { setTimeout as delay } from 'node:timers/promises';
import type { Run } from './run.ts';

/** How long the worker, or a simulated bank that thinks for seconds, may take, in milliseconds. */
const DEADLINE_MS = 60_000;
const POLL_MS = 200;

/** Reads again until it is so, or for so long; answers what was read last. */
export async function until<Read>(read: () => Promise<Read>, isSo: (one: Read) => boolean): Promise<Read> {
  for (const deadline = performance.now() + DEADLINE_MS; ; await delay(POLL_MS)) {
    const value = await read();
    if (isSo(value) || performance.now() > deadline) return value;
  }
}

export async function claimBalanced({ api, report }: Run): Promise<void> {
  const { body } = await api.get<{ balanced: boolean }>('/ledger/balance');
  report.claim(body.balanced, 'and the trial balance is zero');
}
