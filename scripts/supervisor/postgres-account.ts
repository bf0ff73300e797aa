import { execFile, type SpawnOptions } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** PostgreSQL refuses to run as root, so root starts it as one of these, whichever exists. */
const UNPRIVILEGED_USERS = ['postgres', 'nobody'];

export interface Account {
  /** Unset: run as whoever we are. */
  readonly ids?: { readonly uid: number; readonly gid: number };
  /** The account cannot enter the folder that the project lies in (a checkout under /root, say). */
  readonly needsPassage?: boolean;
}

/** Decides which system account runs the server, which must get to these paths. */
export async function serverAccount(paths: string[]): Promise<Account> {
  if (process.getuid?.() !== 0) return {};
  const ids = await unprivilegedIds();
  const reachable = await Promise.all(paths.map((path) => canEnter(path, ids)));
  return { ids, needsPassage: reachable.includes(false) };
}

/**
 * The command line and spawn options that run `command` under the account. Where the account cannot enter our folder the
 * process keeps one capability of root, passing through closed folders, and no other.
 */
export function withAccount(account: Account, command: string, args: string[]): [string, string[], SpawnOptions] {
  const env = { ...process.env, LC_MESSAGES: 'C', TZ: 'UTC' };
  if (!account.ids) return [command, args, { env }];
  if (!account.needsPassage) return [command, args, { env, ...account.ids }];
  const { uid, gid } = account.ids;
  const capability = ['--inh-caps', '+dac_override', '--ambient-caps', '+dac_override'];
  const change = ['--reuid', String(uid), '--regid', String(gid), '--clear-groups', ...capability];
  return ['setpriv', [...change, '--', command, ...args], { env }];
}

async function unprivilegedIds(): Promise<{ uid: number; gid: number }> {
  for (const user of UNPRIVILEGED_USERS) {
    const [uid, gid] = await Promise.all([idOf('-u', user), idOf('-g', user)]);
    if (uid !== null && gid !== null) return { uid, gid };
  }
  throw new Error('PostgreSQL does not run as root and there is no user postgres or nobody: set DATABASE_URL instead.');
}

async function canEnter(path: string, ids: { uid: number; gid: number }): Promise<boolean> {
  return run('test', ['-x', path], ids).then(
    () => true,
    () => false,
  );
}

async function idOf(flag: '-u' | '-g', user: string): Promise<number | null> {
  return run('id', [flag, user]).then(
    ({ stdout }) => Number.parseInt(stdout, 10),
    () => null,
  );
}
