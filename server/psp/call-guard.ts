import { BulkheadRejectedError, bulkhead } from 'cockatiel';
import type { AnyOutcome } from './any-outcome.ts';
import { createBreaker } from './breaker.ts';
import type { Outcome } from './outcome.ts';
import type { Occasion, PspHealth, Room } from './port.ts';
import { pspMetrics } from './psp-metrics.ts';
import { RetryBudget } from './retry-budget.ts';

/** Calls under way at once, as many as there are connections. */
export const MAX_CALLS = 128;
/** Calls that wait behind them: two rounds, so that a wait and a call together stay below the worker's lease. */
const MAX_QUEUED_CALLS = 256;

/** What is being called, as metrics name it, and why. */
export interface GuardedCall {
  readonly verb: string;
  readonly occasion: Occasion;
}

/** Retries that a call is paid for with. */
const COST: Readonly<Record<Occasion, number>> = { first: 0, retry: 1, look: 2, repeat: 0 };

export interface CallGuard {
  /** Makes a call unless something forbids it now; then nothing was sent, and the answer says so. */
  run<Known extends AnyOutcome>(call: GuardedCall, work: () => Promise<Known>): Promise<Known | NotStarted>;
  /** A look had its answer: no repeat follows. */
  giveBackRepeat(): void;
  breaker(): Pick<PspHealth, 'breaker' | 'since'>;
  room(): Room;
}

type NotStarted = Extract<Outcome, { kind: 'not_started' }>;
type PutOff = 'breaker_open' | 'bulkhead_full' | 'retry_budget_empty';

/**
 * Everything that stands between us and a PSP in trouble: the bulkhead bounds the calls under way, so that a slow PSP takes no
 * more of this process than that; the breaker leaves a silent one alone; the budget keeps retries from becoming the load.
 */
export function createCallGuard(): CallGuard {
  const metrics = pspMetrics();
  const lanes = bulkhead(MAX_CALLS, MAX_QUEUED_CALLS);
  const budget = new RetryBudget();
  const breaker = createBreaker((state) => {
    metrics.breakerState.set(GAUGE[state]);
    metrics.breakerChanges.inc({ to: state });
  });

  function putOff({ verb }: GuardedCall, reason: PutOff): NotStarted {
    metrics.putOff.inc({ verb, reason });
    return { kind: 'not_started', reason, retryAfterSeconds: null, countsAsTry: false };
  }

  async function send<Known extends AnyOutcome>(
    call: GuardedCall,
    work: () => Promise<Known>,
  ): Promise<Known | NotStarted> {
    const outcome = await breaker.run(async () => {
      if (call.occasion === 'first') budget.earn();
      else metrics.retries.inc();
      const stop = metrics.duration.startTimer({ verb: call.verb });
      const answer = await work();
      stop();
      metrics.calls.inc({ verb: call.verb, outcome: nameOf(answer) });
      return answer;
    });
    return outcome ?? putOff(call, 'breaker_open');
  }

  function watchBulkhead(): void {
    metrics.executing.set(MAX_CALLS - lanes.executionSlots);
    metrics.queued.set(MAX_QUEUED_CALLS - lanes.queueSlots);
  }

  return {
    async run(call, work) {
      if (breaker.admits() === 0) return putOff(call, 'breaker_open');
      if (!budget.spend(COST[call.occasion])) return putOff(call, 'retry_budget_empty');
      try {
        const answer = lanes.execute(() => {
          watchBulkhead();
          return send(call, work);
        });
        watchBulkhead();
        return await answer;
      } catch (error) {
        if (error instanceof BulkheadRejectedError) return putOff(call, 'bulkhead_full');
        throw error;
      } finally {
        watchBulkhead();
      }
    },
    giveBackRepeat: () => budget.giveBack(),
    breaker: () => ({ breaker: breaker.state(), since: breaker.since() }),
    room: () => ({
      calls: Math.min(breaker.admits(), lanes.executionSlots + lanes.queueSlots),
      looks: Math.floor(budget.left / COST.look),
    }),
  };
}

const GAUGE: Readonly<Record<PspHealth['breaker'], number>> = { closed: 0, 'half-open': 1, open: 2 };

/** An enquiry's definite "never seen" travels as an unknown outcome with that reason. */
function nameOf(outcome: AnyOutcome): string {
  return outcome.kind === 'unknown' && outcome.reason === 'absent' ? 'absent' : outcome.kind;
}
