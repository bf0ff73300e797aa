import { z } from 'zod';

const milliseconds = (fallback: number) => z.coerce.number().int().min(0).max(600_000).default(fallback);
const rate = z.coerce.number().min(0).max(1).default(0);

/** Event types sent to the endpoint that the environment names; more endpoints are added through the API. */
const DEFAULT_WEBHOOK_EVENTS = [
  'checkout.session.completed',
  'checkout.session.expired',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
  'payment_intent.requires_action',
  'payment_intent.processing',
  'payment_intent.succeeded',
  'payment_intent.payment_failed',
  'payment_intent.canceled',
  'charge.succeeded',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.funds_reinstated',
  'charge.dispute.closed',
  'balance.available',
  'payout.paid',
  'payout.failed',
  'payout.canceled',
].join(',');

const schema = z.object({
  PSP_PORT: z.coerce.number().int().min(1).max(65_535).default(4010),
  /** The simulator's own database; it is created when missing. Default: `psp` on the embedded server. */
  PSP_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  POSTGRES_PORT: z.coerce.number().int().min(1).max(65_535).default(54_329),
  PSP_DATABASE_POOL_SIZE: z.coerce.number().int().min(2).max(100).default(8),
  PSP_SECRET_KEY: z
    .string()
    .regex(/^sk_test_\w+$/)
    .default('sk_test_simulator_platform_secret_key'),
  PSP_PUBLISHABLE_KEY: z
    .string()
    .regex(/^pk_test_\w+$/)
    .default('pk_test_simulator_platform_publishable_key'),
  PSP_WEBHOOK_SECRET: z.string().min(24).default('whsec_simulator_demo_signing_secret_000000'),
  /** Where events go; `none` sends nothing. */
  PSP_WEBHOOK_URL: z.union([z.literal('none'), z.url()]).default('http://localhost:3000/api/webhooks/psp'),
  /** Comma-separated event types for PSP_WEBHOOK_URL, or `*`. */
  PSP_WEBHOOK_EVENTS: z.string().min(1).default(DEFAULT_WEBHOOK_EVENTS),
  /** First wait after a delivery that failed; each later wait is four times longer, up to 12 hours, for 3 days. */
  PSP_WEBHOOK_RETRY_BASE_MS: milliseconds(1_000),
  /** Deliveries under way at the same time. */
  PSP_WEBHOOK_CONCURRENCY: z.coerce.number().int().min(1).max(64).default(8),
  PSP_WEBHOOK_TIMEOUT_MS: milliseconds(10_000),
  /** Page that shoppers are sent to; the session id is appended. */
  PSP_HOSTED_PAGE_URL: z.url().default('http://localhost:3000/pay'),
  /** Where browsers reach this process. */
  PSP_PUBLIC_URL: z.url().optional(),
  /** Shortest life a checkout session may be given; Stripe's is 30 minutes, tests may want less. */
  PSP_SESSION_MIN_LIFE_SECONDS: z.coerce.number().int().min(1).max(1_800).default(1_800),
  PSP_MERCHANT_NAME: z.string().min(1).default('Countinghouse'),
  /** Share of confirmations declined at random (0.1 is a provider with 90 % success); the draw depends on PSP_SEED only. */
  PSP_FAILURE_RATE: rate,
  /** Share of successful API writes whose answer is thrown away after the commit. */
  PSP_ANSWER_LOST_RATE: rate,
  /** Wait before every API request is executed. */
  PSP_LATENCY_MS: milliseconds(0),
  /** After this a pending refund succeeds, and one of the card that fails fails. */
  PSP_REFUND_DELAY_MS: milliseconds(2_000),
  /** `daily` pays everything available to the platform's bank each business day; `manual` waits for `POST /v1/payouts`. */
  PSP_PAYOUT_SCHEDULE: z.enum(['daily', 'manual']).default('daily'),
  /** Takes the place of the banks' business days: a payout is with the bank after it, and there after it once more. */
  PSP_PAYOUT_DELAY_MS: z
    .union([z.literal('business_days'), z.coerce.number().int().min(0).max(600_000)])
    .default('business_days'),
  /** The platform's bank account, a test number that decides what becomes of its payouts. */
  PSP_BANK_ACCOUNT: z.string().min(1).default('000123456789'),
  /** Where the money of transfers comes from: the platform's `bank` account, or its available `balance`. */
  PSP_TRANSFER_FUNDING: z.enum(['bank', 'balance']).default('bank'),
  /** So long a bank takes to answer a debit. */
  PSP_BANK_DEBIT_DELAY_MS: milliseconds(2_000),
  /** So long after a charge its bank disputes it, and so long after evidence its bank decides. */
  PSP_DISPUTE_DELAY_MS: milliseconds(2_000),
  /** Evidence for a dispute is taken so long; then it is lost. */
  PSP_DISPUTE_DUE_SECONDS: z.coerce.number().int().min(1).max(5_184_000).default(604_800),
  PSP_SEED: z.string().min(1).default('countinghouse'),
});

export type SimulatorConfig = Omit<z.output<typeof schema>, 'PSP_DATABASE_URL' | 'PSP_PUBLIC_URL'> & {
  readonly PSP_DATABASE_URL: string;
  readonly PSP_PUBLIC_URL: string;
};

/** Reads the environment once. Throws one Error with a sentence per wrong variable; never prints a value. */
export function parseSimulatorConfig(env: Record<string, string | undefined>): SimulatorConfig {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`The configuration of the PSP simulator is not valid:\n${lines.join('\n')}`);
  }
  const values = parsed.data;
  return {
    ...values,
    PSP_DATABASE_URL: values.PSP_DATABASE_URL ?? `postgresql://postgres:postgres@127.0.0.1:${values.POSTGRES_PORT}/psp`,
    PSP_PUBLIC_URL: values.PSP_PUBLIC_URL ?? `http://localhost:${values.PSP_PORT}`,
  };
}
