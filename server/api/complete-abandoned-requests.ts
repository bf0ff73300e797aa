import { type AbandonedRequest, giveUp, takeAbandoned } from '#idempotency';
import { newId } from '#kernel';
import { log } from '#observability';
import { api } from './app.ts';
import { ABANDONED, type RestCall } from './context.ts';
import { toAnswer } from './idempotently.ts';
import { problemResponse } from './problem.ts';

/** Whoever made the request named the host; nothing in an answer depends on it. */
const ORIGIN = 'http://localhost';

/**
 * Brings up to `limit` keyed requests to their end that nobody else does, each through the handler it came for, and keeps their
 * answers for whoever asks again. Answers how many were taken. Any number of processes may do so at once.
 */
export async function completeAbandonedRequests(limit: number): Promise<number> {
  const abandoned = await takeAbandoned<RestCall>('rest', limit);
  await Promise.all(abandoned.map(complete));
  return abandoned.length;
}

async function complete(abandoned: AbandonedRequest<RestCall>): Promise<void> {
  const { method, path, headers, body } = abandoned.call;
  try {
    if (abandoned.givenUp) return await answerForGood(abandoned);
    const request = new Request(`${ORIGIN}${path}`, { method, headers, body: body === '' ? null : body });
    await api().fetch(request, { [ABANDONED]: abandoned });
  } catch (error) {
    log().error({ err: error, route: abandoned.route }, 'an abandoned request will be tried again');
  }
}

function answerForGood(abandoned: AbandonedRequest<RestCall>): Promise<void> {
  const { path, headers } = abandoned.call;
  const place = { req: { path }, var: { requestId: headers['request-id'] ?? newId('req') } };
  return giveUp(abandoned, (error) => toAnswer(problemResponse(error, place)));
}
