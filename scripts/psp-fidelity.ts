import { runToEnd } from './supervisor/child.ts';

/** `npm run psp-fidelity`: runs the conformance suite of the PSP simulator and writes its claims into docs/psp-simulator.md. */
const SUITE = 'server/psp-simulator/conformance';
try {
  await runToEnd({
    name: 'vitest',
    script: 'node_modules/vitest/vitest.mjs',
    args: ['run', '--project', 'db', SUITE],
    env: { PSP_FIDELITY: 'write' },
    onLine: (line) => console.info(line),
  });
} catch {
  process.exitCode = 1;
}
