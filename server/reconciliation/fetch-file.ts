import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '#kernel';
import { psp, type ReportQuery } from '#psp';

/** Largest file that is taken, in bytes: some millions of rows. */
const MAX_BYTES = 1_024 ** 3;

/** A file that lies on the disk of this process, whole, until it is thrown away. */
export interface FetchedFile {
  readonly kind: 'file';
  readonly path: string;
  readonly bytes: number;
  readonly sha256: Buffer;
  readonly discard: () => Promise<void>;
}

export type Fetched =
  | FetchedFile
  | { readonly kind: 'absent' }
  | { readonly kind: 'not_told'; readonly reason: string };

/** Fetches the file of a day to the disk, piece by piece. A connection that breaks on the way is no answer. */
export async function fetchFile(query: ReportQuery): Promise<Fetched> {
  const answer = await psp().openReport(query);
  if (answer.kind === 'absent') return { kind: 'absent' };
  if (answer.kind !== 'report') return { kind: 'not_told', reason: answer.reason };
  const path = join(tmpdir(), `${newId('report')}.csv`);
  const discard = () => rm(path, { force: true });
  try {
    const { bytes, sha256 } = await keep(answer.body, path);
    return { kind: 'file', path, bytes, sha256, discard };
  } catch (error) {
    await discard();
    return { kind: 'not_told', reason: `cut: ${(error as Error).message}` };
  }
}

async function keep(body: AsyncIterable<Uint8Array>, path: string): Promise<{ bytes: number; sha256: Buffer }> {
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const piece of body) {
      bytes += piece.length;
      if (bytes > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES} bytes`);
      hash.update(piece);
      await file.write(piece);
    }
  } finally {
    await file.close();
  }
  return { bytes, sha256: hash.digest() };
}
