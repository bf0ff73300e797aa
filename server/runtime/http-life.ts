import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { singleton } from '#kernel';

/**
 * How long a stopping server still takes requests, in milliseconds: at least, and at most while they keep coming. Meanwhile it says not
 * ready and ends each connection with its answer, so that callers leave by themselves; hanging up at once would meet requests on
 * their way.
 */
const NOTICE_MS = 1_000;
const LONGEST_NOTICE_MS = 4_000;
/** No request for so long, in milliseconds: callers have heeded the notice. */
const LULL_MS = 300;
/** Health checks go on to the end and mean no caller. */
const HEALTH = '/api/health/';
/** Nothing under way for so long, in milliseconds: what is still connected has nothing to say. */
const QUIET_MS = 200;
const LOOK_MS = 25;
/** A turn of the event loop that leaves nobody time to knock takes less, in milliseconds. */
const SHORT_TURN_MS = 0.5;
/** Under a load that never lets up the door is closed all the same after so long, in milliseconds. */
const LONGEST_KNOCKING_MS = 1_000;

/** Node tells every request that begins, whoever made the server: the only way to Next's. */
const REQUEST_BEGINS = 'http.server.request.start';

/** The header in which a request carries the address of its connection: whoever answers it sees headers and no connection. */
export const PEER_HEADER = 'x-countinghouse-peer';

interface RequestBegins {
  readonly server: Server;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

interface HttpLife {
  readonly servers: Set<Server>;
  readonly open: Set<ServerResponse>;
  lastRequestAt: number;
  draining: boolean;
}

/**
 * Watches every HTTP server of this process from now on, so that {@link drainHttp} can end them without losing an answer, and writes
 * {@link PEER_HEADER} into every request, over whatever the caller sent by that name.
 */
export function watchHttp(): void {
  httpLife();
}

function httpLife(): HttpLife {
  return singleton('runtime.http', () => {
    const life: HttpLife = { servers: new Set(), open: new Set(), lastRequestAt: 0, draining: false };
    subscribe(REQUEST_BEGINS, (message) => {
      const { server, request, response } = message as RequestBegins;
      request.headers[PEER_HEADER] = request.socket.remoteAddress ?? '';
      if (!request.url?.startsWith(HEALTH)) life.lastRequestAt = performance.now();
      life.servers.add(server);
      life.open.add(response);
      response.once('close', () => life.open.delete(response));
      if (life.draining) endConnectionWith(response);
    });
    return life;
  });
}

/**
 * Ends the HTTP servers of this process: gives notice, takes no new connection, and resolves when everything under way is answered.
 * Event streams must end by themselves on `stopping()`. The caller sets the deadline.
 */
export async function drainHttp(): Promise<void> {
  const life = httpLife();
  life.draining = true;
  for (const response of life.open) endConnectionWith(response);
  await delay(NOTICE_MS);
  const deadline = performance.now() + LONGEST_NOTICE_MS - NOTICE_MS;
  while (performance.now() - life.lastRequestAt < LULL_MS && performance.now() < deadline) await delay(LOOK_MS);
  await untilNobodyKnocks(life.servers);
  for (const server of life.servers) server.close();
  for (let quietMs = 0; quietMs < QUIET_MS; quietMs = life.open.size === 0 ? quietMs + LOOK_MS : 0) {
    await delay(LOOK_MS);
    // Those whose answer had begun before the notice could not be told to end.
    for (const server of life.servers) server.closeIdleConnections();
  }
  for (const server of life.servers) server.closeAllConnections();
}

/**
 * Resolves in a turn of the event loop that was short and in which nobody knocked: Node takes in one connection a turn, and those it
 * has not taken in when a server closes are reset, with the request they may have sent. That leaves a small window; who heeds the
 * health check, or the end of its connection, stays out of it.
 */
async function untilNobodyKnocks(servers: ReadonlySet<Server>): Promise<void> {
  let knocked = false;
  const note = () => {
    knocked = true;
  };
  for (const server of servers) server.on('connection', note);
  const deadline = performance.now() + LONGEST_KNOCKING_MS;
  for (let began = performance.now(); began < deadline; ) {
    knocked = false;
    await nextTurn();
    const ended = performance.now();
    if (!knocked && ended - began < SHORT_TURN_MS) return;
    began = ended;
  }
}

/** Node then sends `Connection: close`, unless the head of the answer has left already. */
function endConnectionWith(response: ServerResponse): void {
  response.shouldKeepAlive = false;
}
