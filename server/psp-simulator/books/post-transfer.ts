import { book } from './book.ts';
import type { Booking } from './post-charge.ts';

/** Where the money of transfers comes from: the platform's balance, as at Stripe, or straight from the platform's bank account. */
export type TransferFunding = 'balance' | 'bank';

interface Transferred {
  /** Id of the transfer, or of its reversal. */
  readonly id: string;
  /** Id of what the connected account sees. */
  readonly payment: string;
  readonly account: string;
  readonly created: number;
  readonly amount: number;
  readonly currency: string;
  readonly funding: TransferFunding;
}

/** Books a transfer to a connected account: one transaction for each balance it moves, the account's first. Pure. */
export function postTransfer({ id, payment, account, created, amount, currency, funding }: Transferred): Booking[] {
  const received = { type: 'payment', created, currency, amount, source: payment, owner: account } as const;
  if (funding === 'bank') return [book(received, { bank: amount, connected: -amount })];
  return [
    book(received, { transfers_in_transit: amount, connected: -amount }),
    book(
      { type: 'transfer', created, currency, amount: -amount, source: id, description: 'STRIPE TRANSFER' },
      { merchant_available: amount, transfers_in_transit: -amount },
    ),
  ];
}

/** Books the reversal of a transfer, or of a part of it: back to where the money came from. Pure. */
export function postTransferBack({ id, payment, account, created, amount, currency, funding }: Transferred): Booking[] {
  const given = {
    type: 'payment_refund',
    created,
    currency,
    amount: -amount,
    source: payment,
    owner: account,
  } as const;
  if (funding === 'bank') return [book(given, { connected: amount, bank: -amount })];
  return [
    book(given, { connected: amount, transfers_in_transit: -amount }),
    book(
      { type: 'transfer_refund', created, currency, amount, source: id, description: 'TRANSFER REVERSAL' },
      { transfers_in_transit: amount, merchant_available: -amount },
    ),
  ];
}
