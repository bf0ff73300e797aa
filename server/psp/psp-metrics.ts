import { Counter, Gauge, Histogram } from 'prom-client';
import { singleton } from '#kernel';
import { metrics } from '#observability';

/** Upper bounds in seconds: an answer takes milliseconds, silence ends with the time-out. */
const CALL_BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** What the process tells about its calls to the PSP. Labels are words of this code, never ids. */
export function pspMetrics() {
  return singleton('psp.metrics', () => {
    const registers = [metrics()];
    return {
      breakerState: new Gauge({
        name: 'psp_breaker_state',
        help: 'Breaker around the payment provider: 0 closed, 1 half-open, 2 open',
        registers,
      }),
      breakerChanges: new Counter({
        name: 'psp_breaker_changes_total',
        help: 'Changes of the breaker, by the state it came into',
        labelNames: ['to'],
        registers,
      }),
      calls: new Counter({
        name: 'psp_calls_total',
        help: 'Calls made to the payment provider, by what is known after them',
        labelNames: ['verb', 'outcome'],
        registers,
      }),
      putOff: new Counter({
        name: 'psp_calls_put_off_total',
        help: 'Calls that were not made now: breaker open, bulkhead full, retry budget empty',
        labelNames: ['verb', 'reason'],
        registers,
      }),
      retries: new Counter({
        name: 'psp_retries_total',
        help: 'Calls among those made that repeat an earlier one or ask because it was not answered',
        registers,
      }),
      duration: new Histogram({
        name: 'psp_call_duration_seconds',
        help: 'Time from a call to its answer, or to the end of waiting for it',
        labelNames: ['verb'],
        buckets: CALL_BUCKETS_SECONDS,
        registers,
      }),
      executing: new Gauge({ name: 'psp_bulkhead_executing', help: 'Calls under way', registers }),
      queued: new Gauge({ name: 'psp_bulkhead_queued', help: 'Calls that wait for one under way to end', registers }),
    };
  });
}
