import { readFileSync, writeFileSync } from 'node:fs';

/**
 * `npm run lockfile`: completes package-lock.json after an `npm install` against a registry that carries the packages of
 * some platforms only. npm leaves the others out of the lockfile without a word, and then `npm ci` refuses it everywhere.
 */
interface LockEntry {
  version: string;
  integrity?: string;
  resolved?: string;
  optional?: boolean;
  dev?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

export interface Lockfile {
  packages: Record<string, LockEntry>;
}

const OS = /android|darwin|freebsd|linux|openharmony|win32/;
const CPU = /wasm32|arm64|arm|ia32|ppc64|riscv64|s390x|x64/;

export function readLockfile(file = 'package-lock.json'): Lockfile {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** Optional packages that some package of the lockfile wants and that have no entry of their own, by the path they belong at. */
export function missingPlatformPackages({ packages }: Lockfile): Map<string, LockEntry> {
  const missing = new Map<string, LockEntry>();
  for (const [path, parent] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
      if (!findEntry(packages, path, name)) missing.set(`node_modules/${name}`, entryFor(name, version, parent));
    }
  }
  return missing;
}

/** As Node resolves: in the package's own node_modules, then in each one above. */
function findEntry(packages: Lockfile['packages'], from: string, name: string): LockEntry | undefined {
  for (let path = from; ; path = path.slice(0, Math.max(0, path.lastIndexOf('/node_modules/')))) {
    const found = packages[path === '' ? `node_modules/${name}` : `${path}/node_modules/${name}`];
    if (found || path === '') return found;
  }
}

function entryFor(name: string, version: string, parent: LockEntry): LockEntry {
  if (!/^\d+\.\d+\.\d+[-+.\w]*$/.test(version)) throw new Error(`${name} is wanted as ${version}: not one version`);
  const os = OS.exec(name)?.[0];
  const cpu = CPU.exec(name)?.[0];
  const libc = name.includes('musl') ? 'musl' : name.includes('gnu') ? 'glibc' : undefined;
  return {
    version,
    ...(cpu && { cpu: [cpu] }),
    ...(parent.dev && { dev: true }),
    ...(os === 'linux' && libc && { libc: [libc] }),
    optional: true,
    ...(os && { os: [os] }),
  };
}

if (import.meta.main) {
  for (const file of ['package-lock.json', 'tools/node/package-lock.json']) {
    const lockfile = readLockfile(file);
    const missing = missingPlatformPackages(lockfile);
    const [root, ...rest] = Object.entries(lockfile.packages).concat([...missing]);
    rest.sort(([a], [b]) => a.localeCompare(b, 'en'));
    lockfile.packages = Object.fromEntries(root ? [root, ...rest] : rest);
    if (missing.size > 0) writeFileSync(file, `${JSON.stringify(lockfile, null, 2)}\n`);
    console.info(`${file}: ${missing.size} entries added`);
  }
}
