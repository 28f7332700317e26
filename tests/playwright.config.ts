import { defineConfig, devices } from '@playwright/test';
import { ARGUMENTS, EXAMPLE_HOSTS, EXECUTABLE } from './fixtures/chromium.ts';

const executable = EXECUTABLE === undefined ? {} : { executablePath: EXECUTABLE };

export default defineConfig({
  outputDir: '../target/e2e/results',
  workers: 2,
  fullyParallel: true,
  forbidOnly: true,
  // A test that passes only the second time has found something.
  retries: 0,
  // How long is too long, on the slowest machine that builds this: nothing waits for it.
  timeout: 60_000,
  expect: { timeout: 10_000 },
  snapshotPathTemplate: '../docs/screens/{arg}{ext}',
  reporter: [['list'], ['json', { outputFile: '../target/e2e/report.json' }]],
  use: { ...devices['Desktop Chrome'], locale: 'en-GB' },
  projects: [
    { name: 'bench', testDir: 'bench', workers: 1, use: { launchOptions: { ...executable, args: ARGUMENTS } } },
    { name: 'clients', testDir: 'clients' },
    { name: 'e2e', testDir: 'e2e', use: { launchOptions: { ...executable, args: ARGUMENTS } } },
    { name: 'engines', testDir: 'engines', use: { launchOptions: { ...executable, args: ARGUMENTS } } },
    { name: 'lost', testDir: 'lost', use: { launchOptions: { ...executable, args: [...ARGUMENTS, EXAMPLE_HOSTS] } } },
  ],
});
