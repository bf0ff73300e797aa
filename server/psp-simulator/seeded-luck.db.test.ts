import Stripe from 'stripe';
import { expect, test } from 'vitest';
import { startSimulator } from '#testing';
import { drawShare } from './faults/draw.ts';

const ATTEMPTS = Array.from({ length: 60 }, (_, index) => `att_${index}`);

test('a failure rate declines what the seed says and nothing else, so that a run can be told again', async () => {
  const simulator = await startSimulator({ PSP_FAILURE_RATE: '0.1', PSP_SEED: 'one' });
  const { port } = simulator;
  const stripe = new Stripe('sk_test_simulator_platform_secret_key', { host: '127.0.0.1', port, protocol: 'http' });
  const charge = async (attempt_id: string) => {
    const metadata = { attempt_id };
    const parameters = { amount: 100, currency: 'usd', payment_method: 'tok_visa_4242', confirm: true, metadata };
    const outcome = await stripe.paymentIntents.create(parameters).catch((error: Stripe.errors.StripeError) => error);
    return outcome instanceof Stripe.errors.StripeError ? outcome.decline_code : outcome.status;
  };
  const outcomes = await Promise.all(ATTEMPTS.map(charge));
  const expected = ATTEMPTS.map((attempt) =>
    drawShare('one', 'decline', attempt) < 0.1 ? 'generic_decline' : 'succeeded',
  );
  expect(outcomes).toEqual(expected);
  expect(new Set(outcomes).size).toBe(2);
  await simulator.stop();
});
