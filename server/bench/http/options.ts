import { parseArgs } from 'node:util';

export const DOORS = ['api', 'bulk', 'next', 'naive'] as const;
export type Door = (typeof DOORS)[number];

export interface HttpOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly doors: readonly Door[];
  /** How often the API is killed under load. */
  readonly kills: number;
  /** Length of one more run in which memory must stay flat; 0 leaves it out. */
  readonly soakSeconds: number;
}

const USAGE =
  'npm run bench:http -- [--rounds 3] [--seconds 5] [--doors api,bulk,next,naive] [--kills 3] [--soak SECONDS]';

export function readHttpOptions(args: string[]): HttpOptions {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '5' },
      doors: { type: 'string', default: DOORS.join(',') },
      kills: { type: 'string', default: '3' },
      soak: { type: 'string', default: '0' },
    },
  });
  const asked = values.doors.split(',');
  const doors = DOORS.filter((door) => asked.includes(door));
  const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
  const [kills, soakSeconds] = [Number(values.kills), Number(values.soak)];
  const valid = rounds > 0 && seconds > 0 && kills >= 0 && soakSeconds >= 0 && doors.length === asked.length;
  if (!valid) throw new Error(`Usage: ${USAGE}`);
  return { rounds, seconds, doors, kills, soakSeconds };
}
