import type { Page } from '@playwright/test';
import type { Checkout } from '../fixtures/api.ts';
import { CARDS } from '../fixtures/cards.ts';
import { expectPaid, openPage, payButton, payBy, whenAlive } from '../fixtures/checkout.ts';
import { query } from '../fixtures/database.ts';
import { unique } from '../fixtures/ids.ts';
import { expect, test } from '../fixtures/test.ts';

/** An id as a shop may choose it: in an address the colon is written `%3A`. */
const foreignId = () => `${unique('order')}:17`;

test('a checkout whose id has a colon is left, paid and shown like any other', async ({ page, api, simulator }) => {
  const id = foreignId();
  const { page_url: pageUrl, payment_orders: orders } = await api.make<Checkout>('/checkouts', {
    checkout_id: id,
    buyer_info: { user_id: unique('buyer'), email: 'grace@example.com', name: 'Grace Hopper' },
    payment_orders: [{ seller_account: unique('seller'), amount: '19.99', currency: 'USD', description: 'Two mugs' }],
  });
  await openPage(page, pageUrl ?? '');
  await page.getByRole('link', { name: 'Return to shop' }).click();
  await expect(page.getByRole('heading', { name: 'Review and pay' })).toBeVisible();
  await (await whenAlive(payButton(page))).click();
  await expect(page).toHaveURL(pageUrl ?? '');
  await payBy(page, CARDS.good);
  await expectPaid(page);
  expect(await firstEvent(page, `/api/checkouts/${encodeURIComponent(id)}/events`)).toContain(`"checkoutId":"${id}"`);

  await page.goto(`/checkout/${encodeURIComponent(id)}`);
  await expectPaid(page);
  expect(await simulator.charges(orders[0]?.payment_order_id ?? '')).toHaveLength(1);
});

test('the receipt of such a checkout that nobody began to pay leads to its review', async ({ page }) => {
  const id = foreignId();
  await query(
    `with checkout as (
       insert into payment_events (checkout_id, principal, flow, request_hash, buyer_user_id, buyer_email, buyer_name)
       values ($1, 'shop', 'hosted', sha256('x'), 'buyer', 'grace@example.com', 'Grace Hopper') returning checkout_id
     )
     insert into payment_orders (payment_order_id, checkout_id, line_no, seller_id, amount_minor, currency, commission_minor, state, state_seq)
     select checkout_id || ':1', checkout_id, 1, 'seller_456', 1999, 'USD', 49, 'NOT_STARTED', 0 from checkout`,
    { values: [id] },
  );
  for (const segment of [id, encodeURIComponent(id)]) {
    await page.goto(`/checkout/${segment}/result`);
    await expect(page).toHaveURL(new RegExp(`/checkout/${encodeURIComponent(id)}$`));
    await expect(page.getByRole('heading', { name: 'Review and pay' })).toBeVisible();
  }
});

/** The first thing that a stream of events says. */
function firstEvent(page: Page, path: string): Promise<string> {
  return page.evaluate(async (address) => {
    const reader = (await fetch(address)).body?.getReader();
    const first = await reader?.read();
    await reader?.cancel();
    return new TextDecoder().decode(first?.value);
  }, path);
}
