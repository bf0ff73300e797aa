import { parseArgs } from 'node:util';
import pg from 'pg';
import { type AuditVerdict, auditBooks } from '#audit';
import { pool } from '#db';
import { installJobs } from '#jobs';
import { sealLedger } from '#ledger';
import { createTestDatabase } from '#testing';
import { fillBooks } from './audit/fill.ts';
import { startDurablePostgres } from './kit/durable-postgres.ts';
import { describeMachine } from './kit/machine.ts';
import { median, show } from './kit/numbers.ts';
import { printTable } from './kit/table.ts';
import { cpuSecondsOfTree } from './kit/usage.ts';

/** `npm run bench:audit -- [--entries 1000000] [--rounds 5] [--full]`: how long the check of the books takes, and that of every seal and text. */
const { values } = parseArgs({
  options: {
    entries: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '5' },
    full: { type: 'boolean', default: false },
  },
});
const [entries, rounds] = [Number(values.entries), Number(values.rounds)];
if (!(entries >= 1_000 && rounds >= 1))
  throw new Error('Usage: npm run bench:audit -- [--entries N] [--rounds N] [--full]');
const say = (text: string) => console.error(`\u203a ${text}`);

/** Verdicts and cost of one run. Processor time says more than the clock when the machine does other work beside it. */
interface Run {
  readonly verdicts: readonly AuditVerdict[];
  readonly seconds: number;
  readonly cpuSeconds: number;
}

const server = await startDurablePostgres();
process.env.TEST_POSTGRES_URL = server.url;
try {
  const database = await createTestDatabase('audit');
  await installJobs(database.url);
  const owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  const filled = await timed(() => fillBooks(owner, entries));
  say(`${filled.result.toLocaleString('en-US')} entries of whole payments filled in (${show(filled.seconds)} s)`);
  await owner.end();
  // Read by the configuration at its first use, which is here.
  process.env.DATABASE_URL = database.url;
  const sealed = await timed(() => sealLedger({ safeAgeSeconds: 0 }));
  say(`sealed under ${sealed.result.length} seals (${show(sealed.seconds)} s)`);

  const runs: Run[] = [];
  for (let round = 0; round < rounds; round += 1) runs.push(await audit(false));
  const full = values.full ? [await audit(true)] : [];
  console.log(await describeMachine(server.url));
  console.log(
    `\n${filled.result.toLocaleString('en-US')} ledger entries; medians of ${rounds} runs, each on one snapshot.\n`,
  );
  printRuns(runs, full);
  await pool().end();
} finally {
  await server.stop();
}

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; seconds: number }> {
  const started = performance.now();
  const result = await work();
  return { result, seconds: (performance.now() - started) / 1_000 };
}

async function audit(inFull: boolean): Promise<Run> {
  const before = cpuSecondsOfTree(server.pid) ?? Number.NaN;
  const { result: verdicts, seconds } = await timed(() => auditBooks({ inFull }));
  const broken = verdicts.filter((verdict) => verdict.violations > 0);
  if (broken.length > 0) throw new Error(`The filled books are not sound: ${JSON.stringify(broken)}`);
  const cpuSeconds = (cpuSecondsOfTree(server.pid) ?? Number.NaN) - before;
  say(`checked ${inFull ? 'everything' : 'as usual'}: ${show(seconds)} s, ${show(cpuSeconds)} s of processor time`);
  return { verdicts, seconds, cpuSeconds };
}

function printRuns(runs: readonly Run[], full: readonly Run[]): void {
  const [first] = runs as [Run];
  const rows = first.verdicts.map(({ id, rule }) => {
    const times = runs.map(({ verdicts }) => verdicts.find((verdict) => verdict.id === id)?.milliseconds ?? Number.NaN);
    return [id, rule, show(median(times))];
  });
  const inFull = full.flatMap(({ verdicts }) =>
    verdicts.filter(({ id }) => !first.verdicts.some((one) => one.id === id)),
  );
  printTable(
    ['#', 'rule', 'ms'],
    [
      ...rows,
      ['', 'all of them', show(median(runs.map((run) => run.seconds * 1_000)))],
      ['', 'processor time of PostgreSQL', show(median(runs.map((run) => run.cpuSeconds * 1_000)))],
      ...inFull.map(({ id, milliseconds }) => [id, 'every seal and every text, once a night', show(milliseconds)]),
    ],
    2,
  );
}
