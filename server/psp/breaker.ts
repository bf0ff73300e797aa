import { BrokenCircuitError, CircuitState, circuitBreaker, handleWhenResult, SamplingBreaker } from 'cockatiel';
import type { Outcome } from './outcome.ts';
import type { PspHealth } from './port.ts';
import type { RefundOutcome } from './refund-outcome.ts';

/** Share of calls with an unknown outcome at which the breaker opens. */
const FAILURE_THRESHOLD = 0.5;
/** Window in which calls are counted, in milliseconds. */
const WINDOW_MS = 10_000;
/** Calls per second below which nothing can be concluded. */
const MINIMUM_RPS = 1;
/** How long the breaker stays open before one probe is let through, in milliseconds. */
const HALF_OPEN_AFTER_MS = 3_000;

type NotStarted = Extract<Outcome, { kind: 'not_started' }>;

export interface Breaker {
  run<Known extends Outcome | RefundOutcome>(work: () => Promise<Known>): Promise<Known | NotStarted>;
  state(): PspHealth['breaker'];
}

/** Stops calling a PSP that does not answer. Declines are answers; only silence and refused connections count against it. */
export function createBreaker(): Breaker {
  const policy = circuitBreaker(
    handleWhenResult((result) => isTrouble(result as Outcome | RefundOutcome)),
    {
      halfOpenAfter: HALF_OPEN_AFTER_MS,
      breaker: new SamplingBreaker({ threshold: FAILURE_THRESHOLD, duration: WINDOW_MS, minimumRps: MINIMUM_RPS }),
    },
  );
  return {
    async run(work) {
      try {
        return await policy.execute(work);
      } catch (error) {
        if (error instanceof BrokenCircuitError) {
          return {
            kind: 'not_started',
            reason: 'breaker_open',
            retryAfterSeconds: HALF_OPEN_AFTER_MS / 1_000,
            countsAsTry: false,
          };
        }
        throw error;
      }
    },
    state: () => STATES[policy.state],
  };
}

/** Outcomes that are open although the provider answered in full: it never saw the attempt, or is still working on it. */
const ANSWERED = new Set(['absent', 'http_409']);

function isTrouble(outcome: Outcome | RefundOutcome): boolean {
  if (outcome.kind === 'unknown') return !ANSWERED.has(outcome.reason);
  return outcome.kind === 'not_started' && outcome.reason !== 'rate_limited';
}

const STATES: Readonly<Record<CircuitState, PspHealth['breaker']>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
};
