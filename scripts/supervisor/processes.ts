import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface ProcessInfo {
  readonly parent: number;
  /** The command line, words separated by spaces. */
  readonly args: string;
}

/** Whether some process has this id now. It may be another one than it was. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** What the process with this id is, or null when there is none. Linux is read from /proc: slim images have no `ps`. */
export async function processInfo(pid: number): Promise<ProcessInfo | null> {
  try {
    if (process.platform === 'linux') return await fromProc(pid);
    const { stdout } = await run('ps', ['-ww', '-o', 'ppid=,args=', '-p', String(pid)]);
    const [, parent, args] = /^\s*(\d+)\s+(.*)/.exec(stdout) ?? [];
    return args === undefined ? null : { parent: Number(parent), args };
  } catch {
    return null;
  }
}

async function fromProc(pid: number): Promise<ProcessInfo> {
  const [status, args] = await Promise.all(
    ['status', 'cmdline'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8')),
  );
  return { parent: Number(/^PPid:\s*(\d+)/m.exec(status ?? '')?.[1]), args: (args ?? '').replaceAll('\0', ' ') };
}
