import { readFileSync, writeFileSync } from 'node:fs';
import { withScore } from '../server/resilience/score.ts';

/** `npm run score`: writes the score of docs/reliability.md from the reports in docs/reliability. */
const PAGE = 'docs/reliability.md';
writeFileSync(PAGE, withScore(readFileSync(PAGE, 'utf8'), process.cwd()));
