import { newId } from '#kernel';
import { startGivingBack } from '#payments';
import { insertRefunds } from './refund-rows.ts';

/**
 * Opens a refund for each of up to `limit` attempts whose money came too late; the worker sends it next. Answers how many were
 * opened. Several workers may run at once: an attempt has one refund that has not failed, and the database insists on it.
 */
export function openRefunds(limit: number): Promise<number> {
  return startGivingBack(limit, (held) =>
    insertRefunds(held.map((money) => ({ ...money, id: newId('rfd'), reason: 'late_capture' as const }))),
  );
}
