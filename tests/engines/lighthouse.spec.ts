import puppeteer, { type Page } from 'puppeteer-core';
import { ARGUMENTS, executable } from '../fixtures/chromium.ts';
import { expect, GRACE, test } from '../fixtures/test.ts';

/** What of Lighthouse is used here: its own types are not for the compiler that checks these tests. */
interface Lighthouse {
  startFlow(page: Page, options: { flags: { onlyCategories: string[] } }): Promise<{
    navigate(url: string, options: { name: string }): Promise<void>;
    snapshot(options: { name: string }): Promise<void>;
    createFlowResult(): Promise<{ steps: { name: string; lhr: Report }[] }>;
  }>;
}

interface Report {
  lighthouseVersion: string;
  audits: Record<string, { title: string; score: number | null; details?: unknown }>;
  categories: Record<string, { score: number | null; auditRefs: { id: string; weight: number }[] }>;
}

const CATEGORIES = ['accessibility', 'best-practices'];

test('Lighthouse finds nothing to complain of on the first screen and at the code', async ({ server, mail }) => {
  const browser = await puppeteer.launch({ executablePath: executable(), args: ARGUMENTS });
  try {
    const page = await browser.newPage();
    const { startFlow } = (await import('lighthouse' as string)) as Lighthouse;
    const flow = await startFlow(page, { flags: { onlyCategories: CATEGORIES } });
    await flow.navigate(server.origin, { name: 'connect' });
    const enter = async (selector: string, text: string): Promise<void> => {
      await page.waitForSelector(`${selector}:focus`);
      await page.type(selector, text);
      await page.keyboard.press('Enter');
    };
    await enter('#address', server.origin);
    await enter('#username', GRACE.name);
    await enter('#password', GRACE.password);
    await page.waitForSelector('#code:focus');
    await mail.next(GRACE.email);
    await flow.snapshot({ name: 'code' });
    const { steps } = await flow.createFlowResult();
    for (const { name, lhr } of steps) {
      for (const category of CATEGORIES) {
        const { score, auditRefs } = lhr.categories[category] ?? { score: 0, auditRefs: [] };
        const failed = auditRefs.filter(({ id, weight }) => weight > 0 && (lhr.audits[id]?.score ?? 1) < 1);
        console.log(`Lighthouse ${lhr.lighthouseVersion}, ${name}, ${category}: ${Math.round((score ?? 0) * 100)}`);
        expect(failed.map(({ id }) => lhr.audits[id])).toEqual([]);
        expect(score).toBe(1);
      }
    }
  } finally {
    await browser.close();
  }
});
