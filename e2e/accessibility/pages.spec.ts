import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import type { Api } from '../fixtures/api.ts';
import { CARDS } from '../fixtures/cards.ts';
import { fillBasket, openPage, payButton, payBy, whenAlive } from '../fixtures/checkout.ts';
import { query } from '../fixtures/database.ts';
import { disputed, earn, payOut, sell } from '../fixtures/money.ts';
import { reconcileSpoiledDay } from '../fixtures/reconcile.ts';
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

/** The page with the dialog of one of its buttons over it. */
const withDialog = (button: string, open: View[1]): View[1] => {
  return async (stage) => {
    await open(stage);
    await (await whenAlive(stage.page.getByRole('button', { name: button, exact: true }).first())).click();
    await expect(stage.page.getByRole('dialog')).toBeVisible();
  };
};

const payoutOf = async (api: Api, { seller, earned, wish }: { seller: string; earned: string; wish: string }) => {
  await earn(api, seller, earned);
  return `payouts/${await payOut(api, seller, wish)}`;
};
/** On its way at once; above the limit it waits for a second person. */
const small = ({ api }: Stage) => payoutOf(api, { seller: 'seller_tidewater', earned: '50.00', wish: '10.00' });
const large = ({ api }: Stage) => payoutOf(api, { seller: 'seller_tidewater', earned: '12000.00', wish: '10500.00' });
/** Of another seller: what the bank takes back is no longer there to be paid out. */
const dispute = async ({ api }: Stage) => `disputes/${await disputed(api, 'seller_hoshi')}`;
const spoiled = async ({ api, simulator }: Stage) =>
  `/admin/reconciliation?day=${await reconcileSpoiledDay(api, simulator)}`;

/** The provider refuses what was asked for, and a person has to look. */
const givenUp = async ({ api }: Stage) => {
  await sell(api, { seller: 'seller_tidewater', amount: '19.99', token: 'tok_nobody_knows', ends: 'FAILED' });
  return '/admin/dead-letters';
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
  ['seller: payouts', as('Tess', '/seller/payouts')],
  ['seller: bank account', as('Tess', '/seller/payouts/bank-account')],
  ['seller: payout', as('Tess', async (stage) => `/seller/${await small(stage)}`)],
  ['seller: disputes', as('Hana', async (stage) => (await dispute(stage)) && '/seller/disputes')],
  ['seller: dispute', as('Hana', async (stage) => `/seller/${await dispute(stage)}`)],
  [
    'seller: accepting a dispute',
    withDialog(
      'Accept it',
      as('Hana', async (stage) => `/seller/${await dispute(stage)}`),
    ),
  ],
  ['operator: overview', as('Cy', '/admin')],
  ['operator: payments', as('Cy', '/admin/payments')],
  ['operator: nothing found', as('Cy', '/admin/payments?q=nothing_like_it')],
  ['operator: payment', as('Cy', async (stage) => `/admin/payments/${(await paid(stage)).checkout_id}`)],
  [
    'operator: refund',
    withDialog(
      'Refund',
      as('Cy', async (stage) => `/admin/payments/${(await paid(stage)).checkout_id}`),
    ),
  ],
  ['operator: payouts', as('Cy', async (stage) => (await small(stage)) && '/admin/payouts')],
  ['operator: payout', as('Cy', async (stage) => `/admin/${await large(stage)}`)],
  [
    'operator: calling a payout off',
    withDialog(
      'Cancel payout',
      as('Cy', async (stage) => `/admin/${await large(stage)}`),
    ),
  ],
  ['operator: disputes', as('Cy', async (stage) => (await dispute(stage)) && '/admin/disputes')],
  ['operator: dispute', as('Cy', async (stage) => `/admin/${await dispute(stage)}`)],
  ['operator: trial balance', as('Cy', '/admin/ledger')],
  ['operator: account', as('Cy', async (stage) => (await paid(stage)) && '/admin/ledger/platform_fees:platform:USD')],
  ['operator: reconciliation', as('Cy', '/admin/reconciliation?closed=true')],
  ['operator: reconciliation of a day', as('Cy', spoiled)],
  ['operator: closing a difference', withDialog('Close', as('Cy', spoiled))],
  ['operator: terms', as('Cy', '/admin/terms')],
  ['operator: dead letters', as('Cy', givenUp)],
  ['operator: closing a dead letter', withDialog('Close', as('Cy', givenUp))],
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
