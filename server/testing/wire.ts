import { Agent, createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface WireCall {
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  readonly idempotencyKey: string | undefined;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** What a call meets on its way: `forward` carries it to the other side; `cut` ends the connection without an answer. */
export type WireRule = (call: WireCall, forward: () => Promise<WireAnswer>) => Promise<WireAnswer | 'cut'>;

export interface Wire {
  readonly url: string;
  /** Calls that came in, in order. */
  readonly calls: WireCall[];
  /** Applies to every call from now on; without a rule calls go through. */
  rule(rule?: WireRule): void;
  /** Nobody listens any more: connections are refused. */
  unplug(): Promise<void>;
  plugIn(): Promise<void>;
}

/** A line between us and an HTTP server that a test can cut, hold or falsify at an exact point. */
export async function startWire(target: string): Promise<Wire> {
  const calls: WireCall[] = [];
  const sockets = new Set<Socket>();
  const agent = new Agent({ keepAlive: true, maxSockets: 128 });
  let rule: WireRule = (_, forward) => forward();
  let server: Server | undefined;
  let port = 0;

  async function carry(incoming: IncomingMessage, body: Buffer): Promise<WireAnswer | 'cut'> {
    const { method = '', url: path = '', headers } = incoming;
    const call = { method, path, idempotencyKey: headers['idempotency-key'] as string | undefined };
    calls.push(call);
    return rule(call, () => forward(target, agent, incoming, body));
  }

  async function plugIn(): Promise<void> {
    const listening = createServer((incoming, outgoing) => {
      void read(incoming)
        .then((body) => carry(incoming, body))
        .catch(() => 'cut' as const)
        .then((answer) => {
          if (answer === 'cut') incoming.socket.destroy();
          else outgoing.writeHead(answer.status, answer.headers).end(answer.body);
        });
    });
    listening.on('connection', (socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    await new Promise<void>((done, fail) => listening.once('error', fail).listen(port, '127.0.0.1', done));
    port = (listening.address() as AddressInfo).port;
    server = listening;
  }

  async function unplug(): Promise<void> {
    const closing = server;
    server = undefined;
    if (!closing) return;
    const closed = new Promise((done) => closing.close(done));
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  await plugIn();
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    rule: (next = (_, forward) => forward()) => {
      rule = next;
    },
    unplug,
    plugIn,
  };
}

async function read(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function forward(target: string, agent: Agent, incoming: IncomingMessage, body: Buffer): Promise<WireAnswer> {
  return new Promise((done, fail) => {
    const { connection: _, ...given } = incoming.headers;
    const headers = { ...given, host: new URL(target).host };
    const options = { agent, method: incoming.method, headers };
    const outgoing = request(`${target}${incoming.url}`, options, (answer) => {
      const { statusCode: status = 502, headers: answered } = answer;
      const kept = Object.entries(answered).filter(
        ([name]) => !['connection', 'transfer-encoding', 'content-length', 'keep-alive'].includes(name),
      );
      read(answer).then(
        (text) => done({ status, headers: Object.fromEntries(kept) as Record<string, string>, body: text.toString() }),
        fail,
      );
    });
    outgoing.once('error', fail).end(body);
  });
}
