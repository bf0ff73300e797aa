import { buildWeb } from '../../scripts/supervisor/build.ts';
import { requireAgreement, requireInvariants } from './http/books.ts';
import { httpGoals } from './http/goals.ts';
import { killUnderLoad } from './http/kills.ts';
import { measure } from './http/measure.ts';
import { readHttpOptions } from './http/options.ts';
import { printFigures, printMemory, printRatios } from './http/report.ts';
import { measureRounds } from './http/rounds.ts';
import { scenariosOf } from './http/scenarios.ts';
import { type BenchSystem, type DoorKind, startSystem } from './http/system.ts';
import { startDurablePostgres } from './kit/durable-postgres.ts';
import { printGoals } from './kit/goals.ts';
import { describeMachine } from './kit/machine.ts';
import { show } from './kit/numbers.ts';

/** `npm run bench:http`: whole payments over HTTP, with authentication, validation, the provider and its webhooks. */
const options = readHttpOptions(process.argv.slice(2));
const distDir = process.env.NEXT_DIST_DIR ?? '.next-test';
const startedAt = performance.now();
const say = (text: string) => console.error(`\u203a ${text}`);

if (options.next) await buildWeb({ distDir, onLine: () => undefined, say });
const server = await startDurablePostgres();
const how = { ...options, postgresPid: server.pid, say };
// Where the databases of #testing are made.
process.env.TEST_POSTGRES_URL = server.url;
const systems: BenchSystem[] = [];
try {
  console.log(await describeMachine(server.url));
  const kinds: DoorKind[] = options.next ? ['api', 'next', 'naive'] : ['api', 'naive'];
  for (const kind of kinds) systems.push(await startSystem(kind, { ...options, distDir }));
  say('all processes are up');

  const scenarios = scenariosOf(systems);
  const measured = await measureRounds(scenarios, how);
  const soak = await measureSoak();
  for (const system of systems) await requireAgreed(system);
  const api = systems.find((system) => system.kind === 'api');
  const kills = api && options.kills > 0 ? await killUnderLoad(api, options.kills) : null;

  console.log(
    `\nMedians of ${options.rounds} alternated rounds of ${options.seconds} s; one order, three entries each.`,
  );
  console.log('CPU is in milliseconds per payment, counted until the last webhook was handled.');
  console.log(
    `The provider's webhooks go to the door that is measured${options.webhooks ? '' : '; they are off in this run'}.\n`,
  );
  printFigures(measured);
  console.log('');
  printRatios(measured);
  console.log('');
  printMemory(measured);
  console.log('');
  printGoals(httpGoals({ ...measured, soak, kills }));
  if (kills && kills.lost > 0) process.exitCode = 1;

  async function measureSoak() {
    const scenario = scenarios.find(({ callers }) => callers === 64);
    if (options.soakSeconds === 0 || !scenario) return null;
    const { memory } = await measure(scenario, { ...how, seconds: options.soakSeconds });
    return { seconds: options.soakSeconds, memory };
  }
} finally {
  for (const system of systems) await system.stop();
  await server.stop();
}
console.log(`\n${Math.round((performance.now() - startedAt) / 1000)} s in all.`);

async function requireAgreed(system: BenchSystem): Promise<void> {
  await requireInvariants(system);
  const { captures, webhooks } = await requireAgreement(system);
  say(
    `${system.kind}: the books add up; ${show(captures)} captures agree with the provider's charges one by one; ${show(webhooks)} webhooks delivered`,
  );
}
