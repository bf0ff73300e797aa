import { appendFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vitest/config';
import ours from '../../../vitest.config.ts';
import { plantedSources } from './bug.ts';
import { bugById } from './bugs/index.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const { PLANTED_BUG: id, PLANTED_BUG_TRACE: trace } = process.env;

/** Plants in what vitest loads itself what the preload plants in the processes that tests start. */
function planting(): Plugin {
  const planted = id ? plantedSources(bugById(id), ROOT) : new Map<string, string>();
  return {
    name: 'planted-bug',
    enforce: 'pre',
    transform(_, path) {
      const file = path.split('?', 1)[0]?.slice(ROOT.length) ?? '';
      const source = planted.get(file);
      if (source === undefined) return null;
      if (trace) appendFileSync(trace, `${file}\n`);
      return { code: source, map: null };
    },
  };
}

/** Transformed modules are kept for the next run otherwise, the planted ones among them. */
const KEEP_NOTHING = { fsModuleCache: false };

/** The project's own tests, with a bug planted if PLANTED_BUG names one. */
export default defineConfig({
  root: ROOT,
  test: {
    ...ours.test,
    ...KEEP_NOTHING,
    projects: ours.test?.projects?.map((project) => {
      const { test } = project as { test: object };
      return { test: { ...test, ...KEEP_NOTHING }, plugins: [planting()] };
    }),
  },
});
