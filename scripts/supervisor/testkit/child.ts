/** A child to test the supervisor with: `stubborn` ignores SIGTERM, `brief` ends at once, `parent` starts one of its own. */
import { startChild } from '../child.ts';

const [role] = process.argv.slice(2);
if (role === 'stubborn') process.on('SIGTERM', () => console.info('no'));
if (role === 'parent') {
  const child = await startChild({
    name: 'child',
    script: 'scripts/supervisor/testkit/child.ts',
    ready: { line: /ready/ },
  });
  console.info(`child ${child.pid}`);
}
console.info(`ready ${process.pid}`);
if (role !== 'brief') setInterval(() => undefined, 60_000);
