export { hasCardNumber } from './card-numbers.ts';
export { inspectInput } from './inspect-input.ts';
export { createLog, type Log, log } from './log.ts';
export { mask } from './mask.ts';
export { gauge, gaugeBy, metrics, observeHttp } from './metrics.ts';
export { currentRequestId, underRequestId } from './request-context.ts';
export { requestIdFrom } from './request-id.ts';
