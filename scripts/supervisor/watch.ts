import { spawn } from 'node:child_process';

/** Runs a script under `node --watch`, whose watching process does not take a preload and so cannot be on the leash itself. */
const watcher = spawn(process.execPath, ['--watch', ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => watcher.kill(signal));
watcher.once('exit', (code) => process.exit(code ?? 1));
