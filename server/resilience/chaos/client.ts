import { ERROR_CODES, type ErrorCode } from '#kernel';
import { SHOPS, type Shop } from '../kit/topology.ts';
import type { Call, History, Json, Outcome, Question } from './history.ts';

/** After this a caller gives up waiting and does not know what became of the request. */
const CALLER_TIMEOUT_MS = 6_000;

export interface Request {
  readonly process: string;
  readonly op: number;
  readonly url: string;
  readonly shop: Shop;
  readonly method: 'GET' | 'POST';
  /** Without `/api/v1`. */
  readonly path: string;
  /** The path as a pattern, for people. */
  readonly route?: string;
  readonly body?: Json;
  readonly key?: string | null;
  readonly prefer?: string | null;
}

/** Asks once, as a shop's server would, and writes down what came of it. */
export async function ask(history: History, request: Request): Promise<Call> {
  const { url, shop, method, path, route = path, body, key = null, prefer } = request;
  const end = history.begin({ process: request.process, op: request.op, name: `${method} ${route}`, path, key, body });
  try {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${SHOPS[shop]}`,
        'content-type': 'application/json',
        ...(key !== null && { 'idempotency-key': key }),
        ...(prefer && { prefer }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(CALLER_TIMEOUT_MS),
    });
    const text = await response.text();
    const replayed = response.headers.get('idempotent-replayed') === 'true';
    // Only answers under a key are compared byte by byte; all others would be kept for nothing.
    return end({ ...judge(response.status, text), text: key === null ? '' : text, replayed });
  } catch (error) {
    return end(unknown(error));
  }
}

/** Notes what somebody did past the doors; throwing means that it is not known whether it was done. */
export async function note(
  history: History,
  question: Question,
  work: () => Promise<{ status: number; body: Json }>,
): Promise<Call> {
  const end = history.begin(question);
  try {
    const { status, body } = await within(CALLER_TIMEOUT_MS, work());
    const verdict = status < 300 ? 'ok' : status < 500 ? 'fail' : 'info';
    return end({ verdict, status, answer: body, text: '', replayed: false, reason: null });
  } catch (error) {
    return end(unknown(error));
  }
}

function judge(status: number, text: string): Pick<Outcome, 'verdict' | 'status' | 'answer' | 'reason'> {
  const answer = JSON.parse(text) as Json;
  if (status < 300) return { verdict: 'ok', status, answer, reason: null };
  const code = ERROR_CODES[answer.code as ErrorCode];
  // What may be tried again unchanged says nothing about what was done.
  const verdict = code && !code.retryable && status < 500 ? 'fail' : 'info';
  return { verdict, status, answer, reason: String(answer.code) };
}

function unknown(error: unknown): Outcome {
  const { name, message, cause } = error as Error & { cause?: { code?: string; message?: string } };
  const reason = name === 'TimeoutError' ? 'timed out' : (cause?.code ?? cause?.message ?? message);
  return { verdict: 'info', status: null, answer: null, text: '', replayed: false, reason };
}

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(ms);
  return Promise.race([
    work,
    new Promise<never>((_, fail) =>
      signal.addEventListener('abort', () => fail(signal.reason as Error), { once: true }),
    ),
  ]);
}
