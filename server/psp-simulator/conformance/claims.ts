import type Stripe from 'stripe';

/**
 * What is claimed of an endpoint of Stripe's API: how true it is, and a call through the official SDK that shows it. The conformance
 * suite makes each call on the simulator and, where it answers, on Stripe's own stripe-mock; the table in docs/psp-simulator.md is
 * written from these claims.
 */
export interface Claim {
  /** As in routes.ts. */
  readonly endpoint: string;
  /** `same`: every field, state and error is Stripe's. `differs`: the note says where it is not. */
  readonly level: 'same' | 'differs';
  readonly note?: string;
  /** `object` of the answer. */
  readonly object: string;
  ask(stripe: Stripe, ids: Ids, options?: Stripe.RequestOptions): Promise<unknown>;
  /** Objects that the call uses up. stripe-mock needs none. */
  prepare?(stripe: Stripe): Promise<Partial<Ids>>;
  /** Not in the SDK or not in stripe-mock's description of the API. */
  readonly withoutMock?: true;
}

/** Ids of the objects that calls are about. */
export interface Ids {
  readonly intent: string;
  readonly charge: string;
  readonly refund: string;
  readonly dispute: string;
  readonly session: string;
  readonly method: string;
  readonly token: string;
  readonly transaction: string;
  readonly event: string;
  readonly endpoint: string;
  readonly account: string;
  readonly payout: string;
  readonly transfer: string;
}

/** Any id will do for stripe-mock; none of these is anything to the simulator. */
export const NOBODY: Ids = {
  intent: 'pi_nobody',
  charge: 'ch_nobody',
  refund: 're_nobody',
  dispute: 'du_nobody',
  session: 'cs_test_nobody',
  method: 'pm_nobody',
  token: 'tok_nobody',
  transaction: 'txn_nobody',
  event: 'evt_nobody',
  endpoint: 'we_nobody',
  account: 'acct_nobody',
  payout: 'po_nobody',
  transfer: 'tr_nobody',
};
