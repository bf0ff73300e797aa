import { CARDS } from '../fixtures/cards.ts';
import { expectPaid, openPage, payBy } from '../fixtures/checkout.ts';
import { expect, test } from '../fixtures/test.ts';

const PAGES = ['/', '/shop', '/basket', '/login', '/no-such-page'];

for (const path of PAGES) {
  test(`${path} carries the headers that keep strangers out, and a nonce used once`, async ({ request }) => {
    const policies = [await request.get(path), await request.get(path)].map((response) => response.headers());
    for (const headers of policies) {
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'cross-origin-opener-policy': 'same-origin',
      });
      expect(headers['x-powered-by']).toBeUndefined();
      const policy = headers['content-security-policy'] ?? '';
      expect(policy).toMatch(/script-src [^;]*'nonce-\w{16,}' 'strict-dynamic'/);
      expect(policy).not.toMatch(/script-src[^;]*'unsafe/);
      for (const part of ["object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"]) {
        expect(policy).toContain(part);
      }
    }
    const nonces = policies.map((headers) => /'nonce-(\w+)'/.exec(headers['content-security-policy'] ?? '')?.[1]);
    expect(nonces[0]).not.toBe(nonces[1]);
  });
}

test('on the payment page only scripts with the nonce run', async ({ page, api, problems }) => {
  problems.expect(/Content Security Policy/);
  problems.expect(/steal\.js csp$/);
  const checkout = await api.openCheckout();
  await page.route(checkout.page_url, async (route) => {
    const response = await route.fetch();
    const nonce = /'nonce-(\w+)'/.exec(response.headers()['content-security-policy'] ?? '')?.[1];
    const body = `<!doctype html><title>Pay</title>
      <script nonce="${nonce}">document.documentElement.dataset.ours = 'ran'</script>
      <script>document.title = 'stolen'</script>
      <script src="https://elsewhere.example/steal.js"></script>
      <img alt="" src="data:," onerror="document.title = 'stolen'">`;
    await route.fulfill({ response, body });
  });
  await page.goto(checkout.page_url);
  await expect(page.locator('html')).toHaveAttribute('data-ours', 'ran');
  await expect(page).toHaveTitle('Pay');
});

test('during a payment every script is ours and the card goes to the provider alone', async ({
  page,
  api,
  simulator,
  baseURL,
}) => {
  const scripts = new Set<string>();
  const origins = new Set<string>();
  page.on('request', (request) => {
    const { origin } = new URL(request.url());
    origins.add(origin);
    if (request.resourceType() === 'script') scripts.add(origin);
  });
  const checkout = await api.openCheckout();
  await openPage(page, checkout.page_url);
  await payBy(page, CARDS.good);
  await expectPaid(page);
  expect([...scripts]).toEqual([baseURL]);
  expect([...origins].sort()).toEqual([baseURL, simulator.origin].sort());
});

test('the payment page cannot be framed', async ({ page, api, problems }) => {
  problems.expect(/frame-ancestors|BLOCKED_BY_RESPONSE|csp-reports/);
  const checkout = await api.openCheckout();
  await page.route('**/frame-test', (route) =>
    route.fulfill({ contentType: 'text/html', body: `<iframe title="stolen" src="${checkout.page_url}"></iframe>` }),
  );
  await page.goto('/frame-test');
  await expect(page.frameLocator('iframe').getByLabel('Card number')).toHaveCount(0);
});
