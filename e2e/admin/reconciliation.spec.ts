import { whenAlive } from '../fixtures/checkout.ts';
import { reconcileSpoiledDay } from '../fixtures/reconcile.ts';
import { signIn } from '../fixtures/sign-in.ts';
import { expect, test } from '../fixtures/test.ts';

test('what differs on a day stands there by class until a person has closed it with a reason', async ({
  page,
  api,
  simulator,
  problems,
}) => {
  // Of the reason that says nothing.
  problems.expect(/status of 400/);
  const day = await reconcileSpoiledDay(api, simulator);
  await signIn(page, 'Fin');
  await page.goto('/admin/reconciliation');
  const days = page.getByRole('region', { name: 'Reconciled days' });
  await days
    .getByRole('row')
    .filter({ hasText: `${day}USD` })
    .getByRole('link', { name: '3 open' })
    .click();
  const rows = page.getByRole('region', { name: 'Differences', exact: true }).getByRole('row').filter({ hasText: day });
  await expect(rows).toHaveCount(3);
  for (const [word, itsClass] of [
    ['File missing', 'For finance'],
    ['Unknown row', 'To investigate'],
    ['Not booked yet', 'Fixed by rule'],
  ] as const)
    await expect(rows.filter({ hasText: word })).toContainText(itsClass);

  const dialog = page.getByRole('dialog');
  const closeFirst = async () => (await whenAlive(rows.first().getByRole('button', { name: 'Close' }))).click();
  await closeFirst();
  await expect(dialog).toContainText('what to do');
  await dialog.getByLabel('Reason').fill('   ');
  await dialog.getByRole('button', { name: 'Close it' }).click();
  await expect(dialog.getByRole('alert')).toBeVisible();
  await expect(dialog.getByLabel('Reason'), 'what was typed stays').toHaveValue('   ');
  await dialog.getByRole('button', { name: 'Leave it open' }).click();

  for (let open = 3; open > 0; open -= 1) {
    await closeFirst();
    await dialog.getByLabel('Reason').fill('The provider sent a test file');
    await dialog.getByRole('button', { name: 'Close it' }).click();
    await expect(rows).toHaveCount(open - 1);
  }
  await expect(page.getByRole('heading', { name: 'Nothing differs here' })).toBeVisible();
  await page.getByRole('link', { name: 'Closed ones too' }).click();
  await expect(rows).toHaveCount(3);
  for (const row of await rows.all()) await expect(row).toContainText('The provider sent a test file');
});
