import { setTimeout as delay } from 'node:timers/promises';
import { quantile } from '../../bench/kit/numbers.ts';
import type { Violation } from '../kit/report.ts';
import { DOORS } from '../kit/topology.ts';
import type { Campaign, CampaignField } from './campaign.ts';
import type { Call } from './history.ts';

/** Payments before the outage and after it, in milliseconds. */
const CALM_MS = 5_000;
const LOOK_MS = 250;
/** From the provider's return until no payment waits for it any more, under load all the time, in milliseconds. */
const DRAINED_WITHIN_MS = 60_000;

interface Seen {
  calls: readonly Call[];
  /** When the provider was back, by the history's clock. */
  backAt: number;
  /** Milliseconds from the beginning of the outage until a door said that it does not call the provider. */
  breakerOpenAfterMs: number | null;
}

/** The provider is killed and comes back after so many seconds; payments go on being accepted, and all of them come to their end. */
export function outageCampaign(seconds: number): Campaign {
  const seen: Seen = { calls: [], backAt: 0, breakerOpenAfterMs: null };
  return {
    name: 'outage',
    callers: 16,
    pauseMs: 700,
    trouble: async (field) => {
      const { topology, tally, load, history, say } = field;
      await delay(CALM_MS);
      await topology.units.psp.kill();
      tally.kills += 1;
      tally.faults.outage = 1;
      const [from, started] = [history.now(), performance.now()];
      say(`the provider is away for ${seconds} s`);
      while (performance.now() - started < seconds * 1_000) {
        if (seen.breakerOpenAfterMs === null && (await breakerIsOpen(field)))
          seen.breakerOpenAfterMs = Math.round(performance.now() - started);
        await delay(LOOK_MS);
      }
      const to = history.now();
      await topology.units.psp.start();
      seen.backAt = history.now();
      seen.calls = load.calls().filter((call) => call.begunAt >= from && call.endedAt <= to);
      await delay(CALM_MS);
      return verdictOn(seen, seconds);
    },
    verdict: ({ endedAt }) => {
      const ms = Math.round(endedAt - seen.backAt);
      if (ms <= DRAINED_WITHIN_MS) return [];
      return [{ what: 'what an outage left behind is worked off within 60 s of its end', detail: `it took ${ms} ms` }];
    },
    figures: ({ evidence, endedAt }) => ({
      ...answersOf(seen.calls),
      ...latencyOf(seen.calls),
      'milliseconds until the breaker was seen open': seen.breakerOpenAfterMs ?? -1,
      "milliseconds from the provider's return until everything had come to its end": Math.round(endedAt - seen.backAt),
      ...Object.fromEntries(
        Object.entries(Object.groupBy(evidence.books.orders, (order) => order.state)).map(([state, orders]) => [
          `orders that ended as ${state}`,
          orders?.length ?? 0,
        ]),
      ),
      'dead letters': evidence.books.deadLetters.length,
    }),
  };
}

function verdictOn({ calls, breakerOpenAfterMs }: Seen, seconds: number): Violation[] {
  const what = 'payments are taken while the provider is away';
  const bad = calls.filter((call) => call.verdict !== 'ok');
  return [
    ...bad.map(({ body, status, reason }) => ({
      what,
      detail: `${body.checkout_id} was answered with ${status} ${reason}`,
    })),
    ...(calls.length === 0 ? [{ what, detail: `no payment was answered in ${seconds} s` }] : []),
    ...(breakerOpenAfterMs === null ? [{ what: 'an outage is seen', detail: 'no breaker opened' }] : []),
  ];
}

async function breakerIsOpen({ topology }: CampaignField): Promise<boolean> {
  const looks = DOORS.map(async (door) => {
    const response = await fetch(`${topology.directUrlOf(door)}/api/health/ready`);
    const { checks } = (await response.json()) as { checks: { psp: { status: string } } };
    return checks.psp.status === 'fail';
  });
  return (await Promise.all(looks.map((look) => look.catch(() => false)))).includes(true);
}

function answersOf(calls: readonly Call[]): Record<string, number> {
  const groups = Map.groupBy(calls, (call) => `answers during the outage: ${call.status ?? call.reason}`);
  return Object.fromEntries([...groups].map(([name, list]) => [name, list.length]));
}

function latencyOf(calls: readonly Call[]): Record<string, number> {
  const sorted = Float64Array.from(calls, (call) => call.endedAt - call.begunAt).sort();
  return Object.fromEntries(
    [0.5, 0.99].map((share) => [
      `milliseconds to an answer during the outage, p${share * 100}`,
      Math.round(quantile(sorted, share)),
    ]),
  );
}
