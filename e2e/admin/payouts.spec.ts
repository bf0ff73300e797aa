import { whenAlive } from '../fixtures/checkout.ts';
import { earn, payOut } from '../fixtures/money.ts';
import { signIn } from '../fixtures/sign-in.ts';
import { expect, test } from '../fixtures/test.ts';

test('a payout above the limit waits for a second person, and goes out once one has approved it', async ({
  page,
  api,
  newVisitor,
}) => {
  await earn(api, 'seller_marginalia', '12000.00');
  const id = await payOut(api, 'seller_marginalia', '10500.00');
  const seller = await newVisitor();
  await signIn(seller, 'Max');
  await seller.goto(`/seller/payouts/${id}`);
  await expect(seller.getByRole('main')).toContainText('Waits for approval');

  await signIn(page, 'Cy');
  await page.goto('/admin/payouts?status=waiting');
  await page
    .getByRole('row')
    .filter({ has: page.locator(`a[href$="${id}"]`) })
    .getByRole('link')
    .click();
  await (await whenAlive(page.getByRole('button', { name: 'Approve' }))).click();
  // Neither of the two reloads the page.
  for (const one of [page, seller])
    await expect(one.getByRole('main')).toContainText('On its way', { timeout: 20_000 });
});
