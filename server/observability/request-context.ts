import { AsyncLocalStorage } from 'node:async_hooks';
import { singleton } from '#kernel';

const context = singleton('observability.request-id', () => new AsyncLocalStorage<string>());

/** Runs work under an id that stands on every log line written on its way, in what it leaves behind in the background too. */
export function underRequestId<T>(requestId: string, work: () => T): T {
  return context.run(requestId, work);
}

/** The id of the request, or of the round of background work, that is being worked on here. */
export function currentRequestId(): string | undefined {
  return context.getStore();
}
