import { z } from 'zod';
import { CURRENCIES, type CurrencyCode } from '#kernel';
import { ORDER_STATES, type OrderState } from '#payments';

/** An id of any kind; what the database accepts as one. */
export const anyId = z.string().regex(/^[A-Za-z0-9_.:-]{1,255}$/);

/** Makes a mutation safe to repeat: a UUID, say, or any text of 1 to 255 printable ASCII characters. Optional. */
export const idempotencyKey = z
  .string()
  .regex(/^[\x20-\x7e]{1,255}$/)
  .optional();

/** Opaque text from an earlier page. */
export const cursor = z.string().min(1).max(2_000);

/** Something pasted into a search box: an id or an e-mail address. */
export const search = z
  .string()
  .trim()
  .min(1)
  .max(255)
  .regex(/^[^\p{Cc}]*$/u);

export const orderState = z.enum(ORDER_STATES as unknown as [OrderState, ...OrderState[]]);

export const currency = z.enum(CURRENCIES as unknown as [CurrencyCode, ...CurrencyCode[]]);

/** The filters of a list of payments. */
export const paymentFilter = z.strictObject({
  states: z.array(orderState).min(1).max(ORDER_STATES.length).optional(),
  search: search.optional(),
  cursor: cursor.optional(),
});
