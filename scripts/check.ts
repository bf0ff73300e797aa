import { rm } from 'node:fs/promises';
import { lint, types, unused } from './suites/static.ts';
import { printTotal } from './suites/suite.ts';
import { vitest } from './suites/vitest.ts';
import { scratchDir } from './supervisor/scratch.ts';

/** `npm run check`: everything that needs no running system. */
const scratch = await scratchDir();
printTotal([await types(), await lint(), await unused(), await vitest('unit', scratch)]);
await rm(scratch, { recursive: true, force: true });
