import { createHash } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runToEnd } from './child.ts';

/** Everything the web build is made of. */
const SOURCES = [
  'app',
  'components',
  'public',
  'server',
  'instrumentation.ts',
  'next.config.js',
  'package-lock.json',
  'package.json',
  'postcss.config.mjs',
  'prisma/schema.prisma',
  'proxy.ts',
  'tsconfig.json',
];
const NOT_SOURCES = /\.test\.tsx?$|^server\/(bench|psp-simulator|resilience|testing|worker|db\/generated)\//;

export interface BuildOptions {
  readonly distDir: string;
  readonly onLine: (line: string) => void;
  readonly say: (text: string) => void;
}

/** Builds the web application into `distDir` unless what lies there was made of exactly the present sources. */
export async function buildWeb({ distDir, onLine, say }: BuildOptions): Promise<void> {
  const stamp = join(distDir, 'countinghouse-sources');
  const version = await hashSources();
  if ((await readFile(stamp, 'utf8').catch(() => null)) === version) return;
  const startedAt = Date.now();
  say('Building the web application (half a minute or so, only after changes)');
  await runToEnd({
    name: 'next build',
    script: 'node_modules/next/dist/bin/next',
    args: ['build'],
    env: { NEXT_DIST_DIR: distDir, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
    onLine,
  });
  await writeFile(stamp, version);
  say(`Built in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
}

async function hashSources(): Promise<string> {
  const hash = createHash('sha256').update(process.version);
  for (const source of SOURCES) {
    for (const file of await filesOf(source)) {
      if (!NOT_SOURCES.test(file)) hash.update(file).update(await readFile(file));
    }
  }
  return hash.digest('hex');
}

async function filesOf(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => null);
  if (!found) return [];
  if (found.isFile()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).replaceAll('\\', '/'))
    .sort();
}
