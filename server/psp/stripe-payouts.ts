import type Stripe from 'stripe';
import type { AnyOutcome } from './any-outcome.ts';
import type { GuardedCall } from './call-guard.ts';
import type { PayoutEnquiry, PayoutOutcome, PayoutRef, PayoutRequest, RecallOutcome } from './payout-outcome.ts';
import type { Occasion, PayoutCalls } from './port.ts';
import { payoutEnquiryError, payoutError, payoutIdOf, readBankAccount, readPayout } from './read-payout.ts';

type NotStarted = Extract<PayoutOutcome, { kind: 'not_started' }>;

/** Makes one guarded call; whatever it throws is read as an outcome too. */
export type Call = <T, Known extends AnyOutcome>(
  what: GuardedCall,
  work: () => Promise<T>,
  read: (answer: T) => Known,
  readError: (error: unknown) => Known,
) => Promise<Known | NotStarted>;

/** Payouts of one seller on a page of the PSP's list; all of them are looked through, newest first. */
const PAYOUTS_ON_A_PAGE = 100;

/**
 * Payouts to sellers at Stripe: each seller has a connected account with its bank. A payout is a transfer to that account and a payout
 * from it, both with our id; one that failed leaves its money there, and recalling it reverses the transfer.
 * Source: Stripe's documentation of connected accounts, "Separate charges and transfers" and "Payouts".
 */
export function createPayoutCalls(stripe: Stripe, call: Call, giveBackRepeat: () => void): PayoutCalls {
  /** The transfer, made once: a key is forgotten after a day, so who repeats looks for it first. */
  async function transfer(request: PayoutRequest, occasion: Occasion): Promise<PayoutOutcome | 'done'> {
    let done = false;
    const outcome = await call<unknown, PayoutOutcome>(
      { verb: 'transfer', occasion },
      async () => {
        if (occasion !== 'first' && (await findTransfer(stripe, request))) return;
        await stripe.transfers.create(transferParams(request), { idempotencyKey: `${request.payoutId}-transfer` });
      },
      () => {
        done = true;
        return { kind: 'unknown', reason: 'transferred' };
      },
      payoutError,
    );
    return done ? 'done' : outcome;
  }

  return {
    addBankAccount: (request) =>
      call(
        { verb: 'add_bank_account', occasion: 'first' },
        () => addBankAccount(stripe, request),
        (account) => readBankAccount(account, request.currency),
        payoutError,
      ),

    async payOut(request, occasion = 'first') {
      const moved = await transfer(request, occasion);
      if (moved !== 'done') return moved;
      const outcome = await call<Stripe.Payout, PayoutOutcome>(
        { verb: 'pay_out', occasion },
        () =>
          stripe.payouts.create(payoutParams(request), {
            idempotencyKey: request.payoutId,
            stripeAccount: request.pspAccountId,
          }),
        readPayout,
        payoutError,
      );
      // The first half has happened: it is no longer true that nothing did.
      return outcome.kind === 'not_started' ? { kind: 'unknown', reason: outcome.reason } : outcome;
    },

    async enquirePayout(ref, occasion = 'first') {
      let absent = false;
      const outcome = await call<Stripe.Payout | null, PayoutOutcome>(
        { verb: 'enquire_payout', occasion },
        () => findPayout(stripe, ref),
        (payout) => {
          if (payout) return readPayout(payout);
          absent = true;
          return { kind: 'unknown', reason: 'absent' };
        },
        payoutEnquiryError,
      );
      if (!absent && occasion === 'look') giveBackRepeat();
      return absent ? ({ kind: 'absent' } satisfies PayoutEnquiry) : outcome;
    },

    recallPayout: (ref) =>
      call(
        { verb: 'recall_payout', occasion: 'first' },
        () => recall(stripe, ref),
        (): RecallOutcome => ({ kind: 'recalled' }),
        payoutError,
      ),
  };
}

async function addBankAccount(
  stripe: Stripe,
  { bankAccountId, sellerId, token, pspAccountId }: Parameters<PayoutCalls['addBankAccount']>[0],
): Promise<Stripe.Account> {
  const options = { idempotencyKey: bankAccountId };
  if (pspAccountId) return stripe.accounts.update(pspAccountId, { external_account: token }, options);
  return stripe.accounts.create(
    {
      type: 'custom',
      external_account: token,
      capabilities: { transfers: { requested: true } },
      metadata: { seller_id: sellerId },
    },
    options,
  );
}

function transferParams({ payoutId, pspAccountId, amount }: PayoutRequest): Stripe.TransferCreateParams {
  return {
    amount: Number(amount.amountMinor),
    currency: amount.currency.toLowerCase(),
    destination: pspAccountId,
    transfer_group: payoutId,
    metadata: { payout_id: payoutId },
  };
}

function payoutParams({ payoutId, pspBankAccountId, amount }: PayoutRequest): Stripe.PayoutCreateParams {
  return {
    amount: Number(amount.amountMinor),
    currency: amount.currency.toLowerCase(),
    destination: pspBankAccountId,
    metadata: { payout_id: payoutId },
  };
}

async function findTransfer(stripe: Stripe, ref: Omit<PayoutRef, 'pspPayoutId'>): Promise<Stripe.Transfer | null> {
  const { data } = await stripe.transfers.list({
    transfer_group: ref.payoutId,
    destination: ref.pspAccountId,
    limit: 1,
  });
  return data[0] ?? null;
}

async function findPayout(
  stripe: Stripe,
  { payoutId, pspAccountId, pspPayoutId }: PayoutRef,
): Promise<Stripe.Payout | null> {
  const options = { stripeAccount: pspAccountId };
  if (pspPayoutId) return stripe.payouts.retrieve(pspPayoutId, {}, options);
  const all = stripe.payouts.list({ limit: PAYOUTS_ON_A_PAGE }, options);
  for await (const payout of all) if (payoutIdOf(payout) === payoutId) return payout;
  return null;
}

/** Reverses the transfer of a payout; one that was never made, or is reversed already, leaves nothing to do. */
async function recall(stripe: Stripe, ref: PayoutRef): Promise<void> {
  const transfer = await findTransfer(stripe, ref);
  if (!transfer || transfer.reversed) return;
  const metadata = { payout_id: ref.payoutId };
  await stripe.transfers.createReversal(transfer.id, { metadata }, { idempotencyKey: `${ref.payoutId}-recall` });
}
