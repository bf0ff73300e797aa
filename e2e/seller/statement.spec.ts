import type { Page } from '@playwright/test';
import { disputed, earn, payOut, sell } from '../fixtures/money.ts';
import { signIn } from '../fixtures/sign-in.ts';
import { expect, test } from '../fixtures/test.ts';

const SELLER = 'seller_marginalia';

test('every line of a statement leads on: refunds to their payment, disputes and payouts to their pages', async ({
  page,
  api,
  newVisitor,
}) => {
  await earn(api, SELLER, '300.00');
  const payoutId = await payOut(api, SELLER, '5.00');
  const orderId = await sell(api, { seller: SELLER, amount: '15.00', token: 'tok_visa_4242' });
  const { refunds } = await api.make<{ refunds: { refund_id: string }[] }>(`/payments/${orderId}/refunds`, {
    reason: 'other',
  });
  const refundId = refunds[0]?.refund_id ?? '';
  const entries = () => api.get<{ entries: { source_id: string }[] }>(`/ledger?account_id=${SELLER}&limit=100`);
  const sources = async () => (await entries()).entries.map((entry) => entry.source_id);
  await expect.poll(sources, { timeout: 30_000 }).toContain(refundId);
  const disputeId = await disputed(api, SELLER);
  await expect.poll(sources, { timeout: 30_000 }).toContain(disputeId);

  await signIn(page, 'Max');
  const operator = await newVisitor();
  await signIn(operator, 'Cy');
  for (const [reader, statement, door] of [
    [page, '/seller/statement', 'seller'],
    [operator, `/admin/ledger/${SELLER}`, 'admin'],
  ] as const) {
    const follow = lineFollower(reader, statement);
    await follow(refundId, { to: `/${door}/payments/${orderId}#books`, telling: '$15.00' });
    await follow(disputeId, { to: `/${door}/disputes/${disputeId}`, telling: '$40.00' });
    await follow(payoutId, { to: `/${door}/payouts/${payoutId}`, telling: '$5.00' });
  }
});

/** Clicks the line of a fact, on the newest page of the statement, and waits for the page that tells of it. */
function lineFollower(page: Page, statement: string) {
  return async (sourceId: string, { to, telling }: { to: string; telling: string }) => {
    await page.goto(statement);
    await page.getByRole('row').filter({ hasText: sourceId }).getByRole('link').first().click();
    await expect(page).toHaveURL(to);
    await expect(page.getByRole('main')).toContainText(telling);
  };
}
