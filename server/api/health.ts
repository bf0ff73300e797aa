import { checkDatabase } from '#db';
import { psp } from '#psp';
import { type ProcessHealth, stopping } from '#runtime';

/** Media type of draft-inadarei-api-health-check. */
const HEALTH_TYPE = 'application/health+json';

interface Check {
  readonly status: 'pass' | 'fail';
  readonly output?: string;
}

/** The process runs and answers. Says nothing about what it depends on: restarting it would not help those. */
export function live(): Response {
  return healthResponse(200, { status: 'pass' });
}

/** {@link health} as an answer: 200, or 503 with the reason. */
export async function ready(): Promise<Response> {
  const { ready, body } = await health();
  return healthResponse(ready ? 200 : 503, body);
}

/**
 * Whether a payment can be taken right now: the process was not asked to stop, the database answers, its schema is ours, the payment
 * provider is not given up on.
 */
export async function health(): Promise<ProcessHealth> {
  const checks: Record<string, Check> = { database: await checkDatabase(), psp: checkPsp() };
  if (stopping().aborted) checks.process = { status: 'fail', output: 'the process is stopping' };
  const ready = Object.values(checks).every(({ status }) => status === 'pass');
  return { ready, body: { status: ready ? 'pass' : 'fail', checks } };
}

function healthResponse(status: number, body: object): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': HEALTH_TYPE, 'cache-control': 'no-store' },
  });
}

function checkPsp(): Check {
  const { breaker, mode } = psp().health();
  return breaker === 'open'
    ? { status: 'fail', output: `the payment provider (${mode}) does not answer; it is asked again shortly` }
    : { status: 'pass' };
}
