import { parseSimulatorConfig } from '../config.ts';
import { createStore } from '../database/store.ts';
import { audit } from './audit.ts';

/**
 * `npm run psp-audit`: every rule of the simulator's books with its verdict; exits 1 when one is broken, 2 when they could not be
 * read. Reads the database of PSP_DATABASE_URL; the simulator may be running or not.
 */
const config = parseSimulatorConfig(process.env);
const store = createStore(config.PSP_DATABASE_URL, 2);
try {
  const { problems, charges, refunds } = await audit(store);
  for (const [rule, count] of Object.entries(problems)) console.info(lineOf(rule, count));
  const broken = Object.values(problems).filter((count) => count > 0).length;
  const verdict = broken === 0 ? `All ${Object.keys(problems).length} rules hold` : `${broken} rules are broken`;
  console.info(`${verdict}; ${charges} charges took money, ${refunds} refunds gave some back.`);
  process.exitCode = broken === 0 ? 0 : 1;
} catch (error) {
  console.error(`The books of the simulator could not be read: ${(error as Error).message}`);
  process.exitCode = 2;
} finally {
  await store.close();
}

/** `payouts without booking: ok`. */
function lineOf(rule: string, count: number): string {
  return `no ${rule.replaceAll('_', ' ')}`.padEnd(48) + (count === 0 ? 'ok' : `BROKEN: ${count}`);
}
