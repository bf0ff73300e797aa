import { startDurablePostgres } from './kit/durable-postgres.ts';
import { printGoals } from './kit/goals.ts';
import { describeMachine } from './kit/machine.ts';
import { show } from './kit/numbers.ts';
import { printTable } from './kit/table.ts';
import { type Contenders, openContenders } from './posting/contenders.ts';
import { postingGoals } from './posting/goals.ts';
import { measureGrowth } from './posting/growth.ts';
import { readOptions } from './posting/options.ts';
import { measureReads } from './posting/reads.ts';
import { type Figures, measureRounds, type Scenario, Tally } from './posting/rounds.ts';

/** `npm run bench:post`: ways of posting a payment to a ledger, measured in turn on one PostgreSQL. */
const { entries, ...options } = readOptions(process.argv.slice(2));
const startedAt = performance.now();
const say = (text: string) => console.error(`\u203a ${text}`);

const server = await startDurablePostgres();
// Where the databases of #testing are made.
process.env.TEST_POSTGRES_URL = server.url;
try {
  console.log(await describeMachine(server.url));
  const how = { ...options, postgresPid: server.pid, tally: new Tally(), say };
  say('opening the books; the naive ways choose how many callers suit them');
  const contenders = await openContenders(how);
  const figures = await measureRounds(scenariosOf(contenders), how);
  const bytes = (await contenders.ourBooks.size()) / (await contenders.ourBooks.transactions());
  const growth = await measureGrowth(entries, { ...how, server });
  const reads = await measureReads(growth.books);

  console.log(`\nMedians of ${options.rounds} rounds of ${options.seconds} s; two entries per transaction.\n`);
  printFigures(figures);
  console.log('');
  printGoals(postingGoals({ contenders, figures, bytes, growth, reads, entries }));
  await growth.books.close();
  await contenders.close();
} finally {
  await server.stop();
}
console.log(`\nAll books added up after every round. ${Math.round((performance.now() - startedAt) / 1000)} s in all.`);

function scenariosOf({ ours, pg, prisma, raw, far }: Contenders): Scenario[] {
  return [
    ...Object.values(ours),
    ...Object.values(raw),
    ...Object.values(pg),
    ...Object.values(prisma),
    far.ours,
    far.pg,
  ];
}

function printFigures(figures: ReadonlyMap<Scenario, Figures>): void {
  printTable(
    ['way', 'accounts', 'callers', 'posted/s', 'slowest–fastest', 'p50 ms', 'p99 ms', 'Postgres µs', 'client µs'],
    [...figures].map(([{ contender, load, callers, note }, figure]) => [
      note ? `${contender.name}, ${note}` : contender.name,
      load === 'hot' ? 'one hot' : 'spread',
      String(callers),
      show(figure.perSecond),
      `${show(figure.slowest)}–${show(figure.fastest)}`,
      show(figure.p50Ms),
      show(figure.p99Ms),
      show(figure.postgresCpuMicros),
      show(figure.clientCpuMicros),
    ]),
    2,
  );
}
