import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LevelReport } from './kit/report.ts';
import { type HuntReport, missedIn } from './planted-bugs/report.ts';

/** Takes what the levels wrote with `--json`; the score is made of nothing else. */
const REPORTS = 'docs/reliability';

/** A report that belongs to the score, and the command that makes it. */
interface Proof {
  readonly file: string;
  readonly command: string;
  /** What is said besides the row of the table. */
  readonly more?: (report: LevelReport) => string[];
}

const PROOFS: readonly Proof[] = [
  { file: 'model.json', command: 'npm run model -- --runs 2000' },
  { file: 'crash-points.json', command: 'npm run crash-points' },
  { file: 'interleavings.json', command: 'npm run interleavings' },
  { file: 'storms.json', command: 'npm run storms' },
  { file: 'month.json', command: 'npm run month' },
  { file: 'chaos.json', command: 'npm run chaos -- --runs 20', more: coverage },
  { file: 'kills.json', command: 'npm run chaos -- --kills 1000 --web', more: figures },
  { file: 'outage.json', command: 'npm run chaos -- --outage 300', more: figures },
];

const BEGIN = '<!-- score: npm run score -->';
const END = '<!-- /score -->';

/** The page with its score made anew from the reports in that folder. Throws when the page has no place for it. */
export function withScore(page: string, root: string): string {
  const [before, rest] = page.split(`${BEGIN}\n`);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`the page has no lines ${BEGIN} and ${END}`);
  return `${before}${BEGIN}\n${scoreOf(root)}\n${END}${after}`;
}

function scoreOf(root: string): string {
  const read = <T>(file: string): T | undefined => {
    const path = join(root, REPORTS, file);
    return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
  };
  const proofs = PROOFS.map((proof) => ({ ...proof, report: read<LevelReport>(proof.file) }));
  const hunt = read<HuntReport>('planted-bugs.json');
  const table = [
    '| command | seed | runs | operations | kills | faults | violations | seconds | commit |',
    '|---|---|---|---|---|---|---|---|---|',
    ...proofs.map(({ command, report }) => rowOf(command, report)),
  ];
  const more = proofs.flatMap(({ command, more = () => [], report }) => {
    const lines = report ? [...more(report), ...report.violations.map(brokenLine)] : [];
    return lines.length > 0 ? ['', `\`${command}\`:`, ...lines] : [];
  });
  return [...table, ...more, '', hunt ? huntLine(hunt) : 'Planted bugs: not hunted.'].join('\n');
}

function rowOf(command: string, report: LevelReport | undefined): string {
  if (!report) return `| \`${command}\` | not run | | | | | | | |`;
  const faults = Object.values(report.faults).reduce((sum, count) => sum + count, 0);
  const { seed, runs, operations, kills, violations, commit } = report;
  const seconds = Math.round(report.seconds);
  const cells = [`\`${command}\``, seed, runs, operations, kills, faults, violations.length, seconds, commit];
  return `| ${cells.join(' | ')} |`;
}

function brokenLine({ what, detail }: LevelReport['violations'][number]): string {
  return `- **violation** of ${what}: ${detail}`;
}

function figures({ faults, sometimes }: LevelReport): string[] {
  const struck = Object.entries(faults).map(([name, count]) => `${name} ${count}`);
  const hit = struck.length > 0 ? [`- struck: ${struck.join(', ')}`] : [];
  return [...hit, ...Object.entries(sometimes).map(([name, figure]) => `- ${name}: ${figure}`)];
}

/** What a set of runs has seen of all that must happen in some run. */
function coverage({ faults, sometimes }: LevelReport): string[] {
  const never = Object.entries(sometimes)
    .filter(([, count]) => count === 0)
    .map(([name]) => name);
  const all = Object.keys(sometimes).length;
  return [
    `- struck: ${Object.entries(faults)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ')}`,
    `- of ${all} things that must happen in some run, ${all - never.length} did${never.length > 0 ? `; never: ${never.join(', ')}` : ''}`,
  ];
}

function huntLine(hunt: HuntReport): string {
  const hunted = hunt.bugs.filter(({ found }) => found.length > 0);
  const missed = missedIn({ ...hunt, bugs: hunted });
  const levels = hunt.levels
    .map((level) => `${hunted.filter(({ found }) => found.some((one) => one.level === level)).length} at ${level}`)
    .join(', ');
  const names = missed.length > 0 ? `; missed: ${missed.map(({ id }) => id).join(', ')}` : '';
  const later = hunt.bugs.length - hunted.length;
  return `[Planted bugs](planted-bugs.md): ${hunted.length - missed.length} of ${hunted.length} caught (tried: ${levels})${names}; ${later} not hunted yet.`;
}
