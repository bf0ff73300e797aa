import { createHmac } from 'node:crypto';

/** `Stripe-Signature` of a body sent at `timestamp` (Unix seconds): HMAC-SHA256 over `timestamp.body` by each secret, in hex. */
export function signatureHeader(body: string, secrets: readonly string[], timestamp: number): string {
  const signatures = secrets.map((secret) => createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex'));
  return [`t=${timestamp}`, ...signatures.map((signature) => `v1=${signature}`)].join(',');
}
