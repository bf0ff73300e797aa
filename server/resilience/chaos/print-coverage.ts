import { ORDER_STATES } from '#payments';
import { printTable } from '../../bench/kit/table.ts';
import type { LevelReport } from '../kit/report.ts';
import { FAMILIES } from './plan-nemeses.ts';

/** Prints what the runs have seen, and names what they have not: nothing was proven about that. */
export function printCoverage({ faults, sometimes, runs }: Pick<LevelReport, 'faults' | 'sometimes' | 'runs'>): void {
  const states = ORDER_STATES.filter((state) => FAMILIES.some(({ name }) => `${name} × ${state}` in sometimes));
  const rows = FAMILIES.filter(({ name }) => runs > 1 || (faults[name] ?? 0) > 0).map(({ name }) => [
    name,
    String(faults[name] ?? 0),
    ...states.map((state) => String(sometimes[`${name} × ${state}`] ?? 0)),
  ]);
  printTable(['nemesis', 'struck', ...states], rows);
  const others = Object.entries(sometimes).filter(([name]) => !isCell(name));
  console.log('');
  printTable(
    ['happened', 'times'],
    others.map(([name, count]) => [name, String(count)]),
  );
  const never = neverHappened(sometimes);
  const cells = never.filter(isCell);
  console.log(`\nNever happened: ${never.filter((name) => !isCell(name)).join(', ') || 'nothing'}`);
  // In one run most kinds are left out on purpose.
  if (runs > 1)
    console.log(`Nemesis never met an order in this state (${cells.length}): ${cells.join(', ') || 'none'}`);
  console.log('');
}

/** Runs in which everything must have happened at least once. */
const FULL_SET = 20;

/** The last word about a full set of runs: whether all that must happen sometimes did, or what proves nothing yet; null for a smaller set. */
export function sayWhetherComplete({ sometimes, runs }: Pick<LevelReport, 'sometimes' | 'runs'>): string | null {
  if (runs < FULL_SET) return null;
  const never = neverHappened(sometimes);
  const lines = never.filter((name) => !isCell(name));
  const cells = `${never.length - lines.length} pairs of nemesis and state never met`;
  if (lines.length === 0) return `complete: in ${runs} runs everything happened; ${cells}`;
  return `NOT COMPLETE: in ${runs} runs ${lines.length} things never happened, and nothing was proven about them: ${lines.join(', ')}; ${cells}`;
}

function neverHappened(sometimes: LevelReport['sometimes']): string[] {
  return Object.entries(sometimes).flatMap(([name, count]) => (count === 0 ? [name] : []));
}

/** A nemesis and the state that it met orders in. */
function isCell(name: string): boolean {
  return name.includes(' × ');
}

/** Prints what a campaign counted and measured. */
export function printFigures({ faults, sometimes }: Pick<LevelReport, 'faults' | 'sometimes'>): void {
  const rows = [
    ...Object.entries(faults).map(([name, count]) => [`killed: ${name}`, count] as const),
    ...Object.entries(sometimes),
  ];
  printTable(
    ['figure', 'value'],
    rows.map(([name, value]) => [name, String(value)]),
  );
  console.log('');
}
