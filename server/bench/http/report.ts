import { show } from '../kit/numbers.ts';
import { printTable } from '../kit/table.ts';
import type { RoundsResult } from './rounds.ts';
import { bestOf } from './scenarios.ts';
import type { Group } from './watch.ts';

const GROUPS: readonly Group[] = ['door', 'provider', 'worker', 'postgres', 'load'];
const MEBIBYTE = 2 ** 20;

export function printFigures({ figures }: RoundsResult): void {
  printTable(
    [
      'door',
      'callers',
      'payments/s',
      'slowest–fastest',
      'p50 ms',
      'p99 ms',
      'with webhooks/s',
      ...GROUPS.map((group) => `${group} CPU`),
    ],
    [...figures].map(([{ name, callers }, figure]) => [
      name,
      String(callers),
      show(figure.perSecond),
      `${show(figure.slowest)}–${show(figure.fastest)}`,
      show(figure.p50Ms),
      show(figure.p99Ms),
      show(figure.sustainedPerSecond),
      ...GROUPS.map((group) => show(figure.cpuMs.get(group) ?? null)),
    ]),
  );
}

/** Each door at its best against each other. */
export function printRatios({ figures }: RoundsResult): void {
  const doors = (['bulk', 'api', 'next', 'naive'] as const).flatMap((door) => {
    const best = bestOf(figures, door);
    return best ? [{ door, rate: best.perSecond }] : [];
  });
  printTable(
    ['best rate of', ...doors.slice(1).map(({ door }) => `× ${door}`)],
    doors
      .slice(0, -1)
      .map(({ door, rate }, place) => [
        door,
        ...doors.slice(1).map((other, index) => (index < place ? '' : show(rate / other.rate))),
      ]),
  );
}

export function printMemory({ memory }: RoundsResult): void {
  printTable(
    ['highest memory, MiB', ...GROUPS],
    [...memory].map(([{ kind }, groups]) => [
      kind,
      ...GROUPS.map((group) => {
        const bytes = groups.get(group)?.highestBytes;
        return bytes === undefined ? '–' : show(Math.round(bytes / MEBIBYTE));
      }),
    ]),
  );
}
