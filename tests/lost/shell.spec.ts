import { access } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { selfSigned } from '../fixtures/certificate.ts';
import { SHELL } from '../fixtures/files.ts';
import { expect, STAGES, test as base } from '../fixtures/lost.ts';
import { StaticPage } from '../fixtures/static.ts';

/** The page is what an Android shell carries, on an https origin of its own, as WebViewAssetLoader serves it. */
const test = base.extend({
  elsewhere: async ({ folder }, use) => {
    await access(SHELL).catch(() => {
      throw new Error(`${SHELL} is not there: cargo xtask dist shell makes it`);
    });
    const page = await StaticPage.start({ folder: SHELL, host: 'shell.example.com', tls: await selfSigned(folder) });
    await use(page);
    await page.stop();
  },
});

test.use({ ignoreHTTPSErrors: true });

async function switchCookiesOff(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Emulation.setDocumentCookieDisabled', { disabled: true });
}

for (const [name, options] of [
  ['a server on this device', { scheme: 'http', host: 'localhost' }],
  ['a server in the network', { scheme: 'https', host: 'uc.example.com' }],
] as const) {
  test.describe(`the shell, with ${name}:`, () => {
    test.use(options);

    test('a whole sign-in with cookies off, a reload at each stage', async ({
      page,
      person,
      elsewhere,
      context,
      mail,
      axe,
    }) => {
      await switchCookiesOff(page);
      await person.connect.open(elsewhere.origin);
      expect(await page.evaluate(() => navigator.cookieEnabled)).toBe(false);
      for (const stage of STAGES.slice(0, -1)) {
        await page.reload();
        await person.expectAt(stage);
        await person.pass(stage);
      }
      await page.reload();
      await person.expectAt('user');
      await axe();
      expect(await context.cookies()).toEqual([]);
      expect(mail.received).toHaveLength(1);
      await person.user.signOut();
      await person.expectAt('connect');
    });
  });
}

test('the Back key goes through the stages, and sends nothing', async ({ page, person, elsewhere }) => {
  await person.open('code', elsewhere.origin);
  const posts: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST') posts.push(request.url());
  });
  for (const stage of ['credentials', 'account', 'connect'] as const) {
    await page.goBack();
    await person.expectAt(stage);
  }
  expect(posts).toEqual([]);
});

test('there is no service worker', async ({ page, person, elsewhere }) => {
  await person.open('user', elsewhere.origin);
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
});

test('its own policy lets it work, and refuses what does not belong to it', async ({
  page,
  person,
  elsewhere,
  complaints,
}) => {
  await person.open('user', elsewhere.origin);
  // So far without a violation.
  complaints.expectNone();
  complaints.allow(/Content Security Policy|unsafe-eval/);
  const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'/);
  const ran = await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'globalThis.injected = true';
    document.body.append(script);
    const handler = document.createElement('button');
    handler.setAttribute('onclick', 'globalThis.injected = true');
    document.body.append(handler);
    handler.click();
    return 'injected' in globalThis;
  });
  expect(ran).toBe(false);
});

test('with cookies off the page of the server itself signs in too', async ({ page, person, context, mail }) => {
  await switchCookiesOff(page);
  await person.open('code');
  await page.reload();
  await person.expectAt('code');
  await person.pass('code');
  await page.reload();
  await person.expectAt('user');
  expect(await context.cookies()).toEqual([]);
  expect(mail.received).toHaveLength(1);
});
