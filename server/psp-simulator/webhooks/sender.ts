import { createLane } from '#kernel';
import { nowMs } from '../clock/clock.ts';
import type { SimulatorConfig } from '../config.ts';
import type { EndpointRow } from '../database/rows.ts';
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
  /** Sends what is due now and waits until it is sent, or was tried. Answers how many deliveries it took on. */
  flush(): Promise<number>;
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
  const claimed: DueDelivery[] = [];
  let claiming: Promise<void> | null = null;
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
    if (claimed.length === 0 && mayBeMore && claiming === null && !stopped) {
      claiming = claimMore();
    }
  }

  async function claimMore(): Promise<void> {
    mayBeMore = false;
    try {
      if ((await claim()) > 0) mayBeMore = true;
    } catch (error) {
      report(error);
    } finally {
      claiming = null;
    }
    if (claimed.length > 0 || mayBeMore) fillSlots();
  }

  async function claim(): Promise<number> {
    const due = await claimDeliveries(store, CLAIM_AT_ONCE);
    claimed.push(...due);
    return due.length;
  }

  async function sendOne(due: DueDelivery): Promise<void> {
    await record.submit(await attempt(due, endpoints.find(due.endpoint), config));
  }

  return {
    wake,
    async flush() {
      await claiming;
      const taken = (await claim()) + claimed.length;
      fillSlots();
      while (underWay.size > 0) await Promise.all(underWay);
      return taken;
    },
    async stop() {
      stopped = true;
      clearInterval(timer);
      await Promise.all(underWay);
    },
  };
}

/** Tries a delivery once, and says what is to become of it. */
async function attempt(
  due: DueDelivery,
  target: EndpointRow | undefined,
  config: SimulatorConfig,
): Promise<DeliveryAttempt> {
  const started = performance.now();
  const count = due.attempts + 1;
  const { status, error } = target
    ? await post(
        target.url,
        letterOf(due, target, { realTime: Math.floor(Date.now() / 1_000), now: nowSeconds() }),
        config.PSP_WEBHOOK_TIMEOUT_MS,
      )
    : { status: null, error: 'the endpoint was deleted' };
  const again = error !== null && target && due.flaw === null;
  const wait = again ? nextWaitMs(count, nowMs() - due.created * 1000, config.PSP_WEBHOOK_RETRY_BASE_MS) : null;
  return {
    event: due.id,
    endpoint: due.endpoint,
    copy: due.copy,
    attempt: count,
    status,
    error,
    duration_ms: Math.round(performance.now() - started),
    state: error === null ? 'delivered' : wait === null ? 'given_up' : 'pending',
    wait_ms: wait,
  };
}

/** One sending, signed at this moment of real time, with which the receiver compares. Only 2xx counts; redirects are not followed. */
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
