import { book, PSP } from './book.ts';
import type { Booking } from './post-charge.ts';

/** Books what the card network pays, or takes, for everything that has settled; `owed` is its account (debit positive). Pure. */
export function postNetworkSettlement(currency: string, owed: number, created: number): Booking {
  return book(
    { type: 'network_settlement', created, owner: PSP, currency, amount: owed, source: `${currency} ${created}` },
    { bank: owed, card_network: -owed },
  );
}

/** Books that settled money of the platform is no longer pending; `pending` is that account (credit negative). Pure. */
export function postValueDate(currency: string, pending: number, created: number): Booking {
  return book(
    { type: 'value_date', created, owner: PSP, currency, amount: -pending, source: `${currency} ${created}` },
    { merchant_pending: -pending, merchant_available: pending },
  );
}
