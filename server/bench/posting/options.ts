import { parseArgs } from 'node:util';

export interface PostingOptions {
  /** Alternated rounds; every figure is the median of them. */
  readonly rounds: number;
  /** Length of one measurement. */
  readonly seconds: number;
  /** Entries in the large books. */
  readonly entries: number;
}

const USAGE = 'npm run bench:post -- [--rounds 5] [--seconds 1] [--entries 1000000]';

export function readOptions(args: string[]): PostingOptions {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '1' },
      entries: { type: 'string', default: '1000000' },
    },
  });
  const options = { rounds: Number(values.rounds), seconds: Number(values.seconds), entries: Number(values.entries) };
  const valid = Object.values(options).every((value) => Number.isFinite(value) && value > 0);
  if (!valid || options.entries < 20_000) throw new Error(`Usage: ${USAGE} (at least 20000 entries)`);
  return options;
}
