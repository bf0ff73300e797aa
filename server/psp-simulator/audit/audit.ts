import type { Reader } from '../database/store.ts';
import { QUESTIONS } from './questions.ts';

const AUDIT = `select ${Object.entries(QUESTIONS)
  .map(([name, question]) => `(${question}) as ${name}`)
  .join(', ')}, (select count(*) from charges where status = 'succeeded') as charges,
  (select count(*) from refunds where status not in ('failed', 'canceled')) as refunds`;

interface Audit {
  readonly balanced: boolean;
  /** Charges that took money, and refunds that gave it back. */
  readonly charges: number;
  readonly refunds: number;
  /** How much breaks each rule. */
  readonly problems: Readonly<Record<string, number>>;
}

/** Adds the books up again from their rows, all in one moment. */
export async function audit(reader: Reader): Promise<Audit> {
  const [found] = await reader.rows<Record<string, number>>('audit', AUDIT, []);
  const { charges = 0, refunds = 0, ...problems } = found ?? {};
  const balanced = Object.values(problems).every((count) => count === 0);
  return { balanced, charges, refunds, problems };
}
