import { expect, test } from 'vitest';
import { parseConfig } from './config.ts';

const production = {
  APP_ENV: 'production',
  AUTH_SECRET: 'a-secret-of-production-with-enough-letters',
  APP_DATABASE_PASSWORD: 'a-password-of-production',
  PSP_MODE: 'stripe-test',
  PSP_SECRET_KEY: 'sk_test_a_key_of_this_shop',
  PSP_WEBHOOK_SECRET: 'whsec_a_secret_of_this_shop_0001',
};

function refusal(env: Record<string, string | undefined>): string {
  try {
    parseConfig(env);
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
}

test('with no variable at all the demo starts', () => {
  expect(parseConfig({})).toMatchObject({
    APP_ENV: 'demo',
    PORT: 3000,
    DATABASE_URL: 'postgresql://postgres:postgres@127.0.0.1:54329/countinghouse',
    PSP_DATABASE_URL: 'postgresql://postgres:postgres@127.0.0.1:54329/psp',
    PSP_BASE_URL: 'http://localhost:4010',
    PUBLIC_URL: 'http://localhost:3000',
  });
});

test('an empty variable counts as unset', () => {
  expect(parseConfig({ PORT: '', DATABASE_URL: '', PSP_WEBHOOK_SECRET_PREVIOUS: '' })).toEqual(parseConfig({}));
});

test('the application never connects as the owner', () => {
  const { DATABASE_URL, APP_DATABASE_URL } = parseConfig({
    DATABASE_URL: 'postgres://owner:secret@db.internal:6432/books?sslmode=require',
    APP_DATABASE_PASSWORD: 'p@ss/word:with?marks',
  });
  const app = new URL(APP_DATABASE_URL);
  expect(DATABASE_URL).toContain('owner:secret');
  expect(APP_DATABASE_URL).not.toContain('secret');
  expect([app.username, decodeURIComponent(app.password), app.host, app.pathname, app.search]).toEqual([
    'countinghouse_app',
    'p@ss/word:with?marks',
    'db.internal:6432',
    '/books',
    '?sslmode=require',
  ]);
});

test.each([
  ['PORT', '0'],
  ['PORT', '65536'],
  ['PORT', 'http'],
  ['POSTGRES_PORT', '54329.5'],
  ['APP_ENV', 'staging'],
  ['DATABASE_URL', 'mysql://localhost/x'],
  ['PUBLIC_URL', 'not an address'],
  ['AUTH_SECRET', 'short'],
  ['APP_DATABASE_PASSWORD', 'short'],
  ['DEMO_API_KEY', 'sk_live_countinghouse_demo_key_for_trying'],
  ['PSP_WEBHOOK_SECRET', 'short'],
  ['PSP_TIMEOUT_MS', '0'],
  ['DATABASE_POOL_SIZE', '1'],
  ['LOG_LEVEL', 'loud'],
])('%s=%s is refused with a sentence that names the variable', (name, value) => {
  expect(refusal({ [name]: value })).toMatch(new RegExp(`^The configuration is not valid:\n  ${name}: .+$`));
});

test.each(['sk_live_51Habcdefghijk', 'rk_live_51Habcdefghijk', 'pk_test_abc', 'sk_test_', '51Habc'])(
  'the secret key %s is refused: only test keys may be used',
  (key) => {
    expect(refusal({ PSP_SECRET_KEY: key })).toContain('PSP_SECRET_KEY: must be a test key: live keys are refused');
  },
);

test('a live publishable key is refused too', () => {
  expect(refusal({ PSP_PUBLISHABLE_KEY: 'pk_live_51Habcdefghijk' })).toContain(
    'PSP_PUBLISHABLE_KEY: must be a test key: live keys are refused',
  );
});

test("Stripe's test mode does not start with the simulator's keys, and each target has its address", () => {
  expect(refusal({ PSP_MODE: 'stripe-test' })).toBe(
    `PSP_MODE=stripe-test cannot start:
  PSP_SECRET_KEY: the simulator's value means nothing to Stripe; give a test key of your account
  PSP_WEBHOOK_SECRET: the simulator's value means nothing to Stripe; give the secret of your webhook endpoint`,
  );
  expect(parseConfig(production).PSP_BASE_URL).toBe('https://api.stripe.com');
  expect(parseConfig({ PSP_MODE: 'stripe-mock' }).PSP_BASE_URL).toBe('http://localhost:12111');
  expect(parseConfig({ PSP_MODE: 'stripe-mock', PSP_BASE_URL: 'http://mock:1' }).PSP_BASE_URL).toBe('http://mock:1');
});

test('all wrong variables are named at once, and no value is printed', () => {
  const message = refusal({ PORT: 'x-port-value', AUTH_SECRET: 'my-secret', PSP_SECRET_KEY: 'sk_live_my_secret' });
  expect(message.split('\n')).toHaveLength(4);
  expect(message).not.toMatch(/my-secret|my_secret|x-port-value/);
});

test('production starts with secrets of its own', () => {
  expect(refusal(production)).toBe('accepted');
});

test.each([
  ['AUTH_SECRET', 'AUTH_SECRET: the demo value is refused in production'],
  ['APP_DATABASE_PASSWORD', 'APP_DATABASE_PASSWORD: the demo value is refused in production'],
  ['PSP_SECRET_KEY', 'PSP_SECRET_KEY: the demo value is refused in production'],
  ['PSP_WEBHOOK_SECRET', 'PSP_WEBHOOK_SECRET: the demo value is refused in production'],
  ['PSP_MODE', 'PSP_MODE: the simulator is refused in production'],
])('production does not start while %s is that of the demo', (name, sentence) => {
  expect(refusal({ ...production, [name]: undefined })).toBe(`APP_ENV=production cannot start:\n  ${sentence}`);
});

test('production does not accept a demo secret as the former webhook secret either', () => {
  const message = refusal({ ...production, PSP_WEBHOOK_SECRET_PREVIOUS: parseConfig({}).PSP_WEBHOOK_SECRET });
  expect(message).toContain('PSP_WEBHOOK_SECRET_PREVIOUS: the demo value is refused in production');
});
