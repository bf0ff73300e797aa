import { connect, createServer, type Socket } from 'node:net';
import { parseArgs } from 'node:util';

/**
 * Puts a distance between a program and a server: passes every byte on, in order, after half of the round trip.
 * `node server/bench/distance/main.ts --listen PORT --to PORT --round-trip MS`
 */
const { values } = parseArgs({
  options: { listen: { type: 'string' }, to: { type: 'string' }, 'round-trip': { type: 'string' } },
});
const [listen, to, delayMs] = [Number(values.listen), Number(values.to), Number(values['round-trip']) / 2];

createServer((near) => {
  const far = connect(to, '127.0.0.1');
  near.setNoDelay(true);
  far.setNoDelay(true);
  passOn(near, far);
  passOn(far, near);
}).listen(listen, '127.0.0.1', () => console.info(`A distance of ${delayMs * 2} ms is on port ${listen}.`));

function passOn(from: Socket, into: Socket): void {
  from.on('data', (bytes) => setTimeout(() => into.write(bytes), delayMs));
  from.on('close', () => setTimeout(() => into.destroy(), delayMs));
  from.on('error', () => into.destroy());
}
