import type { Statement } from '#db';
import { type AnsweredCauses, addLetters, type Letter, replaceLetters } from '#dead-letters';

/** Questions that a later word of the PSP answers; whoever is asked about another one has to look. */
export const ANSWERED_BY_NEWS: AnsweredCauses = {
  only: ['evidence_due', 'money_not_shown', 'not_applied', 'outcome_unknown'],
};

/** Those of them that any word of it answers, also one that says nothing new. */
export const ANSWERED_BY_ANY_WORD: AnsweredCauses = { only: ['not_applied', 'outcome_unknown'] };

/** What was asked because something that was said got no answer. */
export const ANSWERED_BY_SENDING: AnsweredCauses = { only: ['response_unanswered'] };

/**
 * Questions that asking or sending again can answer. They come up again at each look, so they take nobody's place: what only a person
 * can answer would be forgotten as soon as the PSP answers them.
 */
export const ASKED_AGAIN: ReadonlySet<string> = new Set([
  'money_not_shown',
  'not_applied',
  'outcome_unknown',
  'response_unanswered',
]);

/** What a person is asked about disputes from now on, for the transaction that moves them; no cause answers those that are named. */
export function askPerson(letters: readonly Letter[], answered: AnsweredCauses): Statement[] {
  const { again = [], once = [] } = Object.groupBy(letters, ({ cause }) =>
    cause !== null && ASKED_AGAIN.has(cause) ? 'again' : 'once',
  );
  return [...replaceLetters('dispute', once, answered), ...addLetters('dispute', again)];
}
