import type { Agenda } from './clock/agenda.ts';
import type { SimulatorConfig } from './config.ts';
import type { Store } from './database/store.ts';
import type { FaultDesk } from './faults/fault-desk.ts';
import type { Keys } from './http/authenticate.ts';
import type { Resends } from './http/resends.ts';
import type { IdempotentCalls } from './idempotency/idempotent-calls.ts';
import type { WebhookEndpoints } from './webhooks/endpoints.ts';
import type { WebhookSender } from './webhooks/sender.ts';

/** The parts of a running simulator, put together in main.ts and given to every handler. */
export interface Simulator {
  readonly config: SimulatorConfig;
  readonly keys: Keys;
  readonly store: Store;
  readonly resends: Resends;
  readonly idempotency: IdempotentCalls;
  readonly faults: FaultDesk;
  readonly endpoints: WebhookEndpoints;
  readonly sender: WebhookSender;
  readonly agenda: Agenda;
}
