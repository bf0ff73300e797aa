import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/**
 * The floors of docs/architecture.md as data: a module imports modules of lower floors only, through their face (`#name`), and
 * never one of its own floor. Kept here rather than in the linter's configuration because the rules are about modules,
 * not files: where a relative path leaves its module, which side may import types only, who may import nothing of ours.
 */
const FLOORS: readonly (readonly string[])[] = [
  ['kernel'],
  ['config'],
  ['observability'],
  ['runtime'],
  ['db'],
  ['auth', 'idempotency', 'jobs', 'dead-letters', 'psp'],
  ['ledger'],
  ['wallet'],
  ['payments'],
  ['refunds', 'payouts'],
  ['disputes', 'settlement'],
  ['reconciliation', 'webhooks', 'shop', 'audit'],
  ['api', 'trpc'],
  ['worker'],
];

/** Outside the floors: what each of these may import. `*` is anything. */
const SIDES: Record<string, readonly string[]> = {
  app: ['api', 'trpc', 'auth', 'components', 'kernel', 'config', 'observability', 'runtime'],
  components: ['components', 'kernel'],
  'psp-simulator': ['kernel'],
  testing: ['*'],
  bench: ['*'],
  resilience: ['*'],
  e2e: ['*'],
  scripts: ['*'],
  prisma: ['*'],
};

/** Entry points translate; they do not query. Neither do pages and components. (The worker listens for notifications.) */
const WITHOUT_DATABASE_DRIVER = new Set(['api', 'trpc', 'app', 'components']);
const DATABASE_DRIVER = /^(pg|pg-boss|@prisma\/.*)$/;
/** Modules whose code nobody imports: other people's systems, and what is for tests only. */
const IMPORTED_BY_NOBODY = new Set(['psp-simulator', 'bench', 'resilience', 'e2e']);
const TEST_FILE = /(\.test|\/testkit)\.tsx?$/;

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

/** Every sentence that tells how `file` breaks the floors; none when it keeps them. Paths are relative to the root. */
export function brokenFloors(file: string, source = readFileSync(file, 'utf8')): string[] {
  const from = moduleOf(file);
  if (from === null) return [];
  const problems = importsOf(source).flatMap((one) => problemWith(file, from, one) ?? []);
  return problems.map((problem) => `${file}: ${problem}`);
}

function problemWith(file: string, from: string, { specifier, typeOnly }: Import): string | null {
  if (DATABASE_DRIVER.test(specifier) && WITHOUT_DATABASE_DRIVER.has(from) && !TEST_FILE.test(file)) {
    return `${from} must not talk to the database itself (${specifier}): call a use case`;
  }
  const to = targetOf(file, specifier);
  if (to === null || to === from) return null;
  if (specifier.startsWith('.') && from !== 'testing') return relativeProblem(from, specifier);
  return mayImport(file, from, to, typeOnly) ? null : `${from} must not import ${specifier}: ${reason(from, to)}`;
}

function mayImport(file: string, from: string, to: string, typeOnly: boolean): boolean {
  const allowed = SIDES[from];
  if (allowed?.includes('*')) return true;
  if (TEST_FILE.test(file) && to === 'testing') return true;
  if (IMPORTED_BY_NOBODY.has(to)) return false;
  // The browser knows the shape of the API by type alone; the PSP's webhook goes straight to its receiver.
  if (from === 'components' && to === 'trpc') return typeOnly;
  if (from === 'app' && to === 'webhooks') return file.startsWith('app/api/webhooks/');
  if (allowed) return allowed.includes(to);
  const [own, other] = [floorOf(from), floorOf(to)];
  return own !== null && other !== null && other < own;
}

function relativeProblem(from: string, specifier: string): string | null {
  // Scripts, seed and tests of the whole system stand beside the modules and may name each other's files.
  const isBeside = ['scripts', 'prisma', 'e2e', 'bench', 'resilience'].includes(from);
  return isBeside ? null : `${from} leaves its folder (${specifier}): import the module by its name, #…`;
}

function reason(from: string, to: string): string {
  if (IMPORTED_BY_NOBODY.has(to)) return `nobody imports ${to}`;
  if (to === 'testing') return 'only tests import testing';
  const allowed = SIDES[from];
  if (allowed) return `${from} may import ${allowed.join(', ')}`;
  const own = floorOf(from);
  if (own === null) return `${from} has no floor in server/testing/floors.ts`;
  return `${from} may import ${FLOORS.slice(0, own).flat().join(', ')}`;
}

function floorOf(module: string): number | null {
  const floor = FLOORS.findIndex((modules) => modules.includes(module));
  return floor === -1 ? null : floor;
}

/** The module a file of ours belongs to; null for a file at the root. */
function moduleOf(path: string): string | null {
  const [first = '', second] = path.split('/');
  if (first === 'server') return second ?? null;
  return first in SIDES ? first : null;
}

function targetOf(file: string, specifier: string): string | null {
  if (specifier.startsWith('#')) return specifier.slice(1).split('/')[0] ?? null;
  return specifier.startsWith('.') ? moduleOf(normalize(join(dirname(file), specifier)).replaceAll('\\', '/')) : null;
}

/** Static, re-exporting, dynamic and side-effect imports, with comments taken out. */
function importsOf(source: string): Import[] {
  const code = source.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const pattern =
    /^(?:import|export)\s+(type\s)?[^'";]*?from\s*['"]([^'"]+)['"]|^import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;
  return [...code.matchAll(pattern)].map(([, type, from, bare, dynamic]) => ({
    specifier: from ?? bare ?? dynamic ?? '',
    typeOnly: type !== undefined,
  }));
}
