import { z } from 'zod';

/** Values that may stand only in a demo: production refuses to start with any of them. */
const DEMO_SECRETS = {
  AUTH_SECRET: 'demo-auth-secret-change-me-before-production',
  APP_DATABASE_PASSWORD: 'countinghouse-demo',
  DEMO_API_KEY: 'sk_test_countinghouse_demo_key_for_trying_out_only',
  PSP_SECRET_KEY: 'sk_test_simulator_platform_secret_key',
  PSP_WEBHOOK_SECRET: 'whsec_simulator_demo_signing_secret_000000',
} as const;

/** Password of every demo login. The logins exist only with APP_ENV=demo: their seed refuses production. */
export const DEMO_PASSWORD = 'countinghouse-demo';

const port = (fallback: number) => z.coerce.number().int().min(1).max(65_535).default(fallback);

const schema = z.object({
  /** `demo` seeds logins, an API key and the simulator; `production` refuses all of them. */
  APP_ENV: z.enum(['demo', 'production']).default('demo'),
  PORT: port(3000),
  API_PORT: port(4000),
  PSP_PORT: port(4010),
  POSTGRES_PORT: port(54_329),
  /** Prometheus metrics and health of the worker, the web application and the API, each on a port of its own. */
  METRICS_PORT: port(9464),
  WEB_METRICS_PORT: port(9465),
  API_METRICS_PORT: port(9466),
  METRICS_HOST: z.string().min(1).default('127.0.0.1'),
  DATA_DIR: z.string().min(1).default('var'),
  /** Owner connection, used for migrations only. Unset: the embedded Postgres under DATA_DIR. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  /** The simulator's own database; default: database `psp` on the same server. */
  PSP_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  APP_DATABASE_PASSWORD: z.string().min(12).default(DEMO_SECRETS.APP_DATABASE_PASSWORD),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(2).max(100).default(10),
  PUBLIC_URL: z.url().optional(),
  AUTH_SECRET: z.string().min(32).default(DEMO_SECRETS.AUTH_SECRET),
  DEMO_API_KEY: z
    .string()
    .regex(/^sk_test_\w{24,}$/, 'must look like sk_test_… with at least 24 characters')
    .default(DEMO_SECRETS.DEMO_API_KEY),
  /** `simulator` is our own PSP; `stripe-mock` checks request shapes only; `stripe-test` is Stripe's test mode. */
  PSP_MODE: z.enum(['simulator', 'stripe-mock', 'stripe-test']).default('simulator'),
  PSP_BASE_URL: z.url().optional(),
  PSP_SECRET_KEY: z
    .string()
    .regex(/^(sk|rk)_test_\w+$/, 'must be a test key: live keys are refused')
    .default(DEMO_SECRETS.PSP_SECRET_KEY),
  PSP_PUBLISHABLE_KEY: z
    .string()
    .regex(/^pk_test_\w+$/, 'must be a test key: live keys are refused')
    .default('pk_test_simulator_platform_publishable_key'),
  PSP_WEBHOOK_SECRET: z.string().min(24).default(DEMO_SECRETS.PSP_WEBHOOK_SECRET),
  /** The former webhook secret, accepted while a rotation is under way. */
  PSP_WEBHOOK_SECRET_PREVIOUS: z.string().min(24).optional(),
  /** How long one call to the PSP may take before its outcome counts as unknown. */
  PSP_TIMEOUT_MS: z.coerce.number().int().min(50).max(60_000).default(8_000),
  /** How long `POST /api/v1/payments` waits for an outcome unless the caller says otherwise. */
  PAYMENT_WAIT_MS: z.coerce.number().int().min(0).max(30_000).default(5_000),
  /** Silence after which the worker asks the PSP itself. */
  RESOLVE_AFTER_MS: z.coerce.number().int().min(100).default(15_000),
  /** Requests that a process works on at once; beyond it they are answered 503 before anything is done. */
  MAX_REQUESTS_IN_FLIGHT: z.coerce.number().int().min(1).max(100_000).default(2_000),
  /** Requests a second and API key that a process takes; beyond it they are answered 429. */
  API_RATE_LIMIT: z.coerce.number().int().min(1).max(1_000_000).default(5_000),
  /** What happens when a seller lacks the money of a refund or dispute: the balance goes below nothing, or it waits. */
  SELLER_SHORTFALL: z.enum(['negative', 'wait']).default('negative'),
  /** Proxies of ours that stand before the web process: each appends to `x-forwarded-for`, and nobody else is believed there. */
  TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(0),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
});

