import { defineConfig, devices } from '@playwright/test';
import { CHROMIUM_FLAGS, findChromium } from './e2e/chromium.ts';

// Looked for once: the processes that Playwright starts read this file again and inherit the answer.
process.env.CHROMIUM_PATH = await findChromium();

/** Runs against a system that is up already: `npm test` starts one and names it in BASE_URL. */
export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  fullyParallel: true,
  forbidOnly: true,
  retries: 0,
  workers: 2,
  timeout: 60_000,
  // A run that hangs ends, with the reports of what did finish.
  globalTimeout: 900_000,
  expect: { timeout: 10_000 },
  reporter: 'list',
  use: {
    ...devices['Desktop Chrome'],
    baseURL: process.env.BASE_URL ?? 'http://localhost:3000',
    locale: 'en-US',
    timezoneId: 'UTC',
    trace: { mode: 'retain-on-failure', screenshots: false },
    screenshot: 'only-on-failure',
    launchOptions: { executablePath: process.env.CHROMIUM_PATH, args: CHROMIUM_FLAGS },
  },
  projects: [
    { name: 'desktop', testIgnore: 'faults/**' },
    // A fault hits every payment there is, so these come when nobody else pays any more.
    { name: 'faults', testMatch: 'faults/**', dependencies: ['desktop'], fullyParallel: false },
  ],
});
