export { hasCardNumber } from './card-numbers.ts';
export { createLog, type Log, log } from './log.ts';
export { metrics, observeHttp } from './metrics.ts';
export { requestIdFrom } from './request-id.ts';
