import { AppError } from './errors.ts';
import { singleton } from './singleton.ts';

export interface LaneOptions<Item, Result> {
  /** Its name in the metrics; a lane without one is not in them. */
  readonly name?: string;
  /** Runs one batch; answers one result per item, in order. If it rejects, every item of the batch rejects with that error. */
  readonly run: (items: Item[]) => Promise<readonly Result[]>;
  /** Most items in one batch. */
  readonly maxBatch: number;
  /** Most items waiting; beyond it `submit` rejects with `overloaded` before anything is done. */
  readonly maxQueue: number;
  /** How many batches may run at once. Default 1. */
  readonly concurrency?: number;
  /** Weight of an item towards `maxWeight`, for example its ledger entries. */
  readonly weigh?: (item: Item) => number;
  readonly maxWeight?: number;
}

export interface Lane<Item, Result> {
  submit(item: Item): Promise<Result>;
  /** Items waiting, not counting those in a running batch. */
  readonly waiting: number;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Natural batching: when the lane is free it takes everything that queued up meanwhile and runs it as one batch.
 * No timer is involved, so a lone caller pays no delay and many callers share one commit.
 */
export function createLane<Item, Result>(options: LaneOptions<Item, Result>): Lane<Item, Result> {
  const { run, maxBatch, maxQueue, concurrency = 1, weigh = () => 1, maxWeight = Number.POSITIVE_INFINITY } = options;
  let queue: Waiting<Item, Result>[] = [];
  let running = 0;

  function submit(item: Item): Promise<Result> {
    if (queue.length >= maxQueue) {
      return Promise.reject(
        new AppError('overloaded', 'The queue is full; nothing was done.', { retryAfterSeconds: 1 }),
      );
    }
    return new Promise((resolve, reject) => {
      queue.push({ item, resolve, reject });
      if (running < concurrency) queueMicrotask(pump);
    });
  }

  function pump(): void {
    while (running < concurrency && queue.length > 0) {
      running += 1;
      void runBatch(takeBatch());
    }
  }

  function takeBatch(): Waiting<Item, Result>[] {
    let weight = 0;
    let count = 0;
    for (const { item } of queue) {
      weight += weigh(item);
      if (count > 0 && (count >= maxBatch || weight > maxWeight)) break;
      count += 1;
    }
    const batch = queue.slice(0, count);
    queue = queue.slice(count);
    return batch;
  }

  async function runBatch(batch: Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await run(batch.map((waiting) => waiting.item));
      if (results.length !== batch.length)
        throw new Error(`lane answered ${results.length} results for ${batch.length} items`);
      for (const [index, waiting] of batch.entries()) waiting.resolve(results[index] as Result);
    } catch (error) {
      for (const waiting of batch) waiting.reject(error);
    } finally {
      running -= 1;
      // Callers that were just answered come back with their next item before this runs, and share the next batch.
      setImmediate(pump);
    }
  }

  const lane = {
    submit,
    get waiting() {
      return queue.length;
    },
  };
  if (options.name !== undefined) namedLanes().set(options.name, lane);
  return lane;
}

function namedLanes(): Map<string, { readonly waiting: number }> {
  return singleton('kernel.lanes', () => new Map());
}

/** How many items wait in each named lane of this process. */
export function lanesWaiting(): ReadonlyMap<string, number> {
  return new Map([...namedLanes()].map(([name, lane]) => [name, lane.waiting]));
}
