import type { Operation } from './describe-operations.ts';

/** A shell command that makes the request as it stands, ready to paste. */
export function curlOf({ method, path, parameters, requestSample }: Operation, origin: string, key: string): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => EXAMPLE_IDS[name] ?? name);
  const query = parameters.some(({ place, name, required }) => place === 'query' && name === 'account_id' && required)
    ? '?account_id=seller_456'
    : '';
  const lines = [
    `curl -s ${method === 'POST' ? '-X POST ' : ''}'${origin}${filled}${query}'`,
    `  -H 'Authorization: Bearer ${key}'`,
  ];
  if (requestSample !== undefined) {
    lines.push(`  -H 'Content-Type: application/json'`, `  -d '${JSON.stringify(requestSample, null, 2)}'`);
  }
  return lines.join(' \\\n');
}

/** The ids of the documentation's own example. */
const EXAMPLE_IDS: Readonly<Record<string, string>> = {
  payment_id: 'order_xyz789',
  payment_order_id: 'order_xyz789',
  checkout_id: 'checkout_abc123',
  account_id: 'seller_456',
};
