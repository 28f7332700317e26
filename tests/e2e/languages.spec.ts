import type { Page } from '@playwright/test';
import { codeIn, expect, GRACE, test } from '../fixtures/test.ts';

/** Tag, direction and the first heading of each language that is loaded on demand. */
const LANGUAGES = [
  { tag: 'ar', direction: 'rtl', connect: 'الاتصال' },
  { tag: 'de', direction: 'ltr', connect: 'Verbinden' },
  { tag: 'es', direction: 'ltr', connect: 'Conexión' },
  { tag: 'fr', direction: 'ltr', connect: 'Connexion au serveur' },
  { tag: 'it', direction: 'ltr', connect: 'Connessione' },
  { tag: 'nl', direction: 'ltr', connect: 'Verbinden' },
  { tag: 'pl', direction: 'ltr', connect: 'Połączenie' },
  { tag: 'pt-BR', direction: 'ltr', connect: 'Conexão' },
] as const;

/** WCAG's narrowest page (1.4.10): 1,280 px at 400 %. */
const NARROW = { width: 320, height: 640 };

/** What does not fit: what sticks out of the page sideways, what is cut off, and controls that lie on one another. */
function misfits(): string[] {
  const found: string[] = [];
  const name = (element: Element): string => `${element.localName} “${(element.textContent ?? '').slice(0, 40)}”`;
  if (document.documentElement.scrollWidth > innerWidth) found.push(`the page is ${document.documentElement.scrollWidth} px wide`);
  const shown = [...document.body.querySelectorAll<HTMLElement>('*')].filter(
    (element) => element.checkVisibility() && element.closest('.unseen') === null,
  );
  for (const element of shown) {
    const { left, right } = element.getBoundingClientRect();
    if (left < -0.5 || right > innerWidth + 0.5) found.push(`${name(element)} sticks out`);
    const isCut = element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflowX !== 'visible';
    if (isCut && element.localName !== 'input') found.push(`${name(element)} is cut off`);
  }
  const controls = shown.filter((element) => element.matches('input, button, select, a, h1'));
  for (const [index, one] of controls.entries()) {
    const a = one.getBoundingClientRect();
    for (const other of controls.slice(index + 1)) {
      const b = other.getBoundingClientRect();
      const isOver = a.left < b.right - 0.5 && b.left < a.right - 0.5 && a.top < b.bottom - 0.5 && b.top < a.bottom - 0.5;
      if (isOver && !one.contains(other) && !other.contains(one)) found.push(`${name(one)} and ${name(other)} overlap`);
    }
  }
  return found;
}

/** By what the stages have in common, whatever the language. */
const field = (page: Page) => page.locator('form').getByRole('textbox').first();
const submit = (page: Page) => page.locator('form [type=submit]');
const atPath = (page: Page, path: string) => expect(page).toHaveURL((url) => url.pathname === path);

for (const { tag, direction, connect } of LANGUAGES) {
  test.describe(tag, () => {
    test.use({ locale: tag, viewport: NARROW });

    test('is spoken at every stage and in the mail, and fits on 320 px', async ({ page, server, mail, axe }) => {
      const look = async (): Promise<void> => {
        await expect(page.locator('html')).toHaveAttribute('lang', tag);
        await expect(page.locator('html')).toHaveAttribute('dir', direction);
        expect(await page.evaluate(misfits)).toEqual([]);
        // The other languages differ from these in their words alone.
        if (tag === 'ar' || tag === 'de') await axe();
      };
      await page.goto(server.origin);
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(connect);
      await look();
      await submit(page).click();
      await atPath(page, '/account');
      await look();
      await field(page).fill(GRACE.name);
      await submit(page).click();
      await atPath(page, '/credentials');
      await look();
      await page.locator('form input[type=password]').fill(GRACE.password);
      await submit(page).click();
      await atPath(page, '/code');
      await look();
      const letter = await mail.next(GRACE.email);
      expect(letter.html).toContain(`<html lang="${tag}" dir="${direction}">`);
      // What is wrong is said in the language too.
      await submit(page).click();
      await expect(page.getByRole('alert')).toBeVisible();
      await look();
      await field(page).fill(codeIn(letter));
      await atPath(page, '/user');
      await expect(page.getByRole('radio').first()).toBeVisible();
      await look();
    });
  });
}

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
