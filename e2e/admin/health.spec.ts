import { query } from '../fixtures/database.ts';
import { signIn } from '../fixtures/sign-in.ts';
import { expect, test } from '../fixtures/test.ts';

test('the operator sees that every invariant was checked and holds', async ({ page, api, simulator }) => {
  const checkout = await api.openCheckout();
  await simulator.pay(checkout.sessionId);
  await expect.poll(async () => (await api.order(checkout.orderId)).status).toBe('SUCCESS');
  await signIn(page, 'Fin');
  await page.goto('/admin');
  await page.getByRole('link', { name: 'Health' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Health' })).toBeVisible();
  const invariants = page.getByRole('region', { name: 'Invariants' });
  const zeroSum = invariants.getByRole('row').filter({ hasText: 'adds up to zero in each currency' });
  // The worker checks when it starts; the system may be younger than that check.
  await expect(async () => {
    await page.reload();
    await expect(zeroSum.getByText('Holds').last()).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await expect(invariants.getByText('Broken')).toHaveCount(0);
  await expect(page.getByRole('heading', { name: 'Seals' })).toBeVisible();
});

test('an open alert stands above everything on the overview, and leads to what it is', async ({ page }) => {
  const subject = `fire_drill_${Date.now()}`;
  await query(
    `insert into alerts (kind, subject, detail, first_seen_at, last_seen_at) values ('drill', $1, 'Nothing is wrong.', now() - interval '2 hours', now())`,
    { values: [subject] },
  );
  try {
    await signIn(page, 'Cy');
    await page.goto('/admin');
    await expect(page.getByText(/^An alert is open$|^\d+ alerts are open$/)).toBeVisible();
    await page.getByRole('link', { name: 'See what it is' }).click();
    await expect(page).toHaveURL('/admin/health');
    const alert = page.getByRole('listitem').filter({ hasText: subject.replaceAll('_', ' ') });
    await expect(alert).toContainText('Nothing is wrong.');
    await expect(alert).toContainText('Open');
  } finally {
    await query(`update alerts set resolved_at = now(), resolution = 'the drill is over' where subject = $1`, {
      values: [subject],
    });
  }
  await page.reload();
  await expect(page.getByRole('listitem').filter({ hasText: subject.replaceAll('_', ' ') })).toContainText(
    /closed after 2 hours: the drill is over/,
  );
});
