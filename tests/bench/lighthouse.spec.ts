import puppeteer from 'puppeteer-core';
import { join } from 'node:path';
import { ARGUMENTS, executable } from '../fixtures/chromium.ts';
import { test } from '../fixtures/test.ts';
import { pin } from './visitor.ts';

/** What of Lighthouse is used here: its own types are not for the compiler that checks these tests. */
interface Lighthouse {
  default(url: string, flags: { port: number; onlyCategories: string[] }): Promise<{ lhr: Report }>;
}

interface Report {
  lighthouseVersion: string;
  audits: Record<string, { displayValue?: string }>;
  categories: Record<string, { score: number | null }>;
}

const SHOWN = ['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time', 'cumulative-layout-shift', 'speed-index'];

test.use({ scheme: 'https' });

test('what Lighthouse says of the speed of the first screen', async ({ server, folder }) => {
  const spki = await pin(join(folder, 'certificate.pem'));
  // Lighthouse is a phone by itself, on a network that it simulates.
  const args = [...ARGUMENTS, `--ignore-certificate-errors-spki-list=${spki}`];
  const browser = await puppeteer.launch({ executablePath: executable(), args });
  try {
    const { default: lighthouse } = (await import('lighthouse' as string)) as Lighthouse;
    const port = Number(new URL(browser.wsEndpoint()).port);
    const { lhr } = await lighthouse(server.origin, { port, onlyCategories: ['performance'] });
    const score = Math.round((lhr.categories['performance']?.score ?? 0) * 100);
    const figures = SHOWN.map((audit) => `${audit} ${lhr.audits[audit]?.displayValue ?? 'unknown'}`).join(', ');
    console.log(`Lighthouse ${lhr.lighthouseVersion}, performance: ${score} (${figures})`);
  } finally {
    await browser.close();
  }
});
