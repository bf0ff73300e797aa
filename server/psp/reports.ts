import { type NotTold, notTold } from './balance-transactions.ts';

/** A file that the provider or the bank makes of a day: what was paid out of, and what moved on our account. */
export interface ReportQuery {
  readonly source: 'settlement' | 'bank_statement';
  /** `2026-06-18`, a day of the PSP's clock (UTC) that is over. */
  readonly day: string;
  /** Upper case. */
  readonly currency: string;
}

/** The file, read while it is used: whoever reads the body to its end has all of it, else the reading throws. */
export interface Report {
  readonly kind: 'report';
  readonly body: AsyncIterable<Uint8Array>;
}

/** There is no such file, or no such object. */
export interface Absent {
  readonly kind: 'absent';
}

/** Longest a file may take until its last byte, in milliseconds. */
const LONGEST_READING_MS = 600_000;

interface Connection {
  readonly baseUrl: string;
  readonly secretKey: string;
}

/** Asks for a file. The SDK holds every answer in memory, so this call goes past it. */
export function requestReport({ baseUrl, secretKey }: Connection, { source, day, currency }: ReportQuery) {
  const query = new URLSearchParams({ date: day, currency: currency.toLowerCase() });
  return fetch(new URL(`/v1/test_helpers/reports/${source}?${query}`, baseUrl), {
    headers: { authorization: `Bearer ${secretKey}` },
    signal: AbortSignal.timeout(LONGEST_READING_MS),
  });
}

export function readReport(response: Response): Report | Absent | NotTold {
  if (response.status === 404) return { kind: 'absent' };
  if (response.ok && response.body) return { kind: 'report', body: response.body };
  return {
    kind: 'unknown',
    reason: response.status >= 500 ? `http_${response.status}` : `not_told:${response.status}`,
  };
}

/** Sorts what is thrown for an object that was asked for by its id. */
export function absentOrNotTold(error: unknown): Absent | NotTold {
  const known = notTold(error);
  return known.kind === 'unknown' && known.reason === 'not_told:resource_missing' ? { kind: 'absent' } : known;
}
