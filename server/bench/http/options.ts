import { parseArgs } from 'node:util';

export interface HttpOptions {
  /** Alternated rounds; every figure is the median of them. */
  readonly rounds: number;
  /** Length of one measurement. */
  readonly seconds: number;
  /** How often the API is killed under load. */
  readonly kills: number;
  /** Length of one more run in which memory must stay flat; 0 leaves it out. */
  readonly soakSeconds: number;
  /** Measure the web process too, from a production build. */
  readonly next: boolean;
  /** Let the provider send its webhooks. */
  readonly webhooks: boolean;
  /** Folder for processor profiles of the API, the provider and the worker. */
  readonly profile: string | undefined;
}

const USAGE =
  'npm run bench:http -- [--rounds 3] [--seconds 2] [--kills 3] [--soak SECONDS] [--no-next] [--no-webhooks] [--profile DIR]';

export function readHttpOptions(args: string[]): HttpOptions {
  const { values } = parseArgs({
    args,
    allowNegative: true,
    options: {
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '2' },
      kills: { type: 'string', default: '3' },
      soak: { type: 'string', default: '0' },
      next: { type: 'boolean', default: true },
      webhooks: { type: 'boolean', default: true },
      profile: { type: 'string' },
    },
  });
  const { next, webhooks, profile } = values;
  const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
  const [kills, soakSeconds] = [Number(values.kills), Number(values.soak)];
  if (!(rounds > 0 && seconds > 0 && kills >= 0 && soakSeconds >= 0)) throw new Error(`Usage: ${USAGE}`);
  // A process that is killed with -9 writes no profile.
  return { rounds, seconds, kills: profile ? 0 : kills, soakSeconds, next, webhooks, profile };
}
