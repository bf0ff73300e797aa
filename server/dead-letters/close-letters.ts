import { run, type Tx } from '#db';

/**
 * Closes the open dead letters of these subjects, all or those of one cause, for a reason; what stood beside one of them is asked about
 * next, in a letter of its own. Answers the subjects whose letters it closed. Runs in the caller's transaction.
 */
export async function closeLetters(
  tx: Tx,
  {
    kind,
    subjectIds,
    cause,
  }: { readonly kind: string; readonly subjectIds: readonly string[]; readonly cause?: string },
  resolution: string,
): Promise<string[]> {
  const rows = await run<{ subject_id: string }>(tx, {
    text: `with closed as (
             update dead_letters set resolved_at = now(), resolution = $3
             where kind = $1::text and subject_id = any($2::text[]) and resolved_at is null and ($4::text is null or cause = $4)
             returning subject_id, tries, beside
           ), next as (
             insert into dead_letters (kind, subject_id, cause, tries) select $1::text, subject_id, beside, tries from closed where beside is not null
           )
           select subject_id from closed`,
    values: [kind, subjectIds, resolution, cause ?? null],
  });
  return rows.map((row) => row.subject_id);
}
