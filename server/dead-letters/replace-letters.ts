import { columns, type Statement } from '#db';

/** What a person is asked about a subject from now on; without a cause there is nothing left to ask. */
export interface Letter {
  readonly subjectId: string;
  readonly cause: string | null;
  readonly tries: number;
}

/** Open causes that a letter without a cause answers: only these, or all but these. */
export type AnsweredCauses = { readonly only: readonly string[] } | { readonly allBut: readonly string[] };

type KindOfMoney = 'refund' | 'payout' | 'dispute';

/**
 * A subject has one open dead letter of its kind at most: another cause takes the place of the one that waited, the same cause adds
 * nothing, and no cause answers what waited when news of the provider can answer it. For the transaction that moves the subjects.
 */
export function replaceLetters(kind: KindOfMoney, letters: readonly Letter[], answered: AnsweredCauses): Statement[] {
  if (letters.length === 0) return [];
  const listed = 'only' in answered;
  return [
    {
      name: 'answer-letters',
      text: `update dead_letters d set resolved_at = now(), resolution = coalesce('replaced by ' || n.cause, $3 || 's: the provider has answered')
             from unnest($1::text[], $2::text[]) n (subject_id, cause)
             where d.kind = $3 and d.subject_id = n.subject_id and d.resolved_at is null
               and d.cause is distinct from n.cause and (n.cause is not null or (d.cause = any($4::text[])) = $5::boolean)`,
      values: [
        ...columns(
          letters,
          (row) => row.subjectId,
          (row) => row.cause,
        ),
        kind,
        listed ? answered.only : answered.allBut,
        listed,
      ],
    },
    ...addLetters(kind, letters),
  ];
}

/** Asks only about subjects that nothing is asked about yet. A cause that waits behind another one has to be added again later. */
export function addLetters(kind: KindOfMoney, letters: readonly Letter[]): Statement[] {
  const asked = letters.filter((letter) => letter.cause !== null);
  if (asked.length === 0) return [];
  return [
    {
      name: 'insert-letters',
      text: `insert into dead_letters (kind, subject_id, cause, tries) select $4::text, * from unnest($1::text[], $2::text[], $3::int[])
             on conflict (kind, subject_id) where resolved_at is null do nothing`,
      values: [
        ...columns(
          asked,
          (row) => row.subjectId,
          (row) => row.cause,
          (row) => row.tries,
        ),
        kind,
      ],
    },
  ];
}
