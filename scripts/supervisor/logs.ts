import { createWriteStream, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A log file that has grown beyond this is put aside at the next start; the one put aside before is dropped. */
const LARGEST_LOG_BYTES = 10_000_000;
const ERROR_LEVELS = new Set(['error', 'fatal']);

/** Writes each child's lines to `DATA_DIR/logs/<name>.log` and lets only errors through to the console. */
export function childLog(dataDir: string, name: string, say: (text: string) => void): (line: string) => void {
  const folder = join(dataDir, 'logs');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.log`);
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LARGEST_LOG_BYTES) renameSync(file, `${file}.old`);
  const stream = createWriteStream(file, { flags: 'a' });
  return (line) => {
    stream.write(`${line}\n`);
    const error = errorMessage(line);
    if (error) say(`${name}: ${error}`);
  };
}

function errorMessage(line: string): string | null {
  if (!line.startsWith('{')) return null;
  try {
    const { level, msg } = JSON.parse(line) as { level?: string; msg?: string };
    return ERROR_LEVELS.has(level ?? '') ? (msg ?? line) : null;
  } catch {
    return null;
  }
}
