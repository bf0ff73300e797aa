export { parseIdempotencyKey } from './key.ts';
export { purgeIdempotencyKeys } from './purge.ts';
export { type Answer, type KeyedRequest, runOnce } from './run-once.ts';
