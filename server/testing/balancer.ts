import { setTimeout as delay } from 'node:timers/promises';

export interface Balancer {
  /** The next of the doors that say they are ready. */
  next(): string;
  stop(): Promise<void>;
}

/** How often each door is asked whether it is ready, in milliseconds. */
const LOOK_EVERY_MS = 20;

/** Shares requests out among the doors that say they are ready, as a load balancer in front of them does. */
export function openBalancer(urls: readonly string[]): Balancer {
  const open = new Set(urls);
  let looking = true;
  let turn = 0;
  const watch = async (url: string) => {
    while (looking) {
      const ready = (await fetch(`${url}/api/health/ready`).catch(() => null))?.status === 200;
      if (ready) open.add(url);
      else open.delete(url);
      await delay(LOOK_EVERY_MS);
    }
  };
  const looks = Promise.all(urls.map(watch));
  return {
    next: () => [...open][turn++ % open.size] ?? urls[0] ?? '',
    stop: () => {
      looking = false;
      return looks.then(() => undefined);
    },
  };
}
