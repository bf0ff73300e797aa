import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startProxy, type TcpProxy } from './proxy.ts';
import type { Direction, Toxic } from './toxics.ts';

/** Real sockets on both sides of a real proxy; the far side sends back whatever it gets. */
let far: Server;
let proxy: TcpProxy;
let atFarSide: Socket[];
let received: Buffer[];

beforeEach(async () => {
  atFarSide = [];
  received = [];
  far = createServer({ allowHalfOpen: true }, (socket) => {
    atFarSide.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      received.push(chunk);
      socket.write(chunk);
    });
    socket.once('end', () => socket.end());
  }).listen(0, '127.0.0.1');
  await once(far, 'listening');
  proxy = await startProxy({ name: 'line', targets: [(far.address() as AddressInfo).port], random: () => 0.5 });
});

afterEach(async () => {
  await proxy.stop();
  for (const socket of atFarSide) socket.destroy();
  far.close();
});

async function dial(): Promise<Socket> {
  const socket = connect({ port: proxy.port, host: '127.0.0.1' });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Sends a text and answers what came back until so many bytes, and after how many milliseconds. */
async function echo(socket: Socket, sent: string): Promise<{ answer: string; ms: number }> {
  const started = performance.now();
  let answer = '';
  const done = new Promise<void>((resolve) => {
    socket.on('data', (chunk) => {
      answer += chunk;
      if (answer.length >= sent.length) resolve();
    });
    socket.once('close', () => resolve());
  });
  socket.write(sent);
  await done;
  socket.removeAllListeners('data');
  return { answer, ms: performance.now() - started };
}

const receivedText = () => Buffer.concat(received).toString();

test('a healthy line carries both ways whatever it gets, and passes the end on', async () => {
  const socket = await dial();
  const sent = 'payment '.repeat(50_000);
  const answer = text(socket);
  socket.end(sent);
  expect(await answer).toBe(sent);
  await vi.waitFor(() => expect(proxy.connections()).toBe(0));
});

test('several targets are used in turn', async () => {
  const other = createServer((socket) => socket.end('other')).listen(0, '127.0.0.1');
  await once(other, 'listening');
  const ports = [far, other].map((server) => (server.address() as AddressInfo).port);
  const both = await startProxy({ name: 'both', targets: ports, random: () => 0.5 });
  const answers = [];
  for (let call = 0; call < 4; call += 1) {
    const socket = connect({ port: both.port, host: '127.0.0.1' });
    socket.end('far');
    answers.push(await text(socket));
  }
  expect(answers).toEqual(['far', 'other', 'far', 'other']);
  await both.stop();
  other.close();
});

describe.each(['upstream', 'downstream'] as const)('%s', (direction: Direction) => {
  const set = (toxic: Toxic) => proxy.set(toxic, direction);

  test('latency delays the data, on connections that stand already too; removed, it delays no more', async () => {
    const socket = await dial();
    await set({ kind: 'latency', ms: 120, jitterMs: 0 });
    expect((await echo(socket, 'slow')).ms).toBeGreaterThanOrEqual(115);
    await proxy.remove('latency', direction);
    expect((await echo(socket, 'fast')).ms).toBeLessThan(115);
    socket.destroy();
  });

  test('bandwidth lets so many bytes through in a second', async () => {
    await set({ kind: 'bandwidth', bytesPerSecond: 10_000 });
    const socket = await dial();
    const { answer, ms } = await echo(socket, 'x'.repeat(3_000));
    expect(answer).toHaveLength(3_000);
    expect(ms).toBeGreaterThanOrEqual(280);
    socket.destroy();
  });

  test('slow_close passes the end on later', async () => {
    await set({ kind: 'slow_close', ms: 120 });
    const socket = await dial();
    const started = performance.now();
    const answer = text(socket);
    socket.end('bye');
    expect(await answer).toBe('bye');
    expect(performance.now() - started).toBeGreaterThanOrEqual(115);
  });

  test('timeout swallows data, and closes when its time is over', async () => {
    await set({ kind: 'timeout', ms: 100 });
    const socket = await dial();
    expect((await echo(socket, 'lost')).answer).toBe('');
    expect(receivedText()).toBe(direction === 'upstream' ? '' : 'lost');
  });

  test('timeout without an end answers nothing for as long as it is set; a stream with a hole is cut, never continued', async () => {
    const socket = await dial();
    await set({ kind: 'timeout', ms: 0 });
    let closed = false;
    socket.once('close', () => {
      closed = true;
    });
    const silent = echo(socket, 'lost');
    // Another connection without the hole shows that time has passed: its own data is swallowed as well.
    const second = await dial();
    second.write('lost too');
    if (direction === 'downstream') await vi.waitFor(() => expect(receivedText()).toContain('lost too'));
    expect(closed).toBe(false);
    await vi.waitFor(() => expect(proxy.connections()).toBe(2));
    await proxy.remove('timeout', direction);
    // The hole is noticed with the removal, or with the next byte when the first had not arrived yet.
    socket.write('more');
    expect((await silent).answer).not.toContain('lostmore');
    socket.destroy();
    second.destroy();
  });

  test('reset_peer resets both ends after its time', async () => {
    const socket = await dial();
    const reset = once(socket, 'error');
    await set({ kind: 'reset_peer', ms: 30 });
    const [error] = (await reset) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNRESET');
    await vi.waitFor(() => expect(atFarSide[0]?.destroyed).toBe(true));
  });

  test('slicer cuts data into small pieces and loses none of it', async () => {
    await set({ kind: 'slicer', bytes: 5, pauseMs: 5 });
    const socket = await dial();
    const pieces: string[] = [];
    socket.on('data', (chunk) => pieces.push(chunk.toString()));
    socket.write('0123456789abcdef');
    await vi.waitFor(() => expect(pieces.join('')).toBe('0123456789abcdef'));
    const seen = direction === 'upstream' ? received.map((chunk) => chunk.toString()) : pieces;
    expect(seen.length).toBeGreaterThan(1);
    for (const piece of seen) expect(piece.length).toBeLessThanOrEqual(5);
    socket.destroy();
  });

  test('limit_data closes the connection after so many bytes; the next one starts anew', async () => {
    await set({ kind: 'limit_data', bytes: 6 });
    for (const sent of ['123456789', 'abcdefghi']) {
      const socket = await dial();
      socket.write(sent);
      const answer = await text(socket).catch(() => '');
      expect(sent.startsWith(answer)).toBe(true);
      expect(answer.length).toBeLessThanOrEqual(6);
    }
    await vi.waitFor(() => expect(proxy.connections()).toBe(0));
  });
});

test('down refuses new connections and cuts the open ones; healed, the same port answers again', async () => {
  const open = await dial();
  const closed = once(open, 'close');
  await proxy.set({ kind: 'down' }, 'upstream');
  await closed;
  const refused = connect({ port: proxy.port, host: '127.0.0.1' });
  const [error] = (await once(refused, 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('ECONNREFUSED');
  await proxy.heal();
  const socket = await dial();
  expect((await echo(socket, 'back')).answer).toBe('back');
  socket.destroy();
});

test('a target that is not there shows as a connection that ends', async () => {
  const gone = await startProxy({ name: 'gone', targets: [1], random: () => 0.5 });
  const socket = connect({ port: gone.port, host: '127.0.0.1' });
  await expect(text(socket)).rejects.toMatchObject({ code: 'ECONNRESET' });
  await gone.stop();
});
