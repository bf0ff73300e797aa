import { join } from 'node:path';
import type { Config } from '#config';
import { DEMO_PASSWORD, DEMO_USERS, type DemoUser } from '../../prisma/seed/users.ts';

const DOORS: readonly [role: DemoUser['role'], title: string, path: string][] = [
  ['shopper', 'Shop', '/shop'],
  ['seller', 'Sell', '/seller'],
  ['admin', 'Operate', '/admin'],
];

/** The request of the API's documentation, word for word. */
const EXAMPLE_PAYMENT = {
  checkout_id: 'checkout_abc123',
  buyer_info: { user_id: 'user_123', email: 'buyer@example.com', name: 'John Doe' },
  credit_card_info: { token: 'tok_visa_4242', last4: '4242' },
  payment_orders: [
    { payment_order_id: 'order_xyz789', seller_account: 'seller_456', amount: '29.99', currency: 'USD' },
  ],
};

/** What `npm start` says once everything answers: where the doors are and, in the demo, how to get in. */
export function doors(config: Config, tookMs: number): string {
  const lines = ['', `Countinghouse is up (${(tookMs / 1000).toFixed(1)} s).`, ''];
  if (config.APP_ENV === 'demo') lines.push(...demoDoors(config));
  else lines.push(`  ${config.PUBLIC_URL}`, '');
  lines.push(`  Logs are in ${join(config.DATA_DIR, 'logs')}. Ctrl-C stops everything.`, '');
  return lines.join('\n');
}

function demoDoors({ PUBLIC_URL, DEMO_API_KEY, PSP_MODE }: Config): string[] {
  const doorLines = DOORS.map(([role, title, path]) => {
    const user = DEMO_USERS.find((one) => one.role === role);
    const address = `${PUBLIC_URL}${path}`.padEnd(PUBLIC_URL.length + 10);
    return `  ${title.padEnd(9)}${address}${user?.email ?? ''}`;
  });
  const payment =
    PSP_MODE === 'simulator'
      ? [
          '',
          '  Paying leads to the hosted page of a payment provider that runs here too. No card is',
          '  real: the page offers test cards, and card data never reaches the shop.',
        ]
      : [];
  return [
    ...doorLines,
    `  The password of each is ${DEMO_PASSWORD}`,
    ...payment,
    '',
    '  A payment by API:',
    '',
    `  curl -s ${PUBLIC_URL}/api/v1/payments \\`,
    `    -H 'Authorization: Bearer ${DEMO_API_KEY}' -H 'Content-Type: application/json' \\`,
    `    -d '${JSON.stringify(EXAMPLE_PAYMENT)}'`,
    '',
  ];
}
