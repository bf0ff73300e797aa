import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import type { Api } from '../fixtures/api.ts';
import { CARDS } from '../fixtures/cards.ts';
import { fillBasket, openPage, payButton, payBy, whenAlive } from '../fixtures/checkout.ts';
import { query } from '../fixtures/database.ts';
import { signIn } from '../fixtures/sign-in.ts';
import type { Simulator } from '../fixtures/simulator.ts';
import { expect, test } from '../fixtures/test.ts';
import type { Watch } from '../fixtures/watch.ts';

interface Stage {
  readonly page: Page;
  readonly api: Api;
  readonly simulator: Simulator;
  readonly problems: Watch;
}

type View = readonly [name: string, open: (stage: Stage) => Promise<unknown>];

const paid = async ({ api, simulator }: Stage, seller?: string) => {
  const checkout = await api.openCheckout(seller ? [{ seller, amount: '19.99' }] : undefined);
  await simulator.pay(checkout.sessionId);
  await expect.poll(async () => (await api.order(checkout.orderId)).status).toBe('SUCCESS');
  return checkout;
};

const as = (name: string, path: string | ((stage: Stage) => Promise<string>)): View[1] => {
  return async (stage) => {
    await signIn(stage.page, name);
    await stage.page.goto(typeof path === 'string' ? path : await path(stage));
    await expect(stage.page.getByRole('heading', { level: 1 }).first()).toBeVisible();
  };
};

/** While the page is loaded an alert is open. */
const withAlert = (open: View[1]): View[1] => {
  return async (stage) => {
    const rows = await query<{ id: string }>(
      `insert into alerts (kind, subject, detail, first_seen_at, last_seen_at)
       values ('drill', $1, 'Nothing is wrong.', now(), now()) returning id`,
      { values: [`accessibility_${process.pid}_${Date.now()}`] },
    );
    await open(stage);
    await expect(stage.page.getByText(/alerts? (is|are) open/)).toBeVisible();
    await query(`update alerts set resolved_at = now(), resolution = 'the drill is over' where id = $1`, {
      values: [rows[0]?.id],
    });
  };
};

