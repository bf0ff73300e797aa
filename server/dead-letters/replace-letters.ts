import { columns, type Statement } from '#db';

/** What a person is asked about a subject from now on; without a cause there is nothing left to ask. */
export interface Letter {
  readonly subjectId: string;
  readonly cause: string | null;
  readonly tries: number;
}

/** Open causes that a letter without a cause answers: only these, or all but these. The others only a person can answer. */
export type AnsweredCauses = { readonly only: readonly string[] } | { readonly allBut: readonly string[] };

type KindOfMoney = 'refund' | 'payout' | 'dispute';

/**
 * A subject has one open dead letter of its kind at most: another cause takes the place of the one that waited, the same cause adds
 * nothing, and no cause answers what waited when news of the provider can answer it. A cause that only a person can answer stays, and
 * takes the place of any other: the other one is kept beside it, until news answers it or {@link closeLetters} makes it the next letter.
 * Letters of one subject count in their order. For the transaction that moves the subjects.
 */
export function replaceLetters(kind: KindOfMoney, letters: readonly Letter[], answered: AnsweredCauses): Statement[] {
  return inRounds(letters, answered).flatMap((round) => replaceRound(kind, round, answered));
}

/** Rounds with one letter of a subject each. What a later one only replaces needs no round of its own. */
function inRounds(letters: readonly Letter[], answered: AnsweredCauses): Letter[][] {
  const bySubject = new Map<string, Letter[]>();
  for (const letter of letters) {
    const own = bySubject.get(letter.subjectId) ?? [];
    const last = own.at(-1);
    if (last && !isForPerson(last.cause, answered) && !isForPerson(letter.cause, answered)) own.pop();
    bySubject.set(letter.subjectId, [...own, letter]);
  }
  const subjects = [...bySubject.values()];
  const rounds = Math.max(0, ...subjects.map((own) => own.length));
  return Array.from({ length: rounds }, (_, place) => subjects.flatMap((own) => own[place] ?? []));
}

function isForPerson(cause: string | null, answered: AnsweredCauses): boolean {
  if (cause === null) return false;
  return 'only' in answered ? !answered.only.includes(cause) : answered.allBut.includes(cause);
}

function replaceRound(kind: string, letters: readonly Letter[], answered: AnsweredCauses): Statement[] {
  const listed = 'only' in answered;
  const forPerson = (cause: string) => `(${cause} = any($5::text[])) <> $6::boolean`;
  const values = [
    ...columns(
      letters,
      (row) => row.subjectId,
      (row) => row.cause,
      (row) => row.tries,
    ),
    kind,
    listed ? answered.only : answered.allBut,
    listed,
  ];
  const told = 'unnest($1::text[], $2::text[], $3::int[]) n (subject_id, cause, tries)';
  const open =
    'd.kind = $4::text and d.subject_id = n.subject_id and d.resolved_at is null and d.cause is distinct from n.cause';
  return [
    {
      name: 'note-beside-letters',
      text: `update dead_letters d set beside = n.cause, last_at = now() from ${told}
             where ${open} and ${forPerson('d.cause')} and d.beside is distinct from n.cause
               and (d.beside is null or not ${forPerson('d.beside')} or ${forPerson('n.cause')})`,
      values,
    },
    {
      name: 'replace-letters',
      text: `with gone as (
               update dead_letters d set resolved_at = now(), resolution = coalesce('replaced by ' || n.cause, $4::text || 's: the provider has answered')
               from ${told} where ${open} and not ${forPerson('d.cause')} returning d.subject_id, d.cause, d.beside
             )
             insert into dead_letters (kind, subject_id, cause, tries, beside)
             select $4::text, n.subject_id, coalesce(n.cause, gone.beside), n.tries,
               case when ${forPerson('n.cause')} then nullif(coalesce(gone.beside, gone.cause), n.cause) end
             from ${told} left join gone on gone.subject_id = n.subject_id
             where coalesce(n.cause, gone.beside) is not null
             on conflict (kind, subject_id) where resolved_at is null do nothing`,
      values,
    },
  ];
}

/** Asks only about subjects that nothing is asked about yet. A cause that waits behind another one has to be added again later. */
export function addLetters(kind: KindOfMoney, letters: readonly Letter[]): Statement[] {
  if (letters.length === 0) return [];
  return [
    {
      name: 'add-letters',
      text: `insert into dead_letters (kind, subject_id, cause, tries) select $4::text, * from unnest($1::text[], $2::text[], $3::int[])
             on conflict (kind, subject_id) where resolved_at is null do nothing`,
      values: [
        ...columns(
          letters,
          (row) => row.subjectId,
          (row) => row.cause,
          (row) => row.tries,
        ),
        kind,
      ],
    },
  ];
}
