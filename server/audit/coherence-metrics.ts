import { Gauge } from 'prom-client';
import { singleton } from '#kernel';
import { metrics } from '#observability';
import type { AuditVerdict } from './audit-books.ts';

function gauges() {
  return singleton('metrics.audit', () => ({
    violations: new Gauge({
      name: 'audit_violations',
      help: 'Violations of each invariant of the books at the last check',
      labelNames: ['invariant'],
      registers: [metrics()],
    }),
    alerts: new Gauge({ name: 'alerts_open', help: 'Alerts that are open', registers: [metrics()] }),
    duration: new Gauge({
      name: 'audit_duration_seconds',
      help: 'How long the last check of the books took',
      registers: [metrics()],
    }),
  }));
}

/** Shows the run in the metrics of this process. */
export function observeRun(verdicts: readonly AuditVerdict[], openAlerts: number, seconds: number): void {
  const { violations, alerts, duration } = gauges();
  for (const verdict of verdicts) violations.set({ invariant: verdict.id }, verdict.violations);
  alerts.set(openAlerts);
  duration.set(seconds);
}
