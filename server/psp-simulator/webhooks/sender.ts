import { createLane } from '#kernel';
import type { SimulatorConfig } from '../config.ts';
import type { Store } from '../database/store.ts';
import { nowSeconds } from '../requests/request.ts';
import {
  claimDeliveries,
  type DeliveryAttempt,
  type DueDelivery,
  recordAttempts,
  releaseDeliveries,
} from './delivery-queries.ts';
import type { WebhookEndpoints } from './endpoints.ts';
import { letterOf } from './letter.ts';
import { nextWaitMs } from './retry-schedule.ts';

/** How often due retries are looked for; new events wake the sender at once. */
const LOOK_EVERY_MS = 250;
/** Deliveries claimed ahead of the free slots. */
const CLAIM_AT_ONCE = 64;

export interface WebhookSender {
  /** Looks for due deliveries now. */
  wake(): void;
  /** Ends after the sendings under way; what was claimed and not sent goes out after the next start. */
  stop(): Promise<void>;
}

/**
 * Sends what is due, at least once and in no promised order. Everything it needs is in the database, so a killed process
 * continues after its restart. Only PSP_WEBHOOK_CONCURRENCY sendings run at a time: they never starve the API.
 */
export async function startSender(
  store: Store,
  endpoints: WebhookEndpoints,
  config: SimulatorConfig,
): Promise<WebhookSender> {
  await releaseDeliveries(store);
  const underWay = new Set<Promise<void>>();
  let claimed: DueDelivery[] = [];
  let claiming = false;
  let mayBeMore = true;
  let stopped = false;
  const record = createLane<DeliveryAttempt, void>({
    run: async (attempts) => {
      await recordAttempts(store, attempts);
      return attempts.map(() => undefined);
    },
    maxBatch: CLAIM_AT_ONCE,
    maxQueue: CLAIM_AT_ONCE * 2,
  });
  const timer = setInterval(wake, LOOK_EVERY_MS);
  wake();

  function wake(): void {
    mayBeMore = true;
    fillSlots();
  }

  function fillSlots(): void {
    while (!stopped && underWay.size < config.PSP_WEBHOOK_CONCURRENCY) {
      const next = claimed.shift();
      if (!next) break;
      const sending = sendOne(next).catch(report);
      underWay.add(sending);
      void sending.finally(() => {
        underWay.delete(sending);
        fillSlots();
      });
    }
    if (claimed.length === 0 && mayBeMore && !claiming && !stopped) void claimMore();
  }

  async function claimMore(): Promise<void> {
    claiming = true;
    mayBeMore = false;
    try {
      claimed = await claimDeliveries(store, CLAIM_AT_ONCE);
      if (claimed.length > 0) mayBeMore = true;
    } catch (error) {
      report(error);
    } finally {
      claiming = false;
    }
    if (claimed.length > 0 || mayBeMore) fillSlots();
  }

  async function sendOne(due: DueDelivery): Promise<void> {
    const started = performance.now();
    const attempt = due.attempts + 1;
    const target = endpoints.find(due.endpoint);
    const { status, error } = target
      ? await post(
          target.url,
          letterOf(due, target, { realTime: Math.floor(Date.now() / 1_000), now: nowSeconds() }),
          config.PSP_WEBHOOK_TIMEOUT_MS,
        )
      : { status: null, error: 'the endpoint was deleted' };
    const ageMs = Date.now() - due.created * 1000;
    const again = error !== null && target && due.flaw === null;
    const wait = again ? nextWaitMs(attempt, ageMs, config.PSP_WEBHOOK_RETRY_BASE_MS) : null;
    await record.submit({
      event: due.id,
      endpoint: due.endpoint,
      copy: due.copy,
      attempt,
      status,
      error,
      duration_ms: Math.round(performance.now() - started),
      state: error === null ? 'delivered' : wait === null ? 'given_up' : 'pending',
      wait_ms: wait,
    });
  }

  return {
    wake,
    async stop() {
      stopped = true;
      clearInterval(timer);
      await Promise.all(underWay);
    },
  };
}

/** One sending, signed at this moment. Only 2xx counts as received; redirects are not followed. */
async function post(url: string, { body, signature }: ReturnType<typeof letterOf>, timeoutMs: number) {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'stripe-signature': signature,
        'user-agent': 'psp-simulator-webhooks',
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
    return { status: response.status, error: response.ok ? null : `answered ${response.status}` };
  } catch (error) {
    return { status: null, error: reasonOf(error) };
  }
}

/** fetch hides the reason (refused, reset, time-out) behind "fetch failed". */
function reasonOf(error: unknown): string {
  const { name, message, cause } = error as Error & { cause?: { code?: string } };
  return name === 'TimeoutError' ? 'timed out' : (cause?.code ?? message).slice(0, 200);
}

function report(error: unknown): void {
  console.error(
    `psp-simulator: webhooks cannot be sent now: ${error instanceof Error ? error.message : String(error)}`,
  );
}
