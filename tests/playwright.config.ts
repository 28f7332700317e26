import { defineConfig, devices } from '@playwright/test';

const chromium = process.env['E2E_CHROMIUM'];

export default defineConfig({
  testDir: 'e2e',
  outputDir: '../target/e2e/results',
  workers: 2,
  fullyParallel: true,
  forbidOnly: true,
  // A test that passes only the second time has found something.
  retries: 0,
  timeout: 30_000,
  reporter: [['list'], ['json', { outputFile: '../target/e2e/report.json' }]],
  use: {
    ...devices['Desktop Chrome'],
    locale: 'en-GB',
    launchOptions: {
      ...(chromium === undefined ? {} : { executablePath: chromium }),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
