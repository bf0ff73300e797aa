import { createHmac } from 'node:crypto';

/** `Stripe-Signature` of a body sent at `timestamp` (Unix seconds): HMAC-SHA256 over `timestamp.body`, in hex. */
export function signatureHeader(body: string, secret: string, timestamp: number): string {
  const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return `t=${timestamp},v1=${signature}`;
}
