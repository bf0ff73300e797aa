import { z } from '@hono/zod-openapi';
import { DISPUTE_STATES } from '#disputes';
import { idField } from './fields.ts';

/** Most disputes on one page. */
const MAX_PAGE = 100;
/** Longest evidence, in characters: what the provider takes. */
const MAX_EVIDENCE = 20_000;

const amount = z.string().openapi({ example: '29.99' });
const time = z.string().openapi({ format: 'date-time', example: '2026-01-01T12:00:00Z' });
const status = z.enum(DISPUTE_STATES).openapi({ example: 'OPEN' });
const stage = z.enum(['inquiry', 'dispute']).openapi({ example: 'dispute' });

export const evidenceRequest = z
  .strictObject({
    evidence: z.string().trim().min(1).max(MAX_EVIDENCE).openapi({
      description:
        'What shows that the payment was right, in words. It is taken once, and anew after the provider refused it.',
      example: 'Delivered on 2 January and signed for by the buyer.',
    }),
  })
  .openapi('DisputeEvidenceRequest');

export const dispute = z
  .object({
    dispute_id: z.string().openapi({ example: 'dsp_019b76da8c107000a1b2c3d4e5f60718' }),
    checkout_id: z.string().openapi({ example: 'checkout_abc123' }),
    status,
    reason: z.string().openapi({ example: 'fraudulent' }),
    amount,
    currency: z.string().length(3).openapi({ example: 'USD' }),
    withdrawn: amount.nullable().openapi({ description: 'What the provider took; null while it only asks.' }),
    fee: amount.nullable().openapi({ example: '15.00' }),
    reinstated: amount.nullable().openapi({ description: 'What it gave back.', example: null }),
    evidence_due_by: time.nullable(),
    answerable: stage.nullable().openapi({ description: 'What can be answered now; null when nothing can.' }),
    payment_orders: z.array(
      z
        .object({
          payment_order_id: z.string().openapi({ example: 'order_xyz789' }),
          seller_account: z.string().openapi({ example: 'seller_456' }),
          disputed: amount,
          seller_share: amount.openapi({ description: 'What of it the seller bears.' }),
        })
        .openapi('DisputedOrder'),
    ),
    responses: z.array(
      z
        .object({
          stage,
          kind: z.enum(['evidence', 'acceptance']).openapi({ example: 'evidence' }),
          created_at: time,
          sent_at: time.nullable(),
          error: z.string().nullable().openapi({ example: null }),
        })
        .openapi('DisputeResponse'),
    ),
    opened_at: time,
    finished_at: time.nullable().openapi({ example: null }),
    history: z.array(
      z
        .object({
          from: status.openapi({ example: 'INQUIRY' }),
          to: status,
          reason: z.string().openapi({ example: 'the provider says open' }),
          at: time,
        })
        .openapi('DisputeStep'),
    ),
  })
  .openapi('Dispute');

export const disputesPage = z
  .object({
    disputes: z.array(dispute),
    has_more: z.boolean().openapi({ example: false }),
    next_cursor: z.string().nullable().openapi({ example: null }),
  })
  .openapi('DisputesPage');

export const disputesQuery = z.strictObject({
  of: idField
    .optional()
    .openapi({ description: 'Only those of this payment order or checkout.', example: 'order_xyz789' }),
  status: status.optional(),
  cursor: z.string().max(2_000).optional().openapi({ description: 'next_cursor of the page before.' }),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(25),
});
