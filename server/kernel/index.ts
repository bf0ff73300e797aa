export { assert, unreachable } from './assert.ts';
export { type CheckpointObserver, checkpoint, observeCheckpoints } from './checkpoint.ts';
export { CURRENCIES, type CurrencyCode, exponentOf, isCurrencyCode } from './currency.ts';
export { AppError, type AppErrorDetails, ERROR_CODES, type ErrorCode, type FieldError } from './errors.ts';
export { newId, secretId, uuidv7 } from './ids.ts';
export { createLane, type Lane, type LaneOptions, lanesWaiting } from './lane.ts';
export {
  BASIS_POINTS,
  displayAmount,
  formatAmount,
  formatMinor,
  MAX_AMOUNT_MINOR,
  type Money,
  parseAmount,
  splitCommission,
} from './money.ts';
export { toPointer } from './pointer.ts';
export { singleton } from './singleton.ts';
export { spread } from './spread.ts';
export { TokenBucket, type TokenBucketOptions } from './token-bucket.ts';
