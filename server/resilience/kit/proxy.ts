import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { type Flow, startFlow } from './flow.ts';
import { type Direction, type Toxic, type ToxicKind, ToxicSet } from './toxics.ts';

export interface ProxyOptions {
  readonly name: string;
  /** Ports on this machine that connections are led to, in turn. */
  readonly targets: readonly number[];
  /** For jitter. */
  readonly random: () => number;
}

/** A TCP line between two processes that can be made bad while it is used. */
export interface TcpProxy {
  readonly name: string;
  readonly port: number;
  /** Sets a toxic, for open and new connections; one of the same kind and direction is replaced. */
  set(toxic: Toxic, direction: Direction): Promise<void>;
  remove(kind: ToxicKind, direction: Direction): Promise<void>;
  /** Takes every toxic away. */
  heal(): Promise<void>;
  /** Connections open now. */
  connections(): number;
  stop(): Promise<void>;
}

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  readonly flows: readonly Flow[];
}

export async function startProxy({ name, targets, random }: ProxyOptions): Promise<TcpProxy> {
  const toxics = { upstream: new ToxicSet(), downstream: new ToxicSet() };
  const links = new Set<Link>();
  let taken = 0;
  let port = 0;
  let listener: Server | undefined;

  function accept(client: Socket): void {
    const server = connect({
      port: targets[taken++ % targets.length] as number,
      host: '127.0.0.1',
      allowHalfOpen: true,
    });
    const cut = (how: 'close' | 'reset') => {
      for (const socket of [client, server]) how === 'reset' ? socket.resetAndDestroy() : socket.destroy();
    };
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      // What broke one side shows on the other as the same: a connection that is gone.
      socket.once('error', () => cut('reset'));
      socket.once('close', () => links.delete(link));
    }
    const link: Link = {
      client,
      server,
      flows: [
        startFlow({ from: client, to: server, toxics: toxics.upstream, random, cut }),
        startFlow({ from: server, to: client, toxics: toxics.downstream, random, cut }),
      ],
    };
    links.add(link);
  }

  async function open(): Promise<void> {
    const opening = createServer({ allowHalfOpen: true }, accept).listen(port, '127.0.0.1');
    await once(opening, 'listening');
    port = (opening.address() as AddressInfo).port;
    listener = opening;
  }

  async function close(): Promise<void> {
    const closing = listener;
    listener = undefined;
    if (!closing) return;
    const closed = new Promise((done) => closing.close(done));
    for (const { client, server } of links) for (const socket of [client, server]) socket.destroy();
    await closed;
  }

  const changed = () => {
    for (const { flows } of links) for (const flow of flows) flow.toxicsChanged();
  };

  await open();
  return {
    name,
    port,
    set: async (toxic, direction) => {
      if (toxic.kind === 'down') return close();
      toxics[direction].add(toxic);
      changed();
    },
    remove: async (kind, direction) => {
      if (kind === 'down') return listener ? undefined : open();
      toxics[direction].remove(kind);
      changed();
    },
    heal: async () => {
      for (const set of Object.values(toxics)) set.clear();
      changed();
      if (!listener) await open();
    },
    connections: () => links.size,
    stop: close,
  };
}
