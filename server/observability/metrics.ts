import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { singleton } from '#kernel';

/** Upper bounds in seconds: a payment takes milliseconds, a caller may wait for its outcome for seconds. */
const HTTP_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** The process's Prometheus metrics; other modules register theirs here. */
export function metrics(): Registry {
  return singleton('metrics', () => {
    const registry = new Registry();
    collectDefaultMetrics({ register: registry });
    return registry;
  });
}

function httpDuration(): Histogram<'method' | 'route' | 'status'> {
  return singleton(
    'metrics.http',
    () =>
      new Histogram({
        name: 'http_request_duration_seconds',
        help: 'Time from the request to its answer',
        labelNames: ['method', 'route', 'status'],
        buckets: HTTP_BUCKETS_SECONDS,
        registers: [metrics()],
      }),
  );
}

/** Counts one answered request. `route` is the pattern, never the path: ids would make a metric of each payment. */
export function observeHttp(method: string, route: string, status: number, milliseconds: number): void {
  httpDuration().observe({ method, route, status }, milliseconds / 1000);
}
