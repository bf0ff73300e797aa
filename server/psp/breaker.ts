import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhenResult,
  type IBreaker,
  SamplingBreaker,
} from 'cockatiel';
import { databaseTime } from '#db';
import type { AnyOutcome } from './any-outcome.ts';
import type { PspHealth } from './port.ts';

/** Share of calls without an answer at which the breaker opens. */
const FAILURE_THRESHOLD = 0.5;
/** Window in which calls are counted, in milliseconds. It moves on with calls, second by second: seconds without a call do not pass in it. */
const WINDOW_MS = 10_000;
/** Calls per second below which a share says nothing. */
const MINIMUM_RPS = 1;
/** Calls in a row without an answer at which the breaker opens however few they are: more than one payment makes with all its retries. */
const CONSECUTIVE_FAILURES = 8;
/** How long the breaker stays open before one probe is let through, in milliseconds. */
const HALF_OPEN_AFTER_MS = 3_000;

export interface Breaker {
  /** Makes a call; null when the breaker does not let it through. */
  run<Known extends AnyOutcome>(work: () => Promise<Known>): Promise<Known | null>;
  state(): PspHealth['breaker'];
  /** Since when it has been closed, or has not been. */
  since(): Date;
  /** How many calls it would let through now: all, one as a probe, or none. */
  admits(): number;
}

/**
 * Stops calling a PSP that does not answer. Declines are answers; only silence and refused connections count against it. Who
 * comes while a probe is under way is refused at once: nobody is held until the probe has its answer.
 */
export function createBreaker(onChange: (state: PspHealth['breaker']) => void = () => undefined): Breaker {
  const policy = circuitBreaker(
    handleWhenResult((result) => isTrouble(result as AnyOutcome)),
    { halfOpenAfter: HALF_OPEN_AFTER_MS, breaker: opensAtEither() },
  );
  // By the clock that the policy itself goes by.
  let changedAt = Date.now();
  let since = databaseTime();
  let wasClosed = true;
  policy.onStateChange((state) => {
    changedAt = Date.now();
    const isClosed = state === CircuitState.Closed;
    if (isClosed !== wasClosed) since = databaseTime();
    wasClosed = isClosed;
    onChange(STATES[state]);
  });

  function admits(): number {
    if (policy.state === CircuitState.Closed) return Number.POSITIVE_INFINITY;
    return policy.state === CircuitState.Open && Date.now() - changedAt >= HALF_OPEN_AFTER_MS ? 1 : 0;
  }

  return {
    async run(work) {
      if (admits() === 0) return null;
      try {
        return await policy.execute(work);
      } catch (error) {
        if (error instanceof BrokenCircuitError) return null;
        throw error;
      }
    },
    state: () => (policy.state === CircuitState.Open && admits() > 0 ? 'half-open' : STATES[policy.state]),
    since: () => since,
    admits,
  };
}

/** Under load the share of failures tells; with a call now and then, failures in a row do. */
function opensAtEither(): IBreaker {
  const share = new SamplingBreaker({ threshold: FAILURE_THRESHOLD, duration: WINDOW_MS, minimumRps: MINIMUM_RPS });
  const row = new ConsecutiveBreaker(CONSECUTIVE_FAILURES);
  return {
    state: null,
    success(state) {
      share.success(state);
      row.success();
    },
    failure(state) {
      const [byShare, byRow] = [share.failure(state), row.failure()];
      return byShare || byRow;
    },
  };
}

/** Reasons of unknown outcomes that are open although the provider answered in full: it never saw the attempt, or is still working on it. */
export const ANSWERED: ReadonlySet<string> = new Set(['absent', 'http_409']);

/** Begins the reason of an outcome that is open because the provider refused the question, by a full answer. */
const REFUSED_TO_SAY = 'not_told:';

function isTrouble(outcome: AnyOutcome): boolean {
  if (outcome.kind === 'unknown') return !ANSWERED.has(outcome.reason) && !outcome.reason.startsWith(REFUSED_TO_SAY);
  return outcome.kind === 'not_started' && outcome.reason !== 'rate_limited';
}

const STATES: Readonly<Record<CircuitState, PspHealth['breaker']>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
};
