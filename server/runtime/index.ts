export { admit, type Work } from './admission.ts';
export { endOnDefect } from './end-on-defect.ts';
export { drainHttp, PEER_HEADER, watchHttp } from './http-life.ts';
export { type OperationsDoor, openOperationsDoor, type ProcessHealth } from './operations-door.ts';
export { readBody, refusalHeaders, withBody } from './read-body.ts';
export { stopOnSignal, stopping } from './stop.ts';
