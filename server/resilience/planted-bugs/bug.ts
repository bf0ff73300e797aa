import { readFileSync } from 'node:fs';

/** A change of one source: a text that stands in it exactly once, and what takes its place. */
export interface Patch {
  /** Relative to the project's root. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A bug as it could be written, or was: planted while modules are loaded, never in a file. */
export interface PlantedBug {
  readonly id: string;
  /** What is wrong with it, in a sentence. */
  readonly what: string;
  /** Lies in the pure core, which the model drives; it cannot see others. */
  readonly core?: true;
  readonly patches?: readonly Patch[];
  /** Run by the schema's owner on each database once its migrations are applied. */
  readonly sql?: string;
  /** An operation whose pairs show it in some interleaving. */
  readonly operation?: string;
  /** A flow in which it shows when a process dies. */
  readonly flow?: string;
  /** Test files among which one must fail; empty when only another level can see the bug. */
  readonly tests: readonly string[];
}

const MIGRATE = 'server/db/migrate.ts';
const MIGRATED = '    return applied;\n';

/** The patches of a bug, with the one that runs its SQL. */
export function patchesOf({ patches = [], sql }: PlantedBug): readonly Patch[] {
  if (sql === undefined) return patches;
  const spoil = `    if (applied.length > 0) await client.query(${JSON.stringify(sql)});\n${MIGRATED}`;
  return [...patches, { file: MIGRATE, find: MIGRATED, replace: spoil }];
}

/** Applies the patches of one file to its source, one after the other. Throws when a text is not there exactly once. */
export function plant(source: string, patches: readonly Patch[]): string {
  return patches.reduce((text, { file, find, replace }) => {
    const parts = text.split(find);
    if (parts.length !== 2) throw new Error(`${file}: ${parts.length - 1} places instead of one for: ${find}`);
    return parts.join(replace);
  }, source);
}

/** Every file that a bug changes, with its source as it becomes. */
export function plantedSources(bug: PlantedBug, root: string): Map<string, string> {
  const byFile = Map.groupBy(patchesOf(bug), (patch) => patch.file);
  return new Map([...byFile].map(([file, patches]) => [file, plant(readFileSync(`${root}/${file}`, 'utf8'), patches)]));
}
