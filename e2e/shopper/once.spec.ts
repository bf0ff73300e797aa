import { CARDS } from '../fixtures/cards.ts';
import {
  answerBank,
  expectPaid,
  fillBasket,
  fillCard,
  openPage,
  payButton,
  payBy,
  review,
  whenAlive,
} from '../fixtures/checkout.ts';
import { ordersOf, query } from '../fixtures/database.ts';
import { unique } from '../fixtures/ids.ts';
import { expect, test } from '../fixtures/test.ts';

test('double clicks on both Pay buttons open one page and charge once', async ({ page, simulator }) => {
  await fillBasket(page, ['Tide print']);
  const checkoutId = await review(page, `${unique('grace')}@example.com`, /Review \$55\.00/);
  await (await whenAlive(payButton(page))).dblclick();
  await expect(page.getByRole('heading', { name: 'Pay by card' })).toBeVisible();
  await fillCard(page, CARDS.good);
  await payButton(page).dblclick();
  await expectPaid(page);
  const [order] = await ordersOf(checkoutId);
  expect(order).toMatchObject({ state: 'SUCCESS', attempts: 1, postings: 1 });
  expect(await simulator.charges(order?.id ?? '')).toHaveLength(1);
});

test('where no answer comes the buyer is told what is not known, and pressing again opens the same payment', async ({
  page,
  problems,
}) => {
  problems.expect(/trpc\/(shop\.openCheckout|checkouts\.pay)/);
  const loseOneAnswer = (procedure: string) =>
    page.route(
      `**/api/trpc/${procedure}*`,
      async (route) => {
        await route.fetch();
        await route.abort('connectionreset');
      },
      { times: 1 },
    );
  const email = `${unique('grace')}@example.com`;
  await fillBasket(page, ['Tide print']);
  await loseOneAnswer('shop.openCheckout');
  await (await whenAlive(page.getByLabel('Name', { exact: true }))).fill('Grace Hopper');
  await page.getByLabel('Email').fill(email);
  await page.getByRole('button', { name: /^Review/ }).click();
  await expect(page.getByRole('main').getByRole('alert')).toContainText('not known whether the checkout was opened');
  await page.getByRole('button', { name: /^Review/ }).click();
  await page.waitForURL(/\/checkout\/[^/]+$/);

  await loseOneAnswer('checkouts.pay');
  await (await whenAlive(payButton(page))).click();
  await expect(page.getByRole('main').getByRole('alert')).toContainText(
    'not known whether the payment page was opened',
  );
  await payButton(page).click();
  await expect(page.getByRole('heading', { name: 'Pay by card' })).toBeVisible();
  const made = await query(
    `select count(distinct e.checkout_id)::int as checkouts, count(a.id)::int as attempts
     from payment_events e left join payment_attempts a on a.checkout_id = e.checkout_id where e.buyer_email = $1`,
    { values: [email] },
  );
  expect(made).toEqual([{ checkouts: 1, attempts: 1 }]);
});

test('two tabs that pay at the same moment charge once, and both learn the truth', async ({
  page,
  context,
  api,
  simulator,
}) => {
  const checkout = await api.openCheckout();
  const other = await context.newPage();
  for (const tab of [page, other]) {
    await openPage(tab, checkout.page_url);
    await fillCard(tab, CARDS.good);
  }
  await Promise.all([payButton(page).click(), payButton(other).click()]);
  await expectPaid(page);
  await expectPaid(other);
  expect(await simulator.charges(checkout.orderId)).toHaveLength(1);
  expect((await api.order(checkout.orderId)).status).toBe('SUCCESS');
});

test('a tab left open pays nothing a second time', async ({ page, context, api, simulator }) => {
  const checkout = await api.openCheckout();
  const forgotten = await context.newPage();
  await openPage(forgotten, checkout.page_url);
  await fillCard(forgotten, CARDS.good);
  await openPage(page, checkout.page_url);
  await payBy(page, CARDS.good);
  await expectPaid(page);
  await payButton(forgotten).click();
  await expectPaid(forgotten);
  expect(await simulator.charges(checkout.orderId)).toHaveLength(1);
});

test('the back button after paying leads to the truth, not to a second payment', async ({ page, api, simulator }) => {
  const checkout = await api.openCheckout();
  await openPage(page, checkout.page_url);
  await payBy(page, CARDS.good);
  await expectPaid(page);
  await page.goBack();
  await expect(page.getByRole('heading', { name: 'This payment is complete' })).toBeVisible();
  await expect(payButton(page)).toBeHidden();
  await page.getByRole('link', { name: 'See your receipt' }).click();
  await expectPaid(page);
  expect(await simulator.charges(checkout.orderId)).toHaveLength(1);
});

test('reloading at any step loses nothing and charges nothing twice', async ({ page, api, simulator }) => {
  const checkout = await api.openCheckout();
  await page.goto(`/checkout/${checkout.checkout_id}/result`);
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Waiting for the bank' })).toBeVisible();
  await openPage(page, checkout.page_url);
  await fillCard(page, CARDS.asksForProof);
  await page.reload();
  await payBy(page, CARDS.asksForProof);
  await expect(page.getByRole('heading', { name: 'Is this payment yours?' })).toBeVisible();
  await page.reload();
  await answerBank(page, 'Approve payment');
  await expectPaid(page);
  await page.reload();
  await expectPaid(page);
  expect(await simulator.charges(checkout.orderId)).toHaveLength(1);
});

test('a finished session shows how it ended by whichever way it is opened again', async ({ page, api, simulator }) => {
  const checkout = await api.openCheckout();
  await simulator.pay(checkout.sessionId);
  await page.goto(checkout.page_url);
  await expect(page.getByRole('heading', { name: 'This payment is complete' })).toBeFocused();
  await page.goto(`/checkout/${checkout.checkout_id}`);
  await expectPaid(page);
});

test('an answer of the bank that gets lost is asked for, and the card is charged once', async ({
  page,
  api,
  simulator,
  problems,
}) => {
  problems.expect(/ERR_EMPTY_RESPONSE|ERR_CONNECTION/);
  const checkout = await api.openCheckout();
  await openPage(page, checkout.page_url);
  const confirm = `/v1/payment_pages/${checkout.sessionId}/confirm`;
  await simulator.withFault({ kind: 'answer_lost', match: confirm }, async () => {
    await payBy(page, CARDS.good);
    await expectPaid(page);
  });
  expect(await simulator.charges(checkout.orderId)).toHaveLength(1);
});

test('a payment provider out of reach is said so, and paid once when it is back', async ({ page, api, simulator }) => {
  const checkout = await api.openCheckout();
  await simulator.withFault({ kind: 'outage', match: `/v1/payment_pages/${checkout.sessionId}` }, async () => {
    await page.goto(checkout.page_url);
    await expect(page.getByRole('heading', { name: 'The payment provider does not answer' })).toBeVisible();
  });
  await page.getByRole('link', { name: 'Try again' }).click();
  await payBy(page, CARDS.good);
  await expectPaid(page);
  expect(await simulator.charges(checkout.orderId)).toHaveLength(1);
});
