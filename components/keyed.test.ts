import { TRPCClientError } from '@trpc/client';
import { expect, test } from 'vitest';
import { keyed } from './keyed.ts';

/** A server that answers in this order, and the keys that came to it. */
function answering(...answers: unknown[]) {
  const keys: (string | undefined)[] = [];
  const send = keyed(async ({ idempotencyKey }: { wish: string; idempotencyKey?: string | undefined }) => {
    keys.push(idempotencyKey);
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  });
  return { keys, send };
}

function serverError(appCode: string, retryable: boolean): Error {
  return TRPCClientError.from({ error: { code: -32000, message: appCode, data: { appCode, retryable } } } as never);
}

test('asking again after an answer that got lost asks under the same key', async () => {
  for (const lost of [
    new Error('offline'),
    new TRPCClientError('fetch failed'),
    serverError('psp_unavailable', true),
  ]) {
    const { keys, send } = answering(lost, 'done');
    await expect(send({ wish: 'pay' })).rejects.toBe(lost);
    expect(await send({ wish: 'pay' })).toBe('done');
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(keys[1]).toBe(keys[0]);
  }
});

test('after an outcome the next press is a new wish', async () => {
  for (const outcome of ['done', serverError('checkout_not_payable', false), serverError('internal_error', true)]) {
    const { keys, send } = answering(outcome, 'done');
    await send({ wish: 'pay' }).catch(() => undefined);
    await send({ wish: 'pay' });
    expect(new Set(keys).size).toBe(2);
  }
});

test('another input never goes under the key of the first', async () => {
  const { keys, send } = answering(new Error('offline'), 'done');
  await send({ wish: 'pay' }).catch(() => undefined);
  await send({ wish: 'pay something else' });
  expect(new Set(keys).size).toBe(2);
});
