import { assert, type CurrencyCode } from '#kernel';
import { addBankAccount, type PayoutSchedule, setPayoutSchedule, verifySeller } from '#payouts';
import type { PaymentSystem } from '#testing';
import { OPERATOR } from './scene.ts';

export const CURRENCIES: readonly CurrencyCode[] = ['USD', 'JPY'];

const BANKS = { pays: '000123456789', closed: '000111111113', sendsBack: '000777777772' } as const;

interface SellerRole {
  readonly id: string;
  readonly bank: keyof typeof BANKS | null;
  readonly schedule: PayoutSchedule;
  /** How much of the shop's trade it has. */
  readonly weight: number;
}

const manual: PayoutSchedule = { every: 'manual', onDay: null };
const FRIDAY = 5;

export const SELLERS = {
  daily: { id: 'seller_daily', bank: 'pays', schedule: { every: 'daily', onDay: null }, weight: 4 },
  weekly: { id: 'seller_weekly', bank: 'pays', schedule: { every: 'weekly', onDay: FRIDAY }, weight: 3 },
  asking: { id: 'seller_asking', bank: 'pays', schedule: manual, weight: 3 },
  /** Its bank sends back, days later, what had arrived. */
  returned: { id: 'seller_returned', bank: 'sendsBack', schedule: manual, weight: 2 },
  /** Its bank account is closed; it adds another. */
  closed: { id: 'seller_closed', bank: 'closed', schedule: manual, weight: 2 },
  /** Nobody has verified it. */
  new: { id: 'seller_new', bank: null, schedule: manual, weight: 1 },
} as const satisfies Record<string, SellerRole>;

export const ROLES: readonly SellerRole[] = Object.values(SELLERS);

/** Opens the sellers, with their bank accounts at the provider and their schedules. */
export async function openSellers(system: PaymentSystem): Promise<void> {
  for (const { id, bank, schedule } of ROLES) {
    await system.owner.query('insert into sellers (id, display_name) values ($1, $1)', [id]);
    if (bank === null) continue;
    await verifySeller(id, OPERATOR, 'papers seen');
    for (const currency of CURRENCIES) await addBank(system, id, currency, bank);
    if (schedule.every !== 'manual') await setPayoutSchedule(id, schedule, OPERATOR);
  }
}

/** A bank account as a seller adds it: its number goes from the browser to the provider, which gives a token for it. */
export async function addBank(
  system: PaymentSystem,
  sellerId: string,
  currency: CurrencyCode,
  bank: keyof typeof BANKS,
): Promise<void> {
  const { status, body } = await system.browser('POST', 'tokens', {
    'bank_account[country]': 'US',
    'bank_account[currency]': currency.toLowerCase(),
    'bank_account[account_number]': BANKS[bank],
    'bank_account[routing_number]': '110000000',
  });
  assert(status === 200, `the provider takes the bank account: ${JSON.stringify(body)}`);
  await addBankAccount({ sellerId, currency, token: String(body.id), actor: OPERATOR });
}
