import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { plantedSources } from './bug.ts';
import { bugById } from './bugs/index.ts';

/**
 * `node --import …/preload.ts`: plants the bug that PLANTED_BUG names, in this process and in those it starts, since they inherit
 * NODE_OPTIONS. Which of its files were really loaded is noted in PLANTED_BUG_TRACE: a bug nobody met was not missed.
 */
const { PLANTED_BUG: id, PLANTED_BUG_TRACE: trace, APP_ENV } = process.env;
if (id) {
  if (APP_ENV === 'production') throw new Error('no bug is planted in production');
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const planted = new Map(
    [...plantedSources(bugById(id), root)].map(([file, source]) => [
      new URL(file, `file://${root}`).href,
      { file, source },
    ]),
  );
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const change = planted.get(url.split('?', 1)[0] as string);
      if (!change) return loaded;
      if (trace) appendFileSync(trace, `${change.file}\n`);
      return { ...loaded, source: change.source };
    },
  });
}
