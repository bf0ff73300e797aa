import { DEMO_PASSWORD } from '#config';
import { whenAlive } from '../fixtures/checkout.ts';
import { emailOf, signIn } from '../fixtures/sign-in.ts';
import { expect, test } from '../fixtures/test.ts';

for (const path of [
  '/admin',
  '/admin/payments',
  '/admin/ledger',
  '/admin/reconciliation',
  '/admin/dead-letters',
  '/admin/health',
  '/seller',
  '/seller/statement',
]) {
  test(`${path} asks a guest to sign in and shows nothing`, async ({ page }) => {
    await page.goto(path);
    await expect(page).toHaveURL(`/login?next=${encodeURIComponent(path)}`);
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
    await expect(page.getByRole('table')).toHaveCount(0);
  });
}

test('a shopper is told that the console is for another role', async ({ page }) => {
  await signIn(page, 'Ada');
  await page.goto('/admin');
  await expect(page.getByRole('heading', { name: 'This page is for another role' })).toBeVisible();
  await expect(page.getByText('You are signed in as shopper')).toBeVisible();
  await expect(page.getByText('Latest payments')).toHaveCount(0);
});

test('the call behind a page is refused as the page is', async ({ page }) => {
  await signIn(page, 'Ada');
  for (const [path, status] of [
    ['admin.overview', 403],
    ['admin.books.health', 403],
    ['admin.reconciliation.days', 403],
    ['admin.payments.list?input=%7B%22json%22%3A%7B%7D%7D', 403],
    ['seller.wallet', 403],
  ] as const) {
    expect((await page.request.get(`/api/trpc/${path}`)).status(), path).toBe(status);
  }
});

test('signing in leads to the page that was asked for, signing out ends it at once', async ({ page }) => {
  await page.goto('/admin/ledger');
  await (await whenAlive(page.getByLabel('E-mail address'))).fill(emailOf('Cy'));
  await page.getByLabel('Password').fill(DEMO_PASSWORD);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/admin/ledger');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  const cookies = await page.context().cookies();

  await (await whenAlive(page.getByRole('button', { name: 'Sign out' }))).click();
  await expect(page).toHaveURL('/');
  // Whoever kept the cookie has nothing in hand.
  await page.context().addCookies(cookies);
  await page.goto('/admin');
  await expect(page).toHaveURL(/\/login/);
});

test('a wrong password is said without saying what is wrong', async ({ page, problems }) => {
  problems.expect(/status of 401/);
  await page.goto('/login');
  await (await whenAlive(page.getByLabel('E-mail address'))).fill('nobody@demo.test');
  await page.getByLabel('Password').fill('not-the-password');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'do not belong together' })).toBeFocused();
  await expect(page).toHaveURL('/login');
});

test('sign-in leads to no other site', async ({ page }) => {
  await signIn(page, 'Cy');
  for (const next of ['https://elsewhere.example/admin', '/.//elsewhere.example/admin']) {
    await page.goto(`/login?next=${encodeURIComponent(next)}`);
    await expect(page, next).toHaveURL('/admin');
  }
});

test('an address that was altered says so, and offers to start again', async ({ page }) => {
  await signIn(page, 'Cy');
  for (const path of [
    '/admin/dead-letters?kind=webhook&cause=%00',
    '/admin/reconciliation?day=0000-01-01',
    '/admin/reconciliation?days=MjAyNi05OS05OS5VU0Q',
  ]) {
    await page.goto(path);
    await expect(page.getByRole('heading', { name: 'This address is not complete' }), path).toBeVisible();
  }
});

test('one click signs a demo login in', async ({ page }) => {
  await page.goto('/login?next=%2Fadmin');
  await (await whenAlive(page.getByRole('button', { name: /^Sign in as Cy/ }))).click();
  await expect(page).toHaveURL('/admin');
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
});
