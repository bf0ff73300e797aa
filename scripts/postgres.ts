import { parseArgs } from 'node:util';
import { startPostgres } from './supervisor/postgres.ts';

/** The embedded PostgreSQL as a process of its own: `node scripts/postgres.ts --data DIR --port N [--scratch]`. */
const { values } = parseArgs({
  options: { data: { type: 'string' }, port: { type: 'string' }, scratch: { type: 'boolean', default: false } },
});
if (!values.data || !values.port) throw new Error('Usage: node scripts/postgres.ts --data DIR --port N [--scratch]');

/** A throwaway cluster need not survive a power cut; it still survives kill -9, which loses no page of the kernel's. */
const SCRATCH = { fsync: 'off', full_page_writes: 'off', max_connections: '300' };

const server = await startPostgres({
  dataDir: values.data,
  port: Number(values.port),
  settings: values.scratch ? SCRATCH : {},
  onLog: (text) => process.stderr.write(text),
}).catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    stopping = true;
    void server.stop();
  });
}
console.info(`PostgreSQL is ready on port ${values.port}.`);
const reason = await server.ended;
if (!stopping) console.error(reason);
process.exit(stopping ? 0 : 1);
