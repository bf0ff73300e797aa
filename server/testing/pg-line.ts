import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface PgLine {
  /** The same database, reached through the line. */
  through(databaseUrl: string): string;
  /**
   * Lets PostgreSQL say `letThrough` times that this command is done; the next `times` such answers never arrive: the connection is
   * cut in their place.
   */
  cutAt(command: string, cuts: { readonly times: number; readonly letThrough?: number }): void;
  /** How many cuts are still to be made. */
  readonly cutsLeft: number;
  /** The next `times` sessions are ended by PostgreSQL in the very packet that says they are ready. */
  endWhenReady(times: number): void;
  /** How many sessions are still to be ended so. */
  readonly endsLeft: number;
  stop(): Promise<void>;
}

/** A message of PostgreSQL: one byte for its kind, four for its length, then its content. */
const HEADER_BYTES = 5;
const COMMAND_COMPLETE = 'C';
const READY_FOR_QUERY = 'Z';
/** What PostgreSQL says to a session that an administrator ends. */
const TERMINATED = errorResponse([
  'SFATAL',
  'VFATAL',
  'C57P01',
  'Mterminating connection due to administrator command',
]);

/** The line between us and PostgreSQL, which can be cut between a commit and its answer. */
export async function startPgLine(databaseUrl: string): Promise<PgLine> {
  const { hostname, port } = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let command = '';
  let letThrough = 0;
  let cutsLeft = 0;
  let endsLeft = 0;

  /** Whether the line is to be cut in place of these messages. */
  function isToBeCut(messages: readonly Buffer[]): boolean {
    if (cutsLeft === 0 || !messages.some((message) => isDone(message, command))) return false;
    if (letThrough > 0) {
      letThrough -= 1;
      return false;
    }
    cutsLeft -= 1;
    return true;
  }

  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    const cut = () => {
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', cut).on('close', cut);
    }
    near.on('data', (bytes) => far.write(bytes));
    let rest: Buffer = Buffer.alloc(0);
    far.on('data', (bytes) => {
      rest = Buffer.concat([rest, bytes]);
      const whole = wholeMessages(rest);
      if (isToBeCut(whole.messages)) return cut();
      rest = whole.rest;
      if (endsLeft > 0 && whole.messages.some((message) => kindOf(message) === READY_FOR_QUERY)) {
        endsLeft -= 1;
        near.end(Buffer.concat([...whole.messages, TERMINATED]));
      } else near.write(Buffer.concat(whole.messages));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const own = (server.address() as AddressInfo).port;
  return {
    through: (url) => Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(own) }).toString(),
    cutAt: (next, cuts) => {
      command = next;
      cutsLeft = cuts.times;
      letThrough = cuts.letThrough ?? 0;
    },
    get cutsLeft() {
      return cutsLeft;
    },
    endWhenReady: (times) => {
      endsLeft = times;
    },
    get endsLeft() {
      return endsLeft;
    },
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function wholeMessages(bytes: Buffer): { messages: Buffer[]; rest: Buffer } {
  const messages: Buffer[] = [];
  let at = 0;
  while (bytes.length - at >= HEADER_BYTES) {
    const end = at + 1 + bytes.readInt32BE(at + 1);
    if (end > bytes.length) break;
    messages.push(bytes.subarray(at, end));
    at = end;
  }
  return { messages, rest: bytes.subarray(at) };
}

function isDone(message: Buffer, command: string): boolean {
  return kindOf(message) === COMMAND_COMPLETE && message.toString('utf8', HEADER_BYTES).startsWith(command);
}

function kindOf(message: Buffer): string {
  return message.toString('latin1', 0, 1);
}

function errorResponse(fields: readonly string[]): Buffer {
  const content = Buffer.from(`${fields.join('\0')}\0\0`);
  const header = Buffer.from('E\0\0\0\0', 'latin1');
  header.writeInt32BE(content.length + HEADER_BYTES - 1, 1);
  return Buffer.concat([header, content]);
}
