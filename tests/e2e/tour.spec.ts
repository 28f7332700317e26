import { expectAboveKeyboard, expectFit } from '../fixtures/fit.ts';
import { expectCalm } from '../fixtures/media.ts';
import { ARE_WRITTEN, FORMATS, picture, whyNotComparable, writeFingerprint } from '../fixtures/pictures.ts';
import { expect, GRACE, test as base } from '../fixtures/test.ts';
import { STAGES, tour } from '../fixtures/tour.ts';
import { PUBLIC, Tunnel } from '../fixtures/tunnel.ts';

/** Tag, direction and first heading of each language; two of every kind of script are looked at most closely. */
const LANGUAGES = [
  { tag: 'en', direction: 'ltr', connect: 'Connect', isLookedAt: true },
  { tag: 'ar', direction: 'rtl', connect: 'الاتصال', isLookedAt: true },
  { tag: 'de', direction: 'ltr', connect: 'Verbinden', isLookedAt: true },
  { tag: 'es', direction: 'ltr', connect: 'Conexión' },
  { tag: 'fr', direction: 'ltr', connect: 'Connexion au serveur' },
  { tag: 'it', direction: 'ltr', connect: 'Connessione' },
  { tag: 'nl', direction: 'ltr', connect: 'Verbinden' },
  { tag: 'pl', direction: 'ltr', connect: 'Połączenie' },
  { tag: 'pt-BR', direction: 'ltr', connect: 'Conexão' },
] as const;

const test = base.extend<{ tunnel: Tunnel }>({
  tunnel: async ({ server }, use) => {
    const tunnel = await Tunnel.to(new URL(server.origin).port);
    await use(tunnel);
    await tunnel.stop();
  },
  proxy: async ({ tunnel }, use) => use({ server: tunnel.address }),
});

test.use({
  scheme: 'https',
  ignoreHTTPSErrors: true,
  config: { public_addresses: [PUBLIC] },
  serviceWorkers: 'block',
  timezoneId: 'UTC',
  viewport: FORMATS.phone,
});

for (const { tag, direction, connect, ...language } of LANGUAGES) {
  test.describe(tag, () => {
    test.use({ locale: tag });

    test('is spoken in every state and in the mail, fits, and can be used by everybody', async ({
      page,
      mail,
      axe,
      browser,
      complaints,
    }) => {
      test.setTimeout(180_000);
      // The silent host, once it is given up.
      complaints.allow(/net::ERR_/);
      const isLookedAt = 'isLookedAt' in language;
      const isComparable = ARE_WRITTEN || (await whyNotComparable(browser)) === undefined;
      // Nothing counts down while it is looked at, which takes time of its own.
      await page.addInitScript(() => {
        window.realTimers = [setTimeout, clearTimeout];
        window.realIdle = requestIdleCallback;
      });
      await page.clock.install({ time: '2026-03-02T09:41:20Z' });
      // Whether there is something else to do is no matter of the clock.
      await page.addInitScript(() => (window.requestIdleCallback = window.realIdle));
      await page.clock.pauseAt('2026-03-02T09:41:50Z');
      let states = 0;
      await tour(page, mail, GRACE, async (state) => {
        await expect(page.locator('html')).toHaveAttribute('lang', tag);
        await expect(page.locator('html')).toHaveAttribute('dir', direction);
        // It comes to life last.
        await expect(page.getByRole('combobox')).toHaveValue(tag);
        if (state === 'connect') await expect(page.getByRole('heading', { level: 1 })).toHaveText(connect);
        states += 1;
        if (isLookedAt && isComparable) {
          for (const format of ['phone', 'desktop'] as const) {
            for (const scheme of ['light', 'dark'] as const) {
              // Of what is no stage of its own, one language and one format show it.
              const isKept = STAGES.includes(state) || (tag === 'en' && format === 'phone');
              if (isKept) await picture(page, `${state}-${tag}`, format, scheme);
            }
          }
        }
        await page.setViewportSize(FORMATS.phone);
        if (ARE_WRITTEN) return;
        if (isLookedAt) {
          await axe();
          await expectCalm(page);
        }
        await expectFit(page);
        if (STAGES.includes(state) && state !== 'user') await expectAboveKeyboard(page);
      });
      expect(mail.received[0]?.html).toContain(`<html lang="${tag}" dir="${direction}">`);
      console.log(`${tag}: ${states} states${isLookedAt ? ' by axe, in light and in dark colours' : ''}`);
    });
  });
}

test('the pictures in docs/screens are of this browser and these fonts', async ({ browser }) => {
  if (ARE_WRITTEN) await writeFingerprint(browser);
  const reason = await whyNotComparable(browser);
  test.skip(reason !== undefined, reason);
  expect(reason).toBeUndefined();
});
