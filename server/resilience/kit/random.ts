import { hash } from 'node:crypto';

/** Draws that depend on a seed and on nothing else: no clock, no `Math.random`. */
export interface Random {
  /** From 0 (included) to 1. */
  share(): number;
  /** A whole number, both ends included. */
  between(lowest: number, highest: number): number;
  chance(share: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** Picks by weight; a weight of 0 is never picked. */
  weighted<T>(from: readonly (readonly [weight: number, value: T])[]): T;
  /** Each is taken with this chance, in their order. */
  subset<T>(from: readonly T[], share: number): T[];
  /** A stream of its own: what is drawn from it never shifts what is drawn from this one. */
  fork(name: string): Random;
}

/**
 * xoshiro128** (Blackman and Vigna), its state taken from SHA-256 of the seed and of the names it was forked by. `seed` is a whole
 * number of up to 64 bits.
 */
export function createRandom(seed: bigint | number, ...names: readonly string[]): Random {
  const digits = hash('sha256', [BigInt.asUintN(64, BigInt(seed)), ...names].join('\n'), 'hex');
  const word = (place: number) => Number.parseInt(digits.slice(place * 8, place * 8 + 8), 16) | 0;
  const state: [number, number, number, number] = [word(0), word(1), word(2), word(3) | 1];

  function next32(): number {
    const result = Math.imul(rotate(Math.imul(state[1], 5), 7), 9) >>> 0;
    const shifted = state[1] << 9;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotate(state[3], 11);
    return result;
  }

  const share = () => next32() / 2 ** 32;
  const between = (lowest: number, highest: number) => lowest + Math.floor(share() * (highest - lowest + 1));
  return {
    share,
    between,
    chance: (limit) => share() < limit,
    pick: (from) => from[between(0, from.length - 1)] as (typeof from)[number],
    weighted: (from) => {
      let left = share() * from.reduce((sum, [weight]) => sum + weight, 0);
      const found = from.find(([weight]) => {
        left -= weight;
        return left < 0;
      });
      return (found ?? (from.at(-1) as (typeof from)[number]))[1];
    },
    subset: (from, limit) => from.filter(() => share() < limit),
    fork: (name) => createRandom(seed, ...names, name),
  };
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** A seed as people type it; throws unless it is a whole number of up to 64 bits. */
export function parseSeed(text: string): bigint {
  if (!/^\d{1,20}$/.test(text) || BigInt(text) >= 2n ** 64n)
    throw new Error(`a seed is a whole number below 2^64: ${text}`);
  return BigInt(text);
}
