import { whenAlive } from '../fixtures/checkout.ts';
import { disputed } from '../fixtures/money.ts';
import { signIn } from '../fixtures/sign-in.ts';
import { expect, test } from '../fixtures/test.ts';

test('a seller answers a dispute with evidence and wins; seller and operator see it', async ({
  page,
  api,
  newVisitor,
}) => {
  const id = await disputed(api, 'seller_hoshi');
  await signIn(page, 'Hana');
  await page.goto(`/seller/disputes/${id}`);
  await (await whenAlive(page.getByLabel('Evidence'))).fill('winning_evidence');
  await page.getByRole('button', { name: 'Submit evidence' }).click();
  // Nobody reloads the page: the bank decides within seconds.
  await expect(page.getByRole('main')).toContainText('The bank decided for the seller.', { timeout: 30_000 });
  await expect(page.getByRole('main')).toContainText('Evidence to the dispute · sent');
  await expect(page.getByRole('button', { name: 'Submit evidence' })).toHaveCount(0);

  const operator = await newVisitor();
  await signIn(operator, 'Cy');
  await operator.goto(`/admin/disputes/${id}`);
  for (const text of ['The bank decided for the seller.', 'winning_evidence', 'Given back'])
    await expect(operator.getByRole('main')).toContainText(text);
});

test('the operator accepts a dispute, and the seller reads that the buyer keeps the money', async ({
  page,
  api,
  newVisitor,
}) => {
  const id = await disputed(api, 'seller_hoshi');
  await signIn(page, 'Fin');
  await page.goto(`/admin/disputes/${id}`);
  await (await whenAlive(page.getByRole('button', { name: 'Accept it' }))).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Accept it' }).click();
  await expect(page.getByRole('main')).toContainText('the buyer keeps the money.', { timeout: 30_000 });

  const seller = await newVisitor();
  await signIn(seller, 'Hana');
  await seller.goto(`/seller/disputes/${id}`);
  await expect(seller.getByRole('main')).toContainText('the buyer keeps the money.');
  await expect(seller.getByRole('button', { name: 'Submit evidence' })).toHaveCount(0);
});
