import { spawn } from 'node:child_process';

/** Runs a script with so few file descriptors: `node server/testing/with-few-files.ts LIMIT SCRIPT`. */
const [limit = '', script = ''] = process.argv.slice(2);
const shell = ['-c', 'ulimit -n "$1"; exec "$2" "$3"', 'sh', limit, process.execPath, script];
const child = spawn('sh', shell, { stdio: 'inherit' });
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => child.kill(signal));
child.once('exit', (code) => process.exit(code ?? 1));
