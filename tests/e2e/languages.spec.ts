import type { Page } from '@playwright/test';
import { expect, GRACE, test } from '../fixtures/test.ts';

/** By what the stages have in common, whatever the language. */
const field = (page: Page) => page.locator('form').getByRole('textbox').first();
const submit = (page: Page) => page.locator('form [type=submit]');

test.describe('the menu of languages', () => {
  test('changes the page at once, keeps what is typed, and is remembered', async ({ page, atAccount, accountPage, axe }) => {
    await atAccount();
    await accountPage.username.fill('gra');
    const menu = page.getByRole('combobox', { name: 'Language' });
    await expect(menu).toHaveValue('en');
    await menu.focus();
    await menu.selectOption('Deutsch');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Konto');
    await expect(page.getByRole('textbox', { name: 'Benutzername' })).toHaveValue('gra');
    await expect(page).toHaveTitle(/^Konto – /);
    await expect(page.getByRole('combobox', { name: 'Sprache' })).toBeFocused();
    await axe();
    await page.reload();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Konto');
    await page.getByRole('combobox', { name: 'Sprache' }).selectOption('English');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Account');
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  });

  test('changes the first screen too, while another one shows', async ({ page, atAccount }) => {
    await atAccount();
    await page.getByRole('combobox', { name: 'Language' }).selectOption('Deutsch');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Konto');
    await page.goBack();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Verbinden');
    await expect(page.getByRole('textbox', { name: 'Serveradresse' })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Verbinden', exact: true })).toBeVisible();
  });

  test('has the server send the document in that language from then on', async ({ page, atAccount, server }) => {
    await atAccount();
    const document = async (): Promise<string> => (await page.request.get(server.origin)).text();
    expect(await document()).toContain('lang="en"');
    await page.getByRole('combobox', { name: 'Language' }).selectOption('العربية');
    await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
    expect(await document()).toContain('lang="ar" dir="rtl"');
    await page.reload();
    await page.getByRole('combobox').selectOption('English');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Account');
    await expect(page.locator('html')).toHaveAttribute('dir', 'ltr');
    expect(await document()).toContain('lang="en" dir="ltr"');
    await page.goBack();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Connect');
  });

  test('decides the language of the mail', async ({ page, atAccount, mail }) => {
    await atAccount();
    await page.getByRole('combobox', { name: 'Language' }).selectOption('Deutsch');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Konto');
    await field(page).fill(GRACE.name);
    await submit(page).click();
    await page.locator('form input[type=password]').fill(GRACE.password);
    await submit(page).click();
    expect((await mail.next(GRACE.email)).html).toContain('<html lang="de"');
  });

  test.describe('without a service worker, whose requests a test cannot cut,', () => {
    test.use({ serviceWorkers: 'block' });

    test('says that a language does not come, and loads it the next time', async ({ page, atAccount, complaints }) => {
      complaints.allow(/net::ERR_FAILED/);
      await atAccount();
      const menu = page.getByRole('combobox', { name: 'Language' });
      await page.route('**/de-*.txt', (route) => route.abort());
      await menu.selectOption('Deutsch');
      await expect(page.getByText('This language could not be loaded.')).toBeVisible();
      await expect(menu).toHaveValue('en');
      await page.unroute('**/de-*.txt');
      await menu.selectOption('Deutsch');
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Konto');
      await expect(page.getByText('This language could not be loaded.')).toHaveCount(0);
    });
  });
});

test.describe('a language of the browser', () => {
  for (const [locale, tag] of [
    ['de-AT', 'de'],
    ['pt-PT', 'pt-BR'],
    ['ja-JP', 'en'],
  ] as const) {
    test.describe(locale, () => {
      test.use({ locale });
      test(`is served by ${tag}`, async ({ page, server }) => {
        await page.goto(server.origin);
        await expect(page.getByRole('combobox')).toHaveValue(tag);
        await expect(page.locator('html')).toHaveAttribute('lang', tag);
      });
    });
  }

  test('is that of the document before any script runs', async ({ browser, server }) => {
    for (const [locale, heading, told] of [
      ['de-AT', 'Verbinden', /JavaScript und WebAssembly/],
      ['en-GB', 'Connect', /JavaScript and WebAssembly/],
    ] as const) {
      const context = await browser.newContext({ locale, javaScriptEnabled: false });
      const page = await context.newPage();
      await page.goto(server.origin);
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(heading);
      await expect(page.getByText(told)).toBeVisible();
      await context.close();
    }
  });

  test.describe('that does not come', () => {
    test.use({ locale: 'de' });
    test('leaves the page in English', async ({ page, server, connectPage, complaints }) => {
      complaints.allow(/net::ERR_FAILED/);
      await page.route('**/de-*.txt', (route) => route.abort());
      await connectPage.open(server.origin);
      await expect(page.locator('html')).toHaveAttribute('lang', 'en');
    });
  });

  test.describe('that is made up, in the cookie', () => {
    test('is passed over', async ({ page, context, server, connectPage }) => {
      await context.addCookies([{ name: 'lang', value: 'xx-<b>', url: server.origin }]);
      await connectPage.open(server.origin);
      await expect(page.locator('html')).toHaveAttribute('lang', 'en');
    });
  });
});

test('English loads nothing beyond the page, and German one file', async ({ browser, server }) => {
  const loaded: Record<string, string[]> = {};
  for (const locale of ['en', 'de']) {
    const context = await browser.newContext({ locale, serviceWorkers: 'block' });
    const page = await context.newPage();
    await page.goto(server.origin);
    await expect(page.getByRole('combobox')).toHaveValue(locale);
    const entries = await page.evaluate(() =>
      performance.getEntriesByType('resource').map((entry) => {
        const { name, encodedBodySize } = entry as PerformanceResourceTiming;
        return `${new URL(name).pathname} ${encodedBodySize} bytes`;
      }),
    );
    loaded[locale] = entries.filter((entry) => /\.(js|css|wasm|txt) /.test(entry));
    await context.close();
  }
  const more = (loaded.de ?? []).filter((entry) => !loaded.en?.includes(entry));
  console.log(`what a German speaker loads beyond an English one: ${more.join(', ')}`);
  expect(more).toEqual([expect.stringMatching(/^\/de-[0-9a-f]{16}\.txt \d+ bytes$/)]);
  expect((loaded.en ?? []).filter((entry) => entry.includes('.txt'))).toEqual([]);
});
