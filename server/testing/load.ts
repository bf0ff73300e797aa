import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

export interface LoadRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

export interface LoadAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface LoadOptions {
  /** Callers, each sending its next request once the last is answered; every other one uses its connection again. */
  readonly callers: number;
  readonly next: (caller: number) => LoadRequest;
  readonly onAnswer?: (request: LoadRequest, answer: LoadAnswer) => void;
}

export interface Load {
  /** Answers by status. */
  readonly statuses: Map<number, number>;
  /** Requests that broke off after they were sent, with the reason: nobody knows what became of them. */
  readonly broken: string[];
  /** Requests that were never sent, because nobody listened. */
  readonly refused: number;
  answered(): number;
  /** Lets every caller finish its request, and sends no more. */
  stop(): Promise<void>;
}

/** How long a caller waits after it found nobody, in milliseconds. */
const REFUSED_PAUSE_MS = 20;

/** Callers in a closed loop over real connections. */
export function startLoad({ callers, next, onAnswer }: LoadOptions): Load {
  const statuses = new Map<number, number>();
  const broken: string[] = [];
  const kept = new Agent({ keepAlive: true, maxSockets: callers });
  let running = true;
  let refused = 0;

  async function call(caller: number): Promise<void> {
    const agent = caller % 2 === 0 ? kept : new Agent({ keepAlive: false });
    while (running) {
      const one = next(caller);
      try {
        const answer = await send(one, agent);
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        onAnswer?.(one, answer);
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        if (code === 'ECONNREFUSED') refused += 1;
        else broken.push(`${one.method} ${one.url}: ${code ?? message}`);
        await delay(REFUSED_PAUSE_MS);
      }
    }
  }

  const done = Promise.all(Array.from({ length: callers }, (_, caller) => call(caller)));
  return {
    statuses,
    broken,
    get refused() {
      return refused;
    },
    answered: () => [...statuses.values()].reduce((sum, count) => sum + count, 0),
    stop: async () => {
      running = false;
      await done;
      kept.destroy();
    },
  };
}

/** Sends one request; rejects when the answer does not arrive whole. */
export function send({ method, url, headers, body }: LoadRequest, agent: Agent): Promise<LoadAnswer> {
  return new Promise((done, fail) => {
    const outgoing = request(url, { method, agent, headers: headers ?? {} }, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (part: string) => {
        text += part;
      });
      incoming.once('error', fail);
      incoming.once('end', () =>
        incoming.complete
          ? done({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text })
          : fail(new Error('the answer broke off')),
      );
    });
    outgoing.once('error', fail);
    outgoing.end(body);
  });
}
