import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { takePayment } from '#payments';
import type { ApiContext, ApiEnv } from '../context.ts';
import { validationError } from '../field-errors.ts';
import { idempotently } from '../idempotently.ts';
import { type Preference, readPreference } from '../prefer.ts';
import { presentPayment } from '../present.ts';
import { asAppError, toProblem } from '../problem.ts';
import { BODY_PROBLEMS, idempotencyKeyHeader, KEY_PROBLEMS, preferHeader, problems } from '../route-parts.ts';
import { bulk } from '../schemas/answers.ts';
import { bulkRequest } from '../schemas/requests.ts';
import { toPaymentRequest } from './create-payment.ts';

const route = createRoute({
  method: 'post',
  path: '/payments/bulk',
  tags: ['Payments'],
  summary: 'Create up to 100 payments',
  description:
    'Each payment stands alone and gets the verdict it would have got by itself; one that is refused stops no other.',
  request: {
    headers: z.object({ prefer: preferHeader, 'idempotency-key': idempotencyKeyHeader }),
    body: { required: true, content: { 'application/json': { schema: bulkRequest } } },
  },
  responses: {
    200: { description: 'One verdict per payment, in order.', content: { 'application/json': { schema: bulk } } },
    ...problems(...BODY_PROBLEMS, ...KEY_PROBLEMS),
  },
});

type Item = z.output<typeof bulkRequest>['payments'][number];
type Verdict = z.input<typeof bulk>['results'][number];

export function registerCreatePaymentsBulk(api: OpenAPIHono<ApiEnv>): void {
  api.openapi(route, (c) => {
    const { payments } = c.req.valid('json');
    const preference = readPreference(c.req.header('prefer'));
    return idempotently(c, payments, async () => {
      const results = await Promise.all(payments.map((item) => verdictOn(item, preference, c)));
      return c.json({ results }, 200);
    });
  });
}

async function verdictOn(item: Item, preference: Preference, c: ApiContext): Promise<Verdict> {
  try {
    if (!item.success) throw validationError(item.error.issues);
    const { checkout, settled } = await takePayment(toPaymentRequest(item.data), c.var.principal, {
      waitMs: preference.waitMs,
      patient: preference.wantsOutcome,
    });
    if (settled && preference.wantsOutcome) return { status: 200, payment: presentPayment(checkout) };
    return { status: 202, payment: presentPayment(checkout, 'PROCESSING') };
  } catch (thrown) {
    const error = asAppError(thrown, c);
    return { status: error.status, problem: toProblem(error, c) as Verdict['problem'] };
  }
}
