import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { ToxicSet } from './toxics.ts';

/** Data read and not yet passed on, in bytes, above which reading pauses. */
const MOST_WAITING_BYTES = 1_000_000;
/** A slow line sends what fits in so many milliseconds at once. */
const BANDWIDTH_STEP_MS = 50;

/** One direction of one connection. */
export interface Flow {
  /** To be called when a toxic was set or removed: some act without any data coming. */
  toxicsChanged(): void;
}

export interface FlowOptions {
  readonly from: Socket;
  readonly to: Socket;
  readonly toxics: ToxicSet;
  /** For jitter: from 0 to 1. */
  readonly random: () => number;
  /** Closes both ends, in order or with a reset. */
  readonly cut: (how: 'close' | 'reset') => void;
}

/** Carries data from one socket to the other, through the toxics that are set when it comes. */
export function startFlow({ from, to, toxics, random, cut }: FlowOptions): Flow {
  let waiting = 0;
  let passed = 0;
  let swallowed = false;
  let line = Promise.resolve();
  let timers: NodeJS.Timeout[] = [];

  from.on('data', (chunk: Buffer) => {
    const at = performance.now();
    waiting += chunk.length;
    if (waiting > MOST_WAITING_BYTES) from.pause();
    inLine(() => carry(chunk, at));
  });
  from.once('end', () => inLine(end));

  function inLine(work: () => Promise<void>): void {
    line = line.then(work).catch(() => cut('close'));
  }

  async function carry(chunk: Buffer, at: number): Promise<void> {
    waiting -= chunk.length;
    if (waiting <= MOST_WAITING_BYTES) from.resume();
    if (toxics.get('timeout')) {
      swallowed = true;
      return;
    }
    const latency = toxics.get('latency');
    if (latency) await delay(Math.max(at + latency.ms + (random() * 2 - 1) * latency.jitterMs - performance.now(), 0));
    const limit = toxics.get('limit_data');
    const left = limit ? limit.bytes - passed : Number.POSITIVE_INFINITY;
    await send(chunk.subarray(0, Math.max(left, 0)));
    if (chunk.length >= left) cut('close');
  }

  async function send(data: Buffer): Promise<void> {
    for (let start = 0; start < data.length; ) {
      const [slicer, bandwidth] = [toxics.get('slicer'), toxics.get('bandwidth')];
      const atOnce = bandwidth ? Math.ceil((bandwidth.bytesPerSecond * BANDWIDTH_STEP_MS) / 1000) : data.length;
      const piece = data.subarray(start, start + Math.min(atOnce, slicer?.bytes ?? data.length));
      start += piece.length;
      if (bandwidth) await delay((piece.length * 1000) / bandwidth.bytesPerSecond);
      await write(piece);
      if (slicer && start < data.length) await delay(slicer.pauseMs);
    }
  }

  function write(piece: Buffer): Promise<void> {
    passed += piece.length;
    return new Promise((done, fail) => {
      if (to.destroyed) fail(new Error('the other end is gone'));
      else to.write(piece, (error) => (error ? fail(error) : done()));
    });
  }

  async function end(): Promise<void> {
    const slow = toxics.get('slow_close');
    if (slow) await delay(slow.ms);
    to.end();
  }

  function toxicsChanged(): void {
    for (const timer of timers) clearTimeout(timer);
    timers = [];
    const [timeout, reset] = [toxics.get('timeout'), toxics.get('reset_peer')];
    // A stream with a hole in it must not go on.
    if (!timeout && swallowed) cut('close');
    if (timeout && timeout.ms > 0) timers.push(setTimeout(() => cut('close'), timeout.ms));
    if (reset) timers.push(setTimeout(() => cut('reset'), reset.ms));
  }

  from.once('close', () => timers.forEach(clearTimeout));
  toxicsChanged();
  return { toxicsChanged };
}
