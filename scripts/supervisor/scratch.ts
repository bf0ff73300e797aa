import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { stopLeftover } from './postgres.ts';
import { isAlive } from './processes.ts';

const BASE = resolve('var');
const NAME = /^test-(\d+)(-\d+)?$/;
let count = 0;

/** A new folder of this process's own under `var`; folders of test runs that were killed are cleared away. */
export async function scratchDir(): Promise<string> {
  await clearLeftovers();
  const folder = join(BASE, `test-${process.pid}-${count++}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  return folder;
}

async function clearLeftovers(): Promise<void> {
  for (const name of await readdir(BASE).catch(() => [])) {
    const pid = Number(NAME.exec(name)?.[1]);
    if (!pid || isAlive(pid)) continue;
    await stopLeftover(join(BASE, name, 'postgres'));
    await rm(join(BASE, name), { recursive: true, force: true });
  }
}
