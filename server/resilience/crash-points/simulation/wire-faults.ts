import { setTimeout as delay } from 'node:timers/promises';
import type { WireRule } from '#testing';
import type { WireFault } from './plan.ts';

/** How long a held answer takes, in milliseconds: longer than the product waits. */
const HELD_MS = 1_300;
const JSON_TYPE = { 'content-type': 'application/json' };

const MEET: Readonly<Record<WireFault, WireRule>> = {
  'cut-before': async () => 'cut',
  'cut-after': async (_, forward) => {
    await forward();
    return 'cut';
  },
  held: async (_, forward) => {
    const answer = await forward();
    await delay(HELD_MS);
    return answer;
  },
  'status-500': async () => ({ status: 500, headers: JSON_TYPE, body: '{"error":{"type":"api_error"}}' }),
  'status-429': async () => ({ status: 429, headers: JSON_TYPE, body: '{"error":{"type":"rate_limit_error"}}' }),
  garbage: async (_, forward) => {
    const answer = await forward();
    return { ...answer, body: answer.body.slice(0, answer.body.length >> 1) };
  },
};

/** A line on which the calls with these numbers, counted from 0, meet their fault; `struck` hears of each. */
export function faultyWire(faults: Readonly<Record<number, WireFault>>, struck: (fault: WireFault) => void): WireRule {
  let calls = 0;
  return (call, forward) => {
    const fault = faults[calls];
    calls += 1;
    if (!fault) return forward();
    struck(fault);
    return MEET[fault](call, forward);
  };
}
