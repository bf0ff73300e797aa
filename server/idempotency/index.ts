export { type AbandonedRequest, giveUp, runAbandoned, takeAbandoned } from './abandoned.ts';
export { parseIdempotencyKey } from './key.ts';
export type { Answer } from './key-rows.ts';
export { isOvertaken, type KeyedRun, UNKEYED } from './keyed-run.ts';
export { purgeIdempotencyKeys } from './purge.ts';
export { isLastWord, type KeptAnswer, type KeyedRequest, runOnce } from './run-once.ts';
