import pino, { type DestinationStream, type Logger } from 'pino';
import { config } from '#config';
import { singleton } from '#kernel';
import { mask } from './mask.ts';
import { currentRequestId } from './request-context.ts';

export type Log = Logger;

/** Fields that are never written, at the top of a log line or up to two levels inside. */
const HIDDEN_FIELDS = [
  'authorization',
  'cookie',
  'set-cookie',
  'token',
  'password',
  'secret',
  'client_secret',
  'api_key',
  'apiKey',
];
const AT_LEVELS = ['', '*', '*.*'];

/**
 * Makes a logger of one JSON object a line. Hidden fields never reach the line, and card numbers and secrets inside any other
 * text are masked just before it is written. JSON escapes line breaks, so a value cannot forge a line. The id of the request
 * stands on every line written on its way.
 */
export function createLog(level: string, destination?: DestinationStream): Log {
  return pino(
    {
      level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: HIDDEN_FIELDS.flatMap((field) => AT_LEVELS.map((level) => `${level}["${field}"]`)),
        censor: '[hidden]',
      },
      hooks: { streamWrite: mask },
      mixin: () => {
        const requestId = currentRequestId();
        return requestId === undefined ? {} : { request_id: requestId };
      },
    },
    destination ?? pino.destination({ fd: 1, sync: true }),
  );
}

/** The process's log, to standard output, at the level of LOG_LEVEL. */
export function log(): Log {
  return singleton('log', () => createLog(config().LOG_LEVEL));
}
