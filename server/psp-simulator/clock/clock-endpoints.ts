import { z } from 'zod';
import { ok } from '../http/answer.ts';
import { parseParameters, wireBoolean, wireInteger } from '../http/form.ts';
import { invalid } from '../http/stripe-error.ts';
import type { Handler } from '../requests/request.ts';
import { clockSetting, nowMs } from './clock.ts';

/** Farthest journey of one call (seconds): every day on the way is lived through. */
const MAX_ADVANCE = 400 * 86_400;

const parameters = z
  .strictObject({
    /** Seconds to go forward. */
    advance: wireInteger.pipe(z.number().min(0).max(MAX_ADVANCE)).optional(),
    /** Unix seconds to go forward to. */
    to: wireInteger.optional(),
    /** Whether the clock then stands; left out: as before. */
    frozen: wireBoolean.optional(),
  })
  .refine(({ advance, to }) => advance === undefined || to === undefined, {
    path: ['to'],
    message: 'give advance or to, not both',
  });

/** `GET /v1/test_helpers/clock`. */
export const showClock: Handler = async () => ok(renderClock());

/**
 * `POST /v1/test_helpers/clock`: moves the simulator's time forward, freezes it, lets it run again. Everything that falls due on
 * the way is done, in the order of its time, before the call answers. Time never goes back: what happened has happened.
 */
export const moveClock: Handler = async (context) => {
  const { advance, to, frozen } = parseParameters(parameters, context.request.input);
  const { agenda } = context.simulator;
  await agenda.travel(context.simulator, () => {
    const now = nowMs();
    const at = to === undefined ? now + (advance ?? 0) * 1_000 : to * 1_000;
    // The second that is now has begun already; asking for it again asks for nothing.
    if (at < Math.floor(now / 1_000) * 1_000) throw invalid('to', 'The clock cannot go back.');
    if (at - now > MAX_ADVANCE * 1_000) throw invalid('to', 'That is too far for one call.');
    return { at: Math.max(at, now), frozen: frozen ?? clockSetting().frozen_at_ms !== null };
  });
  return context.commit({ answer: ok(renderClock()), writes: {}, events: [] });
};

function renderClock() {
  const { offset_ms, frozen_at_ms } = clockSetting();
  return {
    object: 'clock',
    now: Math.floor(nowMs() / 1_000),
    frozen: frozen_at_ms !== null,
    /** Of a running clock; a frozen one falls behind more and more. */
    offset_ms: frozen_at_ms === null ? offset_ms : null,
  };
}
