import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { hasCardNumber } from '#observability';
import type { Violation } from './report.ts';

/** What no process may ever print, and what it would mean. */
const FORBIDDEN: readonly (readonly [pattern: RegExp, meaning: string])[] = [
  [/unhandled ?(promise ?)?rejection/i, 'a rejection that nobody handled'],
  [/assertion failed|AssertionError/, 'an assertion that failed'],
  [/met a defect/, 'a defect'],
  [/MaxListenersExceededWarning/, 'listeners that pile up'],
  [/\bPANIC:|server process .* was terminated by signal 11/, 'a database that fell'],
];
/** Reasons for the same trouble are told so often. */
const TOLD_PER_MEANING = 3;

export interface LogWatch {
  /** Keeps a line of a process and looks at it. */
  take(process: string, line: string): void;
  readonly lines: () => number;
  readonly findings: () => readonly Violation[];
  close(): Promise<void>;
}

/** Writes each process's output to a file of its own in `folder` and looks at every line as it comes. */
export function watchLogs(folder: string, secrets: readonly string[]): LogWatch {
  mkdirSync(folder, { recursive: true });
  const files = new Map<string, ReturnType<typeof createWriteStream>>();
  const told = new Map<string, number>();
  const findings: Violation[] = [];
  let lines = 0;

  function find(process: string, meaning: string, line: string): void {
    const times = (told.get(meaning) ?? 0) + 1;
    told.set(meaning, times);
    if (times <= TOLD_PER_MEANING)
      findings.push({ what: 'log', detail: `${process} printed ${meaning}: ${line.slice(0, 600)}` });
  }

  return {
    take(process, line) {
      lines += 1;
      let file = files.get(process);
      if (!file) {
        file = createWriteStream(join(folder, `${process}.log`));
        files.set(process, file);
      }
      file.write(`${line}\n`);
      if (hasCardNumber(line)) find(process, 'a card number', '(not repeated here)');
      if (secrets.some((secret) => line.includes(secret))) find(process, 'a secret', '(not repeated here)');
      for (const [pattern, meaning] of FORBIDDEN) if (pattern.test(line)) find(process, meaning, line);
    },
    lines: () => lines,
    findings: () => findings,
    close: async () => {
      await Promise.all([...files.values()].map((file) => new Promise<void>((done) => file.end(() => done()))));
    },
  };
}
