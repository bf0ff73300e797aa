import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CONFIG_VARIABLES } from '#config';
import { crashPoints } from './suites/crash-points.ts';
import { playwright } from './suites/playwright.ts';
import { lint, types, unused } from './suites/static.ts';
import { commandSuite, printTotal, runSuite, type SuiteResult } from './suites/suite.ts';
import { vitest } from './suites/vitest.ts';
import { buildWeb } from './supervisor/build.ts';
import { freePort } from './supervisor/ports.ts';
import { scratchDir } from './supervisor/scratch.ts';
import { type System, startSystem } from './supervisor/system.ts';

/**
 * `npm test`: everything, on ports, databases and a build folder of its own, so that it works beside a running `npm start`.
 * The variables of the caller that point at a system of theirs are not looked at. `--every-crash-point` plays all of them, as
 * continuous integration does, instead of a share.
 */
const DIST_DIR = '.next-test';
for (const name of Object.keys(process.env)) if (isOurs(name)) delete process.env[name];
const PORTS = ['PORT', 'API_PORT', 'PSP_PORT', 'METRICS_PORT', 'WEB_METRICS_PORT', 'API_METRICS_PORT', 'POSTGRES_PORT'];
const SHARE_OF_CRASH_POINTS = process.argv.includes('--every-crash-point') ? 1 : 1 / 6;
const startedAt = Date.now();
const scratch = await scratchDir();
const log: string[] = [];

const [staticResults, buildResults] = await Promise.all([withoutBuild(), typesAndBuild()]);
const results = [...staticResults, ...buildResults, ...(await onRunningSystem(buildResults))];
const failed = results.some((result) => result.failed > 0);
if (failed) console.info(`\nLogs, traces and reports are kept in ${scratch}.`);
else await rm(scratch, { recursive: true, force: true });
console.info(`\nTook ${((Date.now() - startedAt) / 1000).toFixed(0)} s.`);
printTotal(results);
// Sockets of child processes that have been told to go may linger.
process.exit();

async function withoutBuild(): Promise<SuiteResult[]> {
  const tests = [await lint(), await unused(), await vitest('unit', scratch), await vitest('db', scratch)];
  return [...tests, await crashPoints(SHARE_OF_CRASH_POINTS, scratch)];
}

/** In this order: the build writes the file that tells TypeScript about the routes. */
async function typesAndBuild(): Promise<SuiteResult[]> {
  const build = () =>
    runSuite('build', async () => {
      await buildWeb({ distDir: DIST_DIR, onLine: (line) => log.push(line), say: () => undefined });
      return { passed: 1, failed: 0, skipped: 0, notes: [] };
    });
  return [await types(), await build()];
}

async function onRunningSystem(before: readonly SuiteResult[]): Promise<SuiteResult[]> {
  if (before.some(({ name, failed }) => name === 'build' && failed > 0)) return [];
  let system: System | undefined;
  const start = await runSuite('start', async () => {
    system = await startSystem({ env: await environment(), say: (text) => log.push(text) });
    return { passed: 1, failed: 0, skipped: 0, notes: [] };
  });
  if (!system) return [start];
  try {
    const { env, config } = system;
    const suites = [start, await playwright(config.PUBLIC_URL, env, scratch)];
    for (const name of ['web-life', 'demo', 'audit', 'canary']) {
      const script = `scripts/${name}.ts`;
      if (existsSync(script)) suites.push(await commandSuite(name, script, [], env));
    }
    return [...suites, await runSuite('stop', stopping(system))];
  } finally {
    await system.stop();
  }
}

function stopping(system: System) {
  return async () => {
    await system.stop();
    return { passed: 1, failed: 0, skipped: 0, notes: [] };
  };
}

function isOurs(name: string): boolean {
  return CONFIG_VARIABLES.includes(name) || /^(PSP|NEXT|TEST)_/.test(name) || name === 'NODE_ENV';
}

async function environment(): Promise<Record<string, string>> {
  const ports: Record<string, string> = {};
  for (const name of PORTS) ports[name] = String(await freePort());
  return { ...ports, DATA_DIR: join(scratch, 'system'), NEXT_DIST_DIR: DIST_DIR, APP_ENV: 'demo', LOG_LEVEL: 'info' };
}
