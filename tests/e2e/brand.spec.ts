import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { ROOT } from '../fixtures/files.ts';
import { Hold } from '../fixtures/hold.ts';
import { expect, STAGES, test } from '../fixtures/lost.ts';

// Where a service worker takes over, a test does not get hold of the requests of that moment.
test.use({ serviceWorkers: 'block' });

const DISCOVERY = '/.well-known/oauth-authorization-server';
const NAME = 'Acme Voice';
const COLOURS = {
  light: { accent: '#7a1fa2', ink: '#ffffff', background: '#fbf3ff' },
  dark: { accent: '#d9a6ff', ink: '#000000', background: '#160a1e' },
} as const;
const OWN = {
  light: { accent: '#0b57c2', ink: '#ffffff', background: '#f4f6f8' },
  dark: { accent: '#8ab8ff', ink: '#0b1a2e', background: '#0f151b' },
} as const;
const BRAND = {
  service_name: NAME,
  'brand.logo': join(ROOT, 'public/icon-00000000.svg'),
  'brand.accent_light': COLOURS.light.accent,
  'brand.background_light': COLOURS.light.background,
  'brand.accent_dark': COLOURS.dark.accent,
  'brand.background_dark': COLOURS.dark.background,
};

type Colours = Record<'light' | 'dark', Record<'accent' | 'ink' | 'background', string>>;

/** The colours that show, in both schemes: of the page, and of the browser around it. */
async function expectColours(page: Page, expected: Colours): Promise<void> {
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    const shown = () =>
      page.evaluate(() => {
        const style = getComputedStyle(document.documentElement);
        const [accent, ink] = ['--accent', '--accent-ink'].map((name) => style.getPropertyValue(name));
        const hex = (rgb: string) =>
          `#${[...rgb.matchAll(/\d+/g)].map(([channel]) => Number(channel).toString(16).padStart(2, '0')).join('')}`;
        const bar = [...document.querySelectorAll<HTMLMetaElement>('meta[name=theme-color]')].find((meta) =>
          matchMedia(meta.media).matches,
        );
        return { accent, ink, background: hex(style.backgroundColor), bar: bar?.content };
      });
    await expect.poll(shown, scheme).toEqual({ ...expected[scheme], bar: expected[scheme].background });
  }
  await page.emulateMedia({ colorScheme: null });
}

const header = (page: Page) => page.locator('header.brand');
const logo = (page: Page) => header(page).getByRole('img', { name: NAME });

async function isLoaded(page: Page): Promise<boolean> {
  return logo(page).evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth > 0);
}

/** Where the name stands. */
function place(page: Page) {
  return header(page).getByText(NAME).boundingBox();
}

