import { expect, test } from 'vitest';
import { hasCardNumber } from './card-numbers.ts';
import { createLog } from './log.ts';
import { underRequestId } from './request-context.ts';
import { requestIdFrom } from './request-id.ts';

function logged(write: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = [];
  write(createLog('info', { write: (line: string) => void lines.push(line) }));
  for (const line of lines) JSON.parse(line);
  return lines.join('');
}

test.each([
  '4242424242424242',
  '4242 4242 4242 4242',
  '4242-4242-4242-4242',
  '3782 822463 10005',
  '378282246310005',
  'note: 5555555555554444.',
  'tok_4242424242424242',
  '6205500000000000004',
])('%s counts as a card number', (text) => {
  expect(hasCardNumber(text)).toBe(true);
});

test.each([
  ['a wrong check digit', '4242424242424241'],
  ['a time in milliseconds', 'order-1767225600002'],
  ['a UUID', '42424242-4242-4242-8242-424242424242'],
  ['a hexadecimal id', 'a4242424242424242f'],
  ['too many digits', '42424242424242424242'],
  ['too few digits', '424242424242'],
])('%s does not count as a card number', (_, text) => {
  expect(hasCardNumber(text)).toBe(false);
});

test('a log line never shows credentials, tokens or card numbers, wherever they stand', () => {
  const secrets = {
    key: 'sk_test_0123456789abcdef01234567',
    webhook: 'whsec_0123456789abcdef01234567',
    card: '4242424242424242',
    jwt: 'eyJhbGciOiJkaXIifQ.YWJj.ZGVm',
    password: 'correct-horse-battery',
  };
  const text = logged((log) => {
    log.info(
      { headers: { authorization: `Bearer ${secrets.key}`, cookie: `session=${secrets.jwt}` } },
      `said ${secrets.card}`,
    );
    log.info({
      password: secrets.password,
      user: { token: 'tok_visa_secret' },
      deep: { er: { secret: secrets.webhook } },
    });
    log.error({ err: new Error(`connect postgresql://app:${secrets.password}@localhost/db with ${secrets.webhook}`) });
    log.child({ note: secrets.key }).warn(`Authorization: Bearer ${secrets.jwt} card 3782 822463 10005`);
  });
  for (const secret of [...Object.values(secrets), 'tok_visa_secret', '822463']) expect(text).not.toContain(secret);
  expect(text).toContain('[hidden]');
});

test('a value with line breaks cannot forge a log line', () => {
  const text = logged((log) => log.info({ name: 'Ada\n{"level":"fatal"}\r\n' }, 'signed in\nnot a line'));
  expect(text.trimEnd().split('\n')).toHaveLength(1);
});

test("a caller's request id is kept only when it is short and plain", () => {
  expect(requestIdFrom('order-7_try-1')).toBe('order-7_try-1');
  const unsafe = ['crlf\r\nheader', '"quoted-id"', '4242424242424242', '4242-4242-4242-4242'];
  for (const bad of [undefined, null, '', 'short', 'has space in', 'x'.repeat(65), ...unsafe]) {
    expect(requestIdFrom(bad)).toMatch(/^req_[0-9a-f]{32}$/);
  }
});

test("a request's id stands on every line of it, in the background too, and on no line of another", async () => {
  const lines: { msg: string; request_id?: string }[] = [];
  const log = createLog('info', { write: (line: string) => void lines.push(JSON.parse(line)) });
  const work = async (name: string) => {
    log.info(`${name} begins`);
    await new Promise((done) => setImmediate(done));
    log.info({ request_id: 'of-the-line-itself' }, `${name} says`);
    void Promise.resolve().then(() => log.info(`${name} ends`));
  };
  await Promise.all([underRequestId('request-1', () => work('1')), underRequestId('request-2', () => work('2'))]);
  await new Promise((done) => setImmediate(done));
  log.info('of nobody');
  const idOf = (msg: string) => lines.find((line) => line.msg === msg)?.request_id;
  expect(['1 begins', '2 begins', '1 ends', '2 ends', '1 says', 'of nobody'].map(idOf)).toEqual([
    'request-1',
    'request-2',
    'request-1',
    'request-2',
    'of-the-line-itself',
    undefined,
  ]);
});
