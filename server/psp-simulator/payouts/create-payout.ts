import { z } from 'zod';
import { findDestination } from '../accounts/find-destination.ts';
import { claimBalance } from '../books/balance.ts';
import { ok } from '../http/answer.ts';
import { expand } from '../http/expand.ts';
import { expandable, parseParameters, wireCurrency, wireInteger, wireMetadata } from '../http/form.ts';
import type { Handler } from '../requests/request.ts';
import { newPayout } from './new-payout.ts';
import { renderPayout } from './render-payout.ts';

const parameters = z.strictObject({
  amount: wireInteger.pipe(z.number().min(1)),
  currency: wireCurrency,
  description: z.string().max(1_000).optional(),
  destination: z.string().max(255).optional(),
  metadata: wireMetadata.default({}),
  method: z.literal('standard').optional(),
  source_type: z.literal('card').optional(),
  statement_descriptor: z.string().max(22).optional(),
  expand: expandable,
});

/**
 * `POST /v1/payouts`: sends money of the available balance to a bank account; with `Stripe-Account`, of a connected account to its
 * own. Payouts at the same time never come to more than the balance.
 */
export const createPayout: Handler = async (context) => {
  const { expand: paths, destination: wished, ...wanted } = parseParameters(parameters, context.request.input);
  const { account: owner } = context.request;
  return context.transact(async (tx) => {
    await claimBalance(tx, owner, wanted.amount, wanted.currency);
    const destination = await findDestination(tx, context.simulator.config, {
      owner,
      currency: wanted.currency,
      wished,
    });
    const made = newPayout(context.simulator, { ...wanted, owner, destination, automatic: false });
    const answer = ok(await expand(tx, renderPayout(made.payout), paths, [made.transaction]));
    return { answer, writes: made.writes, events: made.events };
  });
};
