import { CARDS } from '../fixtures/cards.ts';
import { expectPaid, openPage, payBy } from '../fixtures/checkout.ts';
import { inboxOf } from '../fixtures/database.ts';
import { expect, test } from '../fixtures/test.ts';

/** A worker asks about an open page every thirty seconds; a little more for a busy machine. */
const FOUND_BY_ASKING_MS = 45_000;
const COMPLETED = 'checkout.session.completed';

test('webhooks sent three times each are counted once', async ({ page, api, simulator }) => {
  const checkout = await api.openCheckout();
  await openPage(page, checkout.page_url);
  await simulator.withFault({ kind: 'webhook_double', copies: 3 }, async () => {
    await payBy(page, CARDS.good);
    await expectPaid(page);
  });
  const [event] = await simulator.eventsOf(checkout.sessionId, COMPLETED);
  await expect
    .poll(async () => (await simulator.deliveries(event?.id ?? '')).map((delivery) => delivery.state))
    .toEqual(['delivered', 'delivered', 'delivered']);
  expect(await inboxOf(event?.id)).toHaveLength(1);
  const [{ seller_account: seller }] = [await api.order(checkout.orderId)];
  expect(await api.entriesOf(seller, checkout.orderId)).toHaveLength(1);
  expect(await api.walletTotals(seller)).toEqual({ USD: '19.50' });
  expect(await simulator.charges(checkout.orderId)).toHaveLength(1);
});

test('webhooks that come late: the page waits, says so, and changes by itself', async ({ page, api, simulator }) => {
  const checkout = await api.openCheckout();
  await openPage(page, checkout.page_url);
  await simulator.withFault({ kind: 'webhook_delay', ms: 3_000 }, async () => {
    await payBy(page, CARDS.good);
    await expect(page.getByRole('heading', { level: 1, name: 'Waiting for the bank' })).toBeVisible();
    expect((await api.order(checkout.orderId)).status).toBe('REQUIRES_ACTION');
    await expectPaid(page);
  });
  expect(await simulator.charges(checkout.orderId)).toHaveLength(1);
});

test('webhooks that never come: the payment is found by asking, and booked once', async ({ page, api, simulator }) => {
  const checkout = await api.openCheckout();
  await openPage(page, checkout.page_url);
  await simulator.withFault({ kind: 'webhook_drop' }, async () => {
    await payBy(page, CARDS.good);
    await expect(page.getByRole('heading', { level: 1, name: 'Waiting for the bank' })).toBeVisible();
  });
  await expect(page.getByRole('status').filter({ hasText: 'Still confirming' })).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole('heading', { level: 1, name: 'Thank you, it is paid' })).toBeVisible({
    timeout: FOUND_BY_ASKING_MS,
  });
  const [event] = await simulator.eventsOf(checkout.sessionId, COMPLETED);
  expect(await simulator.deliveries(event?.id ?? '')).toMatchObject([{ state: 'dropped' }]);
  expect(await inboxOf(event?.id)).toEqual([]);
  const { seller_account: seller } = await api.order(checkout.orderId);
  expect(await api.entriesOf(seller, checkout.orderId)).toHaveLength(1);
  expect(await simulator.charges(checkout.orderId)).toHaveLength(1);
});

test('a webhook nobody signed, or signed with another secret, is refused and changes nothing', async ({
  api,
  request,
}) => {
  const checkout = await api.openCheckout();
  const forged = {
    id: `evt_forged_${checkout.sessionId}`,
    object: 'event',
    type: COMPLETED,
    data: { object: { id: checkout.sessionId, client_reference_id: checkout.checkout_id, payment_status: 'paid' } },
  };
  for (const signature of ['', 't=1,v1=00', `t=${Math.floor(Date.now() / 1_000)},v1=${'0'.repeat(64)}`]) {
    const response = await request.post('/api/webhooks/psp', {
      headers: { 'stripe-signature': signature },
      data: forged,
    });
    expect(response.status()).toBe(400);
  }
  expect(await inboxOf(forged.id)).toEqual([]);
  expect((await api.order(checkout.orderId)).status).toBe('REQUIRES_ACTION');
});
