export { closeLetters } from './close-letters.ts';
export {
  type CauseOfLetters,
  type CausePreview,
  countOpenDeadLetters,
  type DeadLetter,
  type DeadLetterFilter,
  listCauses,
  listDeadLetters,
  previewCause,
} from './dead-letters.queries.ts';
export {
  MAX_PER_SECOND,
  MAX_REDRIVEN,
  type Redrive,
  type RedriveResult,
  type Redriver,
  redriveCause,
} from './redrive-cause.ts';
export { type AnsweredCauses, addLetters, type Letter, replaceLetters } from './replace-letters.ts';
