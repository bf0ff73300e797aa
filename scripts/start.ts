import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { doors } from './supervisor/doors.ts';
import { startSystem } from './supervisor/system.ts';

/** `npm start` brings up the whole system and stays with it; `npm run dev` is the same with reload. */
const { values } = parseArgs({ options: { dev: { type: 'boolean', default: false } } });

const startedAt = Date.now();
const say = (text: string) => console.info(`\u203a ${text}`);
const asked = new AbortController();
const askToStop = (signal?: NodeJS.Signals) => {
  // Ctrl-C again: leave at once. The children end by themselves when the channel to us closes.
  if (asked.signal.aborted && signal === 'SIGINT') process.exit(1);
  if (asked.signal.aborted) return;
  asked.abort();
  say('Stopping');
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, askToStop);
// Whoever started us is gone without a word.
process.once('disconnect', () => askToStop());

try {
  const system = await startSystem({ env: process.env, dev: values.dev, say, signal: asked.signal });
  console.info(doors(system.config, Date.now() - startedAt));
  await once(asked.signal, 'abort');
  await system.stop();
} catch (error) {
  if (!asked.signal.aborted) {
    console.error(`\n${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  }
}
say('Stopped');
process.exit(0);
