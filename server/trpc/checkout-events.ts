import { AppError, singleton } from '#kernel';
import { log } from '#observability';
import { refusalHeaders, stopping } from '#runtime';
import { publicErrorOf } from './error-map.ts';
import type { createCaller } from './root.ts';
import { StreamPlaces } from './stream-places.ts';

/** Pause between two looks at the database, in milliseconds. */
const LOOK_EVERY_MS = 400;
/** Length of one stream, in milliseconds; the browser opens the next by itself, so no connection lives for ever. */
const STREAM_MS = 60_000;
/** Proxies close a silent connection; a comment line now and then keeps it, in milliseconds. */
const COMMENT_EVERY_MS = 15_000;
/** Most streams of one process, and of one checkout: a shopper has a few tabs. A page that gets none asks again and again instead. */
const MAX_STREAMS = { total: 500, perKey: 8 };
/** Advice to those who get none, in seconds. */
const RETRY_AFTER_SECONDS = 5;

export interface CheckoutEventsRequest {
  readonly checkoutId: string;
  /** Aborted when the reader has gone. */
  readonly signal: AbortSignal;
  /** Makes what reads the checkout, as the person who asks. */
  readonly caller: () => Promise<ReturnType<typeof createCaller>>;
}

/**
 * The checkout as server-sent events: its state now, then each time it changes. A place is taken before anything is waited for and
 * given back in every case. 204 for a checkout that is not there, which tells the browser not to come back; else the status of what
 * went wrong.
 */
export async function checkoutEvents({ checkoutId, signal, caller }: CheckoutEventsRequest): Promise<Response> {
  const giveBack = places().take(checkoutId);
  if (!giveBack) {
    return refusal(
      new AppError('overloaded', 'Too many streams are open.', { retryAfterSeconds: RETRY_AFTER_SECONDS }),
    );
  }
  try {
    const api = await caller();
    const look = async () => JSON.stringify(await api.checkouts.get({ checkoutId }));
    const stream = follow(look, await look(), signal, giveBack);
    return new Response(stream, {
      headers: {
        'Content-Type': 'text/event-stream; charset=utf-8',
        'Cache-Control': 'no-store',
        'X-Accel-Buffering': 'no',
      },
    });
  } catch (error) {
    giveBack();
    return refusal(publicErrorOf(error));
  }
}

function places(): StreamPlaces {
  return singleton('trpc.checkout-streams', () => new StreamPlaces(MAX_STREAMS));
}

function refusal(refused: AppError): Response {
  if (refused.code === 'internal_error') log().error({ err: refused }, 'an event stream met a defect');
  const unknown = refused.code === 'not_found' || refused.code === 'validation_failed';
  return new Response(null, { status: unknown ? 204 : refused.status, headers: refusalHeaders(refused) });
}

function follow(look: () => Promise<string>, first: string, reader: AbortSignal, giveBack: () => void): ReadableStream {
  const encoder = new TextEncoder();
  const end = AbortSignal.any([reader, stopping(), AbortSignal.timeout(STREAM_MS)]);
  return new ReadableStream<Uint8Array>({
    async start(controller) {
      const send = (text: string) => controller.enqueue(encoder.encode(text));
      try {
        let last = first;
        send(`retry: 1000\ndata: ${last}\n\n`);
        let spokeAt = performance.now();
        while (!end.aborted) {
          await pause(LOOK_EVERY_MS, end);
          const now = await look().catch(() => last);
          if (end.aborted) break;
          if (now !== last) send(`data: ${now}\n\n`);
          else if (performance.now() - spokeAt > COMMENT_EVERY_MS) send(': still here\n\n');
          else continue;
          last = now;
          spokeAt = performance.now();
        }
        if (!reader.aborted) controller.close();
      } finally {
        giveBack();
      }
    },
  });
}

function pause(milliseconds: number, end: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    end.addEventListener('abort', done, { once: true });
    function done() {
      clearTimeout(timer);
      end.removeEventListener('abort', done);
      resolve();
    }
  });
}
