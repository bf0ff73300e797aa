import { PROVIDER_SECRETS } from '../kit/topology.ts';
import type { Json } from './history.ts';

/** The provider may be stopped at that moment; the harness does not wait for it. */
const TIMEOUT_MS = 3_000;

/** A call with the merchant's key, past every line. Throws when the provider cannot be reached. */
export async function callProvider(
  url: string,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  form?: Readonly<Record<string, string | number>>,
  timeoutMs = TIMEOUT_MS,
): Promise<{ status: number; body: Json }> {
  const text = form && Object.entries(form).map(([name, value]) => [name, String(value)]);
  const response = await fetch(`${url}/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${PROVIDER_SECRETS.key}` },
    body: text ? new URLSearchParams(text) : null,
    signal: AbortSignal.timeout(timeoutMs),
  });
  return { status: response.status, body: await response.json() };
}
