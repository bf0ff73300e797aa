import { config } from '#config';
import { followDatabaseTime } from '#db';
import { drainPayments } from '#payments';
import { drainHttp, openOperationsDoor, stopOnSignal, watchHttp } from '#runtime';
import { health } from './health.ts';

/**
 * The life of the web process around Next: metrics and health on a port of their own, and a stop that loses nothing. Next's own
 * handlers of signals are taken off: they hang up on connections that are idle at that moment, under the requests on their way, wait
 * for kept ones to time out, and know nothing of the charges that a request left behind. In development Next stops by itself.
 */
export async function startWeb(): Promise<void> {
  watchHttp();
  const operations = await openOperationsDoor(config().WEB_METRICS_PORT, health);
  const time = await followDatabaseTime();
  if (process.env.NODE_ENV !== 'production') return;
  for (const signal of ['SIGTERM', 'SIGINT']) process.removeAllListeners(signal);
  stopOnSignal(async () => {
    await drainHttp();
    await drainPayments();
    await operations.stop();
    time.stop();
  });
}