/** Every page, in each state that looks different. */
const VIEWS: readonly View[] = [
  ['start', ({ page }) => page.goto('/')],
  ['market', ({ page }) => page.goto('/shop')],
  ['empty basket', ({ page }) => page.goto('/basket')],
  ['basket in two currencies', ({ page }) => fillBasket(page, ['Walnut bowl', 'Moon vase'])],
  [
    'basket with mistakes',
    async ({ page }) => {
      await fillBasket(page, ['Walnut bowl']);
      await (await whenAlive(page.getByRole('button', { name: /^Review/ }))).click();
    },
  ],
  ['review', async ({ page, api }) => page.goto(`/checkout/${(await api.openCheckout()).checkout_id}`)],
  ['result: paid', async (stage) => stage.page.goto(`/checkout/${(await paid(stage)).checkout_id}/result`)],
  ['result: waiting', async ({ page, api }) => page.goto(`/checkout/${(await api.openCheckout()).checkout_id}/result`)],
  [
    'result: cancelled',
    async ({ page, api }) => {
      const checkout = await api.openCheckout();
      await api.post(`/checkouts/${checkout.checkout_id}/cancel`);
      await page.goto(`/checkout/${checkout.checkout_id}/result`);
    },
  ],
  ['payment page', async ({ page, api }) => openPage(page, (await api.openCheckout()).page_url)],
  [
    'payment page with mistakes',
    async ({ page, api }) => {
      await openPage(page, (await api.openCheckout()).page_url);
      await payButton(page).click();
      await expect(page.getByRole('alert').filter({ hasText: 'fields' })).toBeVisible();
    },
  ],
  [
    'payment page after a decline',
    async ({ page, api, problems }) => {
      problems.expect(/status of 402/);
      await openPage(page, (await api.openCheckout()).page_url);
      await payBy(page, CARDS.declined);
      await expect(page.getByRole('alert').filter({ hasText: 'declined' })).toBeVisible();
    },
  ],
  [
    'test cards',
    async ({ page, api }) => {
      await openPage(page, (await api.openCheckout()).page_url);
      await page.getByRole('button', { name: 'Test cards' }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
    },
  ],
  [
    'bank',
    async ({ page, api }) => {
      await openPage(page, (await api.openCheckout()).page_url);
      await payBy(page, CARDS.asksForProof);
      await expect(page.getByRole('button', { name: 'Approve payment' })).toBeVisible();
    },
  ],
  ['payment page, paid', async (stage) => stage.page.goto((await paid(stage)).page_url)],
  [
    'payment page, expired',
    async ({ page, api, simulator }) => {
      const checkout = await api.openCheckout();
      await simulator.runOut(checkout.sessionId);
      await expect.poll(async () => (await simulator.session(checkout.sessionId)).status).toBe('expired');
      await page.goto(checkout.page_url);
    },
  ],
  ['payment page unknown', ({ page }) => page.goto('/pay/cs_test_nothing')],
  [
    'not found',
    async ({ page, problems }) => {
      problems.expect(/status of 404/);
      await page.goto('/no-such-page');
    },
  ],
  ['sign-in', ({ page }) => page.goto('/login')],
  ['seller: wallet', as('Bo', async (stage) => (await paid(stage, 'seller_456')) && '/seller')],
  ['seller: payments', as('Bo', '/seller/payments')],
  ['seller: payment', as('Bo', async (stage) => `/seller/payments/${(await paid(stage, 'seller_456')).orderId}`)],
  ['seller: statement', as('Bo', '/seller/statement')],
  ['operator: overview', as('Cy', '/admin')],
  ['operator: payments', as('Cy', '/admin/payments')],
  ['operator: nothing found', as('Cy', '/admin/payments?q=nothing_like_it')],
  ['operator: payment', as('Cy', async (stage) => `/admin/payments/${(await paid(stage)).checkout_id}`)],
  ['operator: trial balance', as('Cy', '/admin/ledger')],
  ['operator: account', as('Cy', async (stage) => (await paid(stage)) && '/admin/ledger/platform_fees:platform:USD')],
  ['operator: reconciliation', as('Cy', '/admin/reconciliation?closed=true')],
  ['operator: dead letters', as('Cy', '/admin/dead-letters')],
  ['operator: health', as('Cy', '/admin/health')],
  ['operator: health with an open alert', withAlert(as('Cy', '/admin/health'))],
  ['operator: overview with an open alert', withAlert(as('Cy', '/admin'))],
  ['another role', as('Ada', '/admin')],
  ['documentation', ({ page }) => page.goto('/docs')],
  ['documentation: API', ({ page }) => page.goto('/docs/api')],
  ['documentation: errors', ({ page }) => page.goto('/docs/errors')],
];

const THEMES = ['light', 'dark'] as const;

/** The dark theme changes colours and nothing else, so only rules about colours can tell it from the light one. */
const RULES: Record<(typeof THEMES)[number], (axe: AxeBuilder) => AxeBuilder> = {
  light: (axe) => axe,
  dark: (axe) => axe.withRules(['color-contrast', 'link-in-text-block']),
};

const PHONES = { 'small phone': { width: 320, height: 640 }, phone: { width: 390, height: 844 } };

for (const [name, open] of VIEWS) {
  test(`${name}: no accessibility violation in light or dark, nothing to scroll sideways on a phone`, async ({
    page,
    api,
    simulator,
    problems,
  }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await open({ page, api, simulator, problems });
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme });
      await changesOver(page);
      const { violations } = await RULES[colorScheme](new AxeBuilder({ page })).analyze();
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join('\n')}`);
      expect.soft(found, colorScheme).toEqual([]);
    }
    for (const [phone, size] of Object.entries(PHONES)) {
      await page.setViewportSize(size);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect.soft(wide, `width on a ${phone}`).toBeLessThanOrEqual(size.width);
    }
  });
}

/** A colour on its way to another is neither of them: brings every change of colour to its end, drawn frames or not. */
async function changesOver(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const animation of document.getAnimations()) if (animation instanceof CSSTransition) animation.finish();
  });
}
