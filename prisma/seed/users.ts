import { DEMO_SELLERS } from './catalogue.ts';

export { DEMO_PASSWORD } from '#config';

export interface DemoUser {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: 'shopper' | 'seller' | 'finance' | 'admin';
  readonly sellerId: string | null;
}

const user = (name: string, role: DemoUser['role'], sellerId: string | null = null): DemoUser => {
  const handle = name.toLowerCase();
  return { id: `user_${handle}`, email: `${handle}@demo.test`, name, role, sellerId };
};

/** Who sells for which demo seller; Bo is the one the guided tour follows. */
const SELLERS: Readonly<Record<string, string>> = {
  seller_456: 'Bo',
  seller_tidewater: 'Tess',
  seller_marginalia: 'Max',
  seller_hoshi: 'Hana',
  seller_kumo: 'Ken',
};

/** The demo logins: a shopper, one person per seller, an administrator and a member of finance. */
export const DEMO_USERS: readonly DemoUser[] = [
  user('Ada', 'shopper'),
  ...DEMO_SELLERS.map(({ id }) => user(SELLERS[id] ?? id.replace('seller_', ''), 'seller', id)),
  user('Cy', 'admin'),
  user('Fin', 'finance'),
];
