import { TRPCError } from '@trpc/server';
import { stopping } from '#runtime';
import { createServerCaller } from '#trpc';

/** Pause between two looks at the database, in milliseconds. */
const LOOK_EVERY_MS = 400;
/** Length of one stream, in milliseconds; the browser opens the next by itself, so no connection lives for ever. */
const STREAM_MS = 60_000;
/** Proxies close a silent connection; a comment line now and then keeps it, in milliseconds. */
const COMMENT_EVERY_MS = 15_000;

/** Most streams of one process; a page that gets none asks again and again instead. */
const MAX_STREAMS = 500;

let streams = 0;

/** The checkout as server-sent events: its state now, then each time it changes. */
export async function GET(
  request: Request,
  { params }: { readonly params: Promise<{ readonly checkoutId: string }> },
): Promise<Response> {
  if (streams >= MAX_STREAMS) return new Response(null, { status: 503, headers: { 'Retry-After': '5' } });
  const { checkoutId } = await params;
  const api = await createServerCaller();
  const look = async () => JSON.stringify(await api.checkouts.get({ checkoutId }));
  let last: string;
  try {
    last = await look();
  } catch (error) {
    const unknown = error instanceof TRPCError && (error.code === 'NOT_FOUND' || error.code === 'BAD_REQUEST');
    // 204 tells the browser not to reconnect.
    return new Response(null, { status: unknown ? 204 : 503 });
  }
  const encoder = new TextEncoder();
  const end = AbortSignal.any([request.signal, stopping(), AbortSignal.timeout(STREAM_MS)]);
  streams += 1;
  const stream = new ReadableStream<Uint8Array>({
    async start(controller) {
      const send = (text: string) => controller.enqueue(encoder.encode(text));
      try {
        send(`retry: 1000\ndata: ${last}\n\n`);
        let spokeAt = Date.now();
        while (!end.aborted) {
          await pause(LOOK_EVERY_MS, end);
          const now = await look().catch(() => last);
          if (end.aborted) break;
          if (now !== last) send(`data: ${now}\n\n`);
          else if (Date.now() - spokeAt > COMMENT_EVERY_MS) send(': still here\n\n');
          else continue;
          last = now;
          spokeAt = Date.now();
        }
        if (!request.signal.aborted) controller.close();
      } finally {
        streams -= 1;
      }
    },
  });
  return new Response(stream, {
    headers: {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
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
