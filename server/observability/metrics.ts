import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { lanesWaiting, singleton } from '#kernel';

/** Upper bounds in seconds: a payment takes milliseconds, a caller may wait for its outcome for seconds. */
const HTTP_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** The process's Prometheus metrics; other modules register theirs here. */
export function metrics(): Registry {
  return singleton('metrics', () => {
    const registry = new Registry();
    collectDefaultMetrics({ register: registry });
    addGauge(registry, 'lane_waiting', 'Items that wait for the next batch, by lane', ['lane'], lanesWaiting);
    return registry;
  });
}

type Figures = Iterable<readonly [label: string, value: number]>;

/**
 * Registers a gauge that is read when the metrics are asked for. What cannot be read is left out, so that a database that is away does
 * not take the other figures with it.
 */
export function gauge(name: string, help: string, read: () => number | Promise<number>): void {
  addGauge(metrics(), name, help, [], async () => [['', await read()]]);
}

/** The same with one figure for each value of a label. */
export function gaugeBy(label: string, name: string, help: string, read: () => Figures | Promise<Figures>): void {
  addGauge(metrics(), name, help, [label], read);
}

function addGauge(
  registry: Registry,
  name: string,
  help: string,
  labelNames: readonly string[],
  read: () => Figures | Promise<Figures>,
): void {
  new Gauge({
    name,
    help,
    labelNames,
    registers: [registry],
    async collect() {
      this.reset();
      try {
        for (const [value, figure] of await read())
          this.set(Object.fromEntries(labelNames.map((label) => [label, value])), figure);
      } catch {
        this.remove();
      }
    },
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
