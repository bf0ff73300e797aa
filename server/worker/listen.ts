import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { config } from '#config';

/** Pause before connecting again after the connection was lost, in milliseconds. */
const RECONNECT_MS = 1_000;

/** Calls `onNotify` at each notification on a channel. Notifications are a hint: a lost one costs latency, never work. */
export function listen(channel: string, onNotify: () => void): { stop: () => Promise<void> } {
  let stopped = false;
  let client: pg.Client | undefined;

  async function keepListening(): Promise<void> {
    while (!stopped) {
      await listenOnce().catch(() => undefined);
      if (!stopped) await delay(RECONNECT_MS, undefined, { ref: false });
    }
  }

  async function listenOnce(): Promise<void> {
    client = new pg.Client({
      connectionString: config().APP_DATABASE_URL,
      application_name: 'countinghouse-listen',
      keepAlive: true,
    });
    const ended = new Promise<void>((resolve) => {
      // Not once: a connection that is cut tells it twice, and an error nobody listens to ends the process.
      client?.on('error', () => resolve());
      client?.once('end', () => resolve());
    });
    client.on('notification', onNotify);
    await client.connect();
    await client.query(`listen ${client.escapeIdentifier(channel)}`);
    onNotify();
    await ended;
  }

  void keepListening();
  return {
    stop: async () => {
      stopped = true;
      await client?.end().catch(() => undefined);
    },
  };
}
