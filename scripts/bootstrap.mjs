// The entry of every npm script: `node scripts/bootstrap.mjs [--dotenv] <command> [arguments]`. Runs on Node 18 and newer with nothing
// installed: provides a Node that is new enough, the dependencies and the generated database client, each only when it
// is missing or out of date, and then runs the command with node_modules/.bin on its PATH.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const OLDEST_NODE = [22, 18];
const LOCK = join(ROOT, 'var', 'bootstrap.lock');
const TOUCH_LOCK_MS = 1_000;
/** A lock that nobody has touched for so long was left by a process that is gone. */
const STALE_LOCK_MS = 15_000;
const PARENT = process.ppid;
const PARENT_CHECK_MS = 250;
const WINDOWS = process.platform === 'win32';

process.chdir(ROOT);
try {
  const given = process.argv.slice(2);
  const dotenv = given[0] === '--dotenv';
  const [command, ...args] = dotenv ? given.slice(1) : given;
  if (!command) throw new Error('Usage: node scripts/bootstrap.mjs [--dotenv] <command> [arguments]');
  if (isOldNode()) await rerunWithPinnedNode();
  else {
    // What the environment says already wins over the file.
    if (dotenv && existsSync('.env')) process.loadEnvFile('.env');
    await prepareAndRun(command, args);
  }
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}

function isOldNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
}

/** Installs the pinned Node of tools/node, which its own lockfile guards, and starts this file again with it. */
async function rerunWithPinnedNode() {
  const name = `node-${WINDOWS ? 'win' : process.platform}-${process.arch}`;
  const lockfile = JSON.parse(readFileSync('tools/node/package-lock.json', 'utf8'));
  if (!lockfile.packages[`node_modules/${name}`]) {
    throw new Error(
      `This needs Node ${OLDEST_NODE.join('.')} or newer, and there is no packaged one for this system: install Node ${readFileSync('.nvmrc', 'utf8').trim()}.`,
    );
  }
  const binary = join(ROOT, 'tools/node/node_modules', name, 'bin', WINDOWS ? 'node.exe' : 'node');
  await unlessDone(
    () => existsSync(binary) && holdsItsLockfile('tools/node'),
    `Node ${process.versions.node} is older than ${OLDEST_NODE.join('.')}: installing a newer one into tools/node`,
    () => npmInstall('tools/node'),
  );
  await runAndExitAlike(binary, process.argv.slice(1), withPath(dirname(binary)));
}

async function prepareAndRun(command, args) {
  await unlessDone(
    () => holdsItsLockfile('.'),
    'Installing the dependencies (about a minute, once)',
    () => npmInstall('.'),
  );
  await generateDatabaseClient();
  const env = withPath(join(ROOT, 'node_modules', '.bin'), dirname(process.execPath));
  await runAndExitAlike(command === 'node' ? process.execPath : command, args, env);
}

async function generateDatabaseClient() {
  const stamp = 'server/db/generated/.version';
  const version = sha256('prisma/schema.prisma', 'prisma.config.ts', 'node_modules/prisma/package.json');
  await unlessDone(
    () => existsSync(stamp) && readFileSync(stamp, 'utf8') === version,
    'Generating the database client',
    async () => {
      // `generate` does not use the schema engine, but downloads it unless told that there is one.
      const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: '1' };
      await runStep(process.execPath, ['node_modules/prisma/build/index.js', 'generate'], '.', env);
      writeFileSync(stamp, version);
    },
  );
}

/** Does the work unless it is done; `npm start` and `npm test` at once do it one after the other, so the second finds it done. */
async function unlessDone(isDone, message, work) {
  if (isDone()) return;
  const unlock = await lock();
  try {
    if (isDone()) return;
    say(message);
    await work();
  } finally {
    unlock();
  }
}

/** Whether every package of the folder's lockfile is installed in its version (packages for other systems may be missing). */
function holdsItsLockfile(directory) {
  const hidden = join(directory, 'node_modules/.package-lock.json');
  if (!existsSync(hidden)) return false;
  const installed = JSON.parse(readFileSync(hidden, 'utf8')).packages;
  const wanted = JSON.parse(readFileSync(join(directory, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const found = installed[path];
    return found ? found.version === entry.version : entry.optional || entry.devOptional || entry.peer;
  });
}

function npmInstall(directory) {
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  const env = withPath(dirname(process.execPath));
  const cli = process.env.npm_execpath;
  if (cli?.endsWith('.js')) return runStep(process.execPath, [cli, ...args], directory, env);
  return runStep('npm', args, directory, env);
}

/** Its output goes to standard error, so that the standard output is the command's alone. */
async function runStep(command, args, cwd, env) {
  const { code, signal, error } = await finished(
    spawn(command, args, { cwd, env, stdio: ['ignore', 2, 2], shell: WINDOWS }),
  );
  if (code !== 0)
    throw new Error(`${command} ${args.join(' ')} failed (${error?.message ?? signal ?? `exit code ${code}`})`);
}

/** Passes signals on to the command and ends as it ends. The channel tells the command when we are gone. */
async function runAndExitAlike(command, args, env) {
  const child = spawn(command, args, { env, stdio: ['inherit', 'inherit', 'inherit', 'ipc'], shell: WINDOWS });
  // A terminal's Ctrl-C reaches the command by itself; it decides how to end, and we wait.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  const watching = setInterval(() => {
    if (!hasLostParent()) return;
    clearInterval(watching);
    child.kill('SIGTERM');
  }, PARENT_CHECK_MS);
  const { code, signal, error } = await finished(child);
  clearInterval(watching);
  if (error) say(`${command} could not be started: ${error.message}`);
  process.exitCode = code ?? (signal ? 128 + constants.signals[signal] : 127);
}

/** npm passes a signal on to the shell it has put between, and that shell just goes. */
function hasLostParent() {
  return process.env.npm_lifecycle_event !== undefined && process.ppid !== PARENT;
}

function finished(child) {
  return new Promise((done) => {
    child.once('error', (error) => done({ error }));
    child.once('close', (code, signal) => done({ code, signal }));
  });
}

async function lock() {
  mkdirSync(dirname(LOCK), { recursive: true });
  for (let announced = false; !tryLock(); announced = true) {
    if (!announced) say('Waiting for another installation to finish');
    await wait(200);
  }
  const touching = setInterval(() => utimesSync(LOCK, new Date(), new Date()), TOUCH_LOCK_MS);
  return () => {
    clearInterval(touching);
    rmSync(LOCK, { force: true });
  };
}

function tryLock() {
  try {
    writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    const { mtimeMs } = statSync(LOCK, { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() };
    if (Date.now() - mtimeMs > STALE_LOCK_MS) rmSync(LOCK, { force: true });
    return false;
  }
}

function sha256(...files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex');
}

function withPath(...folders) {
  const { PATH = process.env.Path ?? '' } = process.env;
  return { ...process.env, PATH: [...folders, PATH].join(delimiter), NEXT_TELEMETRY_DISABLED: '1' };
}

function say(text) {
  console.error(`\u203a ${text}`);
}