test.describe('a brand', () => {
  test.use({ config: BRAND });

  test('shows at every stage, in light and in dark colours that can be read', async ({ page, person, server, axe }) => {
    await person.open('connect');
    for (const stage of STAGES) {
      await person.expectAt(stage);
      await expect(logo(page)).toBeVisible();
      await expect.poll(() => isLoaded(page)).toBe(true);
      await expect(header(page).getByText(NAME)).toBeVisible();
      await expect(page).toHaveTitle(new RegExp(NAME));
      await expectColours(page, COLOURS);
      await axe();
      await person.pass(stage);
    }
    const source = (await logo(page).getAttribute('src')) ?? '';
    expect(source.startsWith(`${server.origin}/brand/logo-`)).toBe(true);
    await person.user.signOut();
    await person.expectAt('connect');
    await expectColours(page, COLOURS);
  });

  test('has its room before the picture is there', async ({ page, person }) => {
    const hold = await Hold.of(page, '/brand/*');
    await person.open('connect');
    await hold.atLeast(1);
    const before = await place(page);
    await hold.release();
    await expect.poll(() => isLoaded(page)).toBe(true);
    expect(await place(page)).toEqual(before);
  });

  test('whose picture is gone keeps its name, and its room', async ({ page, person, complaints, axe }) => {
    complaints.allow(/brand\/logo-/);
    await person.open('account');
    await expect.poll(() => isLoaded(page)).toBe(true);
    const before = await place(page);
    await page.route('**/brand/*', (route) => route.fulfill({ status: 404, body: 'Not found' }));
    await page.reload();
    await person.expectAt('account');
    await expect(logo(page)).toHaveCount(0);
    await expect(header(page).getByText(NAME)).toBeVisible();
    expect(await place(page)).toEqual(before);
    await axe();
    await person.walk('account', 'user');
  });

  test('is there at the next visit before the page runs', async ({ page, person }) => {
    await person.open('connect');
    await expect(logo(page)).toBeVisible();
    const program = await Hold.of(page, '/*.wasm');
    const discovery = await Hold.of(page, DISCOVERY);
    await page.reload({ waitUntil: 'commit' });
    await program.atLeast(1);
    await expectColours(page, COLOURS);
    await program.release();
    await discovery.atLeast(1);
    await expect(logo(page)).toBeVisible();
    await expect(header(page).getByText(NAME)).toBeVisible();
    await discovery.release();
    await person.expectAt('connect');
    await expectColours(page, COLOURS);
  });

  test('that the server has given up is given up here, too', async ({ page, person, server }) => {
    await person.open('connect');
    await expectColours(page, COLOURS);
    await server.stop();
    await server.reconfigure({
      'brand.accent_light': OWN.light.accent,
      'brand.background_light': OWN.light.background,
      'brand.accent_dark': OWN.dark.accent,
      'brand.background_dark': OWN.dark.background,
    });
    await server.start();
    await page.reload();
    await expectColours(page, { ...OWN, dark: { ...OWN.dark, ink: '#000000' } });
  });

  test('of another server shows once that is connected to, and at the next visit', async ({
    page,
    person,
    elsewhere,
    axe,
  }) => {
    await person.open('connect', elsewhere.origin);
    await expect(header(page)).toHaveText('Vestibule');
    await expectColours(page, OWN);
    await person.pass('connect');
    await expect(header(page)).toHaveText(NAME);
    await expectColours(page, COLOURS);
    // The page's own policy takes pictures from other servers only where they come encrypted.
    await expect(header(page).getByRole('img')).toHaveCount(0);
    await axe();
    await page.goto(elsewhere.origin);
    await expect(header(page)).toHaveText(NAME);
    await expectColours(page, COLOURS);
  });
});

test('a brand is not kept for the next visit once a service without one is connected to', async ({
  page,
  person,
  server,
  elsewhere,
}) => {
  const restart = async (config: Partial<typeof BRAND>): Promise<void> => {
    await server.stop();
    await server.reconfigure(config);
    await server.start();
  };
  await restart(BRAND);
  await person.open('account', elsewhere.origin);
  await expectColours(page, COLOURS);
  await restart({});
  await page.goBack();
  await person.expectAt('connect');
  await person.pass('connect');
  await expectColours(page, OWN);
  await page.goto(elsewhere.origin);
  await person.expectAt('connect');
  await expect(header(page)).toHaveText('Vestibule');
  await expectColours(page, OWN);
});

for (const [what, theme] of [
  ['cannot be told apart', { accent_light: '#ffee00', background_light: '#ffffff', accent_dark: '#222222', background_dark: '#000000' }],
  ['are none', { accent_light: 'red;', background_light: '#ffffff', accent_dark: '#8ab8ff', background_dark: '#0f151b' }],
] as const) {
  test(`colours that ${what} are not taken over, whoever names them`, async ({ page, person }) => {
    await page.route(`**${DISCOVERY}`, async (route) => {
      const response = await route.fetch();
      const metadata = (await response.json()) as Record<string, unknown>;
      return route.fulfill({ response, json: { ...metadata, service_name: NAME, theme } });
    });
    await person.open('account');
    await expect(header(page)).toHaveText(NAME);
    await expectColours(page, OWN);
  });
}