/** Where the providers are that are not ours; stripe-mock's port is its own choice. */
const PROVIDER_ADDRESS: Partial<Record<string, string>> = {
  'stripe-mock': 'http://localhost:12111',
  'stripe-test': 'https://api.stripe.com',
};

/** Every variable that is read; each is described in .env.example. */
export const CONFIG_VARIABLES: readonly string[] = Object.keys(schema.shape);

export type Config = z.output<typeof schema> & {
  readonly DATABASE_URL: string;
  readonly APP_DATABASE_URL: string;
  readonly PSP_DATABASE_URL: string;
  readonly PSP_BASE_URL: string;
  readonly PUBLIC_URL: string;
};

/** Role that the application connects as. It owns nothing. */
export const APP_DATABASE_ROLE = 'countinghouse_app';

/**
 * Reads the environment once. Throws one Error whose message has a sentence per wrong variable; never prints a value.
 */
export function parseConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`The configuration is not valid:\n${lines.join('\n')}`);
  }
  const config = withDerived(parsed.data);
  if (config.APP_ENV === 'production') refuseDemoValues(config);
  if (config.PSP_MODE === 'stripe-test') refuseSimulatorKeys(config);
  return config;
}

function withDerived(values: z.output<typeof schema>): Config {
  const owner = values.DATABASE_URL ?? `postgresql://postgres:postgres@127.0.0.1:${values.POSTGRES_PORT}/countinghouse`;
  const app = new URL(owner);
  app.username = APP_DATABASE_ROLE;
  app.password = values.APP_DATABASE_PASSWORD;
  const psp = new URL(owner);
  psp.pathname = '/psp';
  return {
    ...values,
    DATABASE_URL: owner,
    APP_DATABASE_URL: app.toString(),
    PSP_DATABASE_URL: values.PSP_DATABASE_URL ?? psp.toString(),
    PSP_BASE_URL: values.PSP_BASE_URL ?? PROVIDER_ADDRESS[values.PSP_MODE] ?? `http://localhost:${values.PSP_PORT}`,
    PUBLIC_URL: values.PUBLIC_URL ?? `http://localhost:${values.PORT}`,
  };
}

function refuseDemoValues(config: Config): void {
  const wrong: string[] = Object.entries(DEMO_SECRETS)
    .filter(([name, value]) => name !== 'DEMO_API_KEY' && config[name as keyof typeof DEMO_SECRETS] === value)
    .map(([name]) => `  ${name}: the demo value is refused in production`);
  if (config.PSP_WEBHOOK_SECRET_PREVIOUS === DEMO_SECRETS.PSP_WEBHOOK_SECRET)
    wrong.push('  PSP_WEBHOOK_SECRET_PREVIOUS: the demo value is refused in production');
  if (config.PSP_MODE === 'simulator') wrong.push('  PSP_MODE: the simulator is refused in production');
  if (wrong.length > 0) throw new Error(`APP_ENV=production cannot start:\n${wrong.join('\n')}`);
}

/** Stripe would refuse the simulator's key with every payment; and what the simulator's secret signs could be forged by anyone. */
function refuseSimulatorKeys(config: Config): void {
  const needed = {
    PSP_SECRET_KEY: 'a test key of your account',
    PSP_WEBHOOK_SECRET: 'the secret of your webhook endpoint',
  };
  const wrong = Object.entries(needed)
    .filter(([name]) => config[name as keyof typeof needed] === DEMO_SECRETS[name as keyof typeof needed])
    .map(([name, what]) => `  ${name}: the simulator's value means nothing to Stripe; give ${what}`);
  if (wrong.length > 0) throw new Error(`PSP_MODE=stripe-test cannot start:\n${wrong.join('\n')}`);
}
