import { z } from 'zod';
import { newId } from '#kernel';
import type { LineItem } from '../database/rows.ts';
import { expandable, wireCurrency, wireInteger, wireMetadata } from '../http/form.ts';
import { invalid } from '../http/stripe-error.ts';
import { checkAmount, checkMethodTypes, methodTypes, typesOf } from '../intents/intent-parameters.ts';

/** Stripe's bounds for the life of a session, counted from its creation. */
export const LONGEST_LIFE_SECONDS = 24 * 3_600;
const MAX_LINE_ITEMS = 100;

const text = z.string().max(5_000);
const url = z.url({ protocol: /^https?$/ }).max(5_000);

const lineItem = z.strictObject({
  quantity: wireInteger.pipe(z.number().min(1).max(999_999)).default(1),
  price_data: z.strictObject({
    currency: wireCurrency,
    unit_amount: wireInteger,
    product_data: z.strictObject({
      name: z.string().min(1).max(1_000),
      description: text.optional(),
      images: z.array(text).max(8).optional(),
      metadata: wireMetadata.default({}),
    }),
  }),
});

export const sessionParameters = z.strictObject({
  mode: z.literal('payment'),
  line_items: z.array(lineItem).min(1).max(MAX_LINE_ITEMS),
  success_url: url,
  cancel_url: url.optional(),
  client_reference_id: z.string().min(1).max(200).optional(),
  customer_email: z.string().max(800).optional(),
  expires_at: wireInteger.optional(),
  metadata: wireMetadata.default({}),
  payment_intent_data: z
    .strictObject({
      metadata: wireMetadata.optional(),
      description: z.string().max(1_000).optional(),
      receipt_email: z.string().max(800).optional(),
      statement_descriptor: z.string().max(22).optional(),
      capture_method: z.enum(['automatic', 'automatic_async']).optional(),
      transfer_group: z.string().max(255).optional(),
    })
    .default({}),
  ...methodTypes,
  ui_mode: z.enum(['hosted', 'hosted_page']).optional(),
  locale: text.optional(),
  submit_type: text.optional(),
  expand: expandable,
});

export type SessionParameters = z.output<typeof sessionParameters>;

/** What is sold, for how much: all lines in one currency, the total within Stripe's bounds. Throws its 400. */
export function basketOf({ line_items, ...parameters }: SessionParameters) {
  const currency = line_items[0]?.price_data.currency ?? '';
  let total = 0n;
  const items = line_items.map(({ price_data, quantity }, index): LineItem => {
    if (price_data.currency !== currency) {
      throw invalid(`line_items[${index}][price_data][currency]`, 'All line items must have the same currency.');
    }
    checkAmount(price_data.unit_amount, currency, `line_items[${index}][price_data][unit_amount]`);
    total += BigInt(price_data.unit_amount) * BigInt(quantity);
    const { name, metadata } = price_data.product_data;
    return {
      id: newId('li'),
      description: name,
      seller: metadata.seller ?? null,
      quantity,
      unit_amount: price_data.unit_amount,
      metadata,
    };
  });
  checkAmount(Number(total), currency, 'line_items');
  checkMethodTypes(typesOf(parameters), currency);
  return { items, currency, total: Number(total) };
}

/** When the session ends: as asked, within Stripe's bounds, else after 24 hours. `shortest` is 30 minutes unless configured. */
export function expiryOf(asked: number | undefined, now: number, shortest: number): number {
  if (asked === undefined) return now + LONGEST_LIFE_SECONDS;
  /** Clocks of two machines differ a little. */
  const tolerance = 60;
  if (asked < now + shortest - tolerance || asked > now + LONGEST_LIFE_SECONDS + tolerance) {
    throw invalid('expires_at', `The session must expire ${shortest} seconds to 24 hours after its creation.`);
  }
  return asked;
}
