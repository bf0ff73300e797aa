import { buildWeb } from '../../scripts/supervisor/build.ts';
import { readdBooks, untilQuiet } from './http/books.ts';
import { httpGoals } from './http/goals.ts';
import { killUnderLoad } from './http/kills.ts';
import { type Door, readHttpOptions } from './http/options.ts';
import { type LoadResult, type Memory, runLoad, startLoad } from './http/run-load.ts';
import { type BenchSystem, type DoorKind, startSystem } from './http/system.ts';
import { startDurablePostgres } from './kit/durable-postgres.ts';
import { printGoals } from './kit/goals.ts';
import { describeMachine } from './kit/machine.ts';
import { median, show } from './kit/numbers.ts';
import { printTable } from './kit/table.ts';

/** `npm run bench:http`: whole payments over HTTP, with authentication, validation, the provider and its webhooks. */
const SHAPES: Record<Door, { kind: DoorKind; connections: number; payments: number; title: string }> = {
  api: { kind: 'api', connections: 64, payments: 1, title: 'npm run api, single' },
  bulk: { kind: 'api', connections: 8, payments: 50, title: 'npm run api, 50 in a request' },
  next: { kind: 'next', connections: 64, payments: 1, title: 'Next, single' },
  naive: { kind: 'naive', connections: 32, payments: 1, title: 'naive Prisma, single' },
};
const WARM_UP_SECONDS = 2;

const options = readHttpOptions(process.argv.slice(2));
const startedAt = performance.now();
const say = (text: string) => console.error(`\u203a ${text}`);
const distDir = process.env.NEXT_DIST_DIR ?? '.next';

const server = await startDurablePostgres();
// Where the databases of #testing are made.
process.env.TEST_POSTGRES_URL = server.url;
const systems = new Map<DoorKind, BenchSystem>();
try {
  console.log(await describeMachine(server.url));
  if (options.doors.includes('next')) await buildWeb({ distDir, onLine: () => undefined, say });
  for (const kind of new Set(options.doors.map((door) => SHAPES[door].kind)))
    systems.set(kind, await startSystem(kind, distDir));
  say('all processes are up');
  const loads = await measureRounds();
  const soak = await measureSoak();
  const api = systems.get('api');
  const kills = api && options.kills > 0 ? await killUnderLoad(api, options.kills) : null;
  for (const system of systems.values()) {
    const captures = await readdBooks(system);
    say(`${system.name}: the books add up; ${captures} captures here and ${captures} charges at the provider`);
  }
  printLoads(loads);
  console.log('');
  const rates = Object.fromEntries([...loads].map(([door, all]) => [door, medianOf(all, 'perSecond')]));
  printGoals(httpGoals({ rates, memory: highestMemory(loads), soak, kills }));
} finally {
  for (const system of systems.values()) await system.stop();
  await server.stop();
}
console.log(
  `\nEvery payment succeeded; the books add up. ${Math.round((performance.now() - startedAt) / 1000)} s in all.`,
);

async function measureRounds(): Promise<Map<Door, LoadResult[]>> {
  const loads = new Map<Door, LoadResult[]>(options.doors.map((door) => [door, []]));
  for (const door of options.doors) {
    const { kind, ...shape } = SHAPES[door];
    await startLoad(systems.get(kind) as BenchSystem, { ...shape, seconds: WARM_UP_SECONDS });
    await untilQuiet(systems.get(kind) as BenchSystem);
  }
  for (let round = 0; round < options.rounds; round += 1) {
    for (const door of options.doors) loads.get(door)?.push(await measure(door, options.seconds));
    say(`round ${round + 1} of ${options.rounds}`);
  }
  return loads;
}

function measure(door: Door, seconds: number): Promise<LoadResult> {
  const { kind, connections, payments } = SHAPES[door];
  const system = systems.get(kind) as BenchSystem;
  return runLoad(system, { connections, payments, seconds }, server.pid);
}

async function measureSoak() {
  if (options.soakSeconds === 0 || !options.doors.includes('api')) return null;
  const { memory } = await measure('api', options.soakSeconds);
  return { seconds: options.soakSeconds, memory };
}

function medianOf(loads: readonly LoadResult[], figure: 'perSecond' | 'p50Ms' | 'p99Ms'): number {
  return median(loads.map((load) => load[figure]));
}

function highestMemory(loads: ReadonlyMap<Door, LoadResult[]>): Map<string, Memory> {
  const highest = new Map<string, Memory>();
  for (const [door, all] of loads) {
    if (door === 'naive') continue;
    for (const [name, memory] of all.flatMap((load) => [...load.memory])) {
      const before = highest.get(name);
      if (!before || before.highestBytes < memory.highestBytes) highest.set(name, memory);
    }
  }
  return highest;
}

function printLoads(loads: ReadonlyMap<Door, LoadResult[]>): void {
  console.log(`\nMedians of ${options.rounds} rounds of ${options.seconds} s; one order of three entries per payment.`);
  console.log(
    'The provider is the simulator; its webhooks go to the door that is measured, and a worker handles them.\n',
  );
  printTable(
    ['door', 'connections', 'payments/s', 'slowest–fastest', 'p50 ms', 'p99 ms', 'CPU µs per payment'],
    [...loads].map(([door, all]) => {
      const rates = all.map((load) => load.perSecond);
      return [
        SHAPES[door].title,
        String(SHAPES[door].connections),
        show(median(rates)),
        `${show(Math.min(...rates))}–${show(Math.max(...rates))}`,
        show(medianOf(all, 'p50Ms')),
        show(medianOf(all, 'p99Ms')),
        showCpu(all),
      ];
    }),
  );
}

/** Of the last round: what each process spent on a payment, its webhooks included. */
function showCpu(loads: readonly LoadResult[]): string {
  return [...(loads.at(-1)?.cpuMicros ?? [])].map(([name, micros]) => `${name} ${show(Math.round(micros))}`).join(', ');
}
