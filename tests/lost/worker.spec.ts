import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { Builds } from '../fixtures/build.ts';
import { expect, test as base, type Person } from '../fixtures/lost.ts';
import type { Proxy } from '../fixtures/proxy.ts';
import { TroublePage } from '../pages/trouble.ts';

interface Deployed {
  builds: Builds;
  proxy: Proxy;
  person: Person;
}

/** Two builds of the page, the first of them deployed. */
const test = base.extend<{ deployed: Deployed }>({
  deployed: async ({ folder, behindProxy }, use) => {
    const builds = await Builds.make(folder);
    const { proxy, person } = await behindProxy();
    proxy.build = builds.first;
    await use({ builds, proxy, person });
  },
});

/** Until a worker has the page in its hands, with everything that it keeps. */
async function workerReady(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (navigator.serviceWorker.controller === null) {
      await new Promise((taken) => navigator.serviceWorker.addEventListener('controllerchange', taken, { once: true }));
    }
  });
}

/** The files named by their content that the page as it stands is made of. */
function loadedFiles(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .map((entry) => new URL(entry.name).pathname.slice(1))
      .filter((name) => /-[0-9a-f]{16}\./.test(name)),
  );
}

async function expectMadeOf(page: Page, build: string): Promise<void> {
  // The first screen is there before the program is asked for.
  await expect(page.locator('#connect:not([data-ready])')).toHaveCount(0);
  const names = await Builds.names(build);
  const loaded = await loadedFiles(page);
  expect(loaded.some((name) => name.endsWith('.wasm'))).toBe(true);
  expect(loaded.filter((name) => !names.includes(name))).toEqual([]);
}

/** Every URL in every cache of the page. */
function cached(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const names = await caches.keys();
    const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return requests.flat().map((request) => new URL(request.url).pathname);
  });
}

test.describe('after a first visit, without a network', () => {
  test('the page starts, and says that there is no network', async ({ page, deployed, context, axe, complaints }) => {
    complaints.allow(/ERR_INTERNET_DISCONNECTED/);
    const { person } = deployed;
    await person.open('connect');
    await workerReady(page);
    await context.setOffline(true);
    await page.goto(person.server);
    await person.expectAt('connect');
    await person.connect.connect(person.server);
    await expect(person.connect.serverAddress).toHaveAccessibleDescription(/no network connection/);
    await axe();
    await context.setOffline(false);
    await person.walk('connect', 'user');
  });

  test('a reload at the code stage goes on once the network is back', async ({ page, deployed, context, complaints }) => {
    complaints.allow(/ERR_INTERNET_DISCONNECTED/);
    const { person } = deployed;
    await person.open('code');
    await workerReady(page);
    await context.setOffline(true);
    await page.reload();
    await expect(person.connect.error).toHaveText(/no network connection/);
    await context.setOffline(false);
    await person.expectAt('code');
    await person.pass('code');
    expect(person.mail.received).toHaveLength(1);
  });

  test('the page starts where the server does not answer', async ({ page, deployed, complaints }) => {
    complaints.allow(/CORS policy/);
    const { person, proxy } = deployed;
    await person.open('code');
    await workerReady(page);
    await proxy.stop();
    await page.reload();
    await person.expectAt('connect');
    await expect(person.connect.serverAddress).toHaveAttribute('aria-invalid', 'true');
    await expect(person.connect.serverAddress).toHaveValue(person.server);
  });
});

test.describe('after a first visit in German, without a network', () => {
  test.use({ locale: 'de-DE' });

  test('the page starts in German', async ({ page, deployed, context, complaints }) => {
    complaints.allow(/ERR_INTERNET_DISCONNECTED/);
    const { person } = deployed;
    const heading = page.getByRole('heading', { level: 1 });
    await page.goto(person.server);
    await expect(heading).toHaveText('Verbinden');
    await workerReady(page);
    await expect.poll(() => cached(page)).toContainEqual(expect.stringMatching(/^\/de-[0-9a-f]{16}\.txt$/));
    await context.setOffline(true);
    await page.goto(person.server);
    await expect(heading).toHaveText('Verbinden');
    await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  });
});

test('nothing but the page itself is ever kept in a cache', async ({ page, deployed }) => {
  const { person, builds } = deployed;
  await person.open('connect');
  await workerReady(page);
  await page.reload();
  await person.expectAt('connect');
  await person.walk('connect', 'user');
  await page.reload();
  await person.expectAt('user');
  const ours = ['/', ...(await Builds.names(builds.first)).map((name) => `/${name}`)];
  expect((await cached(page)).filter((path) => !ours.includes(path))).toEqual([]);
});

test('the API is asked through the worker, every time', async ({ page, deployed }) => {
  const { person, proxy } = deployed;
  await person.open('connect');
  await workerReady(page);
  await page.reload();
  await person.expectAt('connect');
  await person.walk('connect', 'user');
  const before = proxy.asked.filter((url) => url === '/api/me').length;
  for (const times of [1, 2]) {
    await page.reload();
    await person.expectAt('user');
    expect(proxy.asked.filter((url) => url === '/api/me')).toHaveLength(before + times);
  }
});

test.describe('a second build is deployed', () => {
  test('while a tab is open on the code stage: the tab finishes its sign-in', async ({ page, deployed }) => {
    const { person, proxy, builds } = deployed;
    await person.open('code');
    await workerReady(page);
    proxy.build = builds.second;
    await rm(builds.first, { recursive: true });
    await person.pass('code');
    await person.user.signOut();
    await person.expectAt('connect');
    expect(person.mail.received).toHaveLength(1);
  });

  test('and a reload on the code stage goes on there, in the new build', async ({ page, deployed }) => {
    const { person, proxy, builds } = deployed;
    await person.open('code');
    await expectMadeOf(page, builds.first);
    await workerReady(page);
    proxy.build = builds.second;
    await page.reload();
    await person.expectAt('code');
    await expectMadeOf(page, builds.second);
    await person.pass('code');
    expect(person.mail.received).toHaveLength(1);
  });

  test('and back to the first again, each time without a mix', async ({ page, deployed }) => {
    const { person, proxy, builds } = deployed;
    await person.open('connect');
    await workerReady(page);
    for (const build of [builds.second, builds.first, builds.second]) {
      proxy.build = build;
      for (let loads = 0; loads < 2; loads += 1) {
        await page.reload();
        await person.expectAt('connect');
        await expectMadeOf(page, build);
      }
    }
    await person.walk('connect', 'user');
  });

  test('and its worker keeps the new page for the next start without a network', async ({
    page,
    deployed,
    context,
    complaints,
  }) => {
    complaints.allow(/ERR_INTERNET_DISCONNECTED/);
    const { person, proxy, builds } = deployed;
    await person.open('connect');
    await workerReady(page);
    proxy.build = builds.second;
    await page.reload();
    await person.expectAt('connect');
    // A language is kept once it has been asked for.
    const files = (await Builds.names(builds.second)).filter((name) => !name.endsWith('.txt'));
    const names = files.map((name) => `/${name}`);
    await expect.poll(() => cached(page)).toEqual(expect.arrayContaining(names));
    await context.setOffline(true);
    await page.reload();
    await person.expectAt('connect');
    await expectMadeOf(page, builds.second);
  });

  test('while the network is too slow for its document: the page that is here starts, whole', async ({
    page,
    deployed,
  }) => {
    const { person, proxy, builds } = deployed;
    await person.open('code');
    await workerReady(page);
    proxy.build = builds.second;
    proxy.holdsDocument = true;
    await page.reload();
    await person.expectAt('code');
    await expectMadeOf(page, builds.first);
    await person.pass('code');
  });

  test('but for its wasm file: told after one reload, and Reload starts it once it is there', async ({
    page,
    deployed,
    complaints,
    axe,
  }) => {
    complaints.allow(/404|wasm/);
    const { person, proxy, builds } = deployed;
    const trouble = new TroublePage(page);
    await person.open('code');
    await workerReady(page);
    const incomplete = join(builds.second, '../incomplete');
    await Builds.copy(builds.second, incomplete);
    await Builds.lose(incomplete, '.wasm');
    proxy.build = incomplete;
    await page.reload();
    await trouble.expectShown('missing');
    await axe();
    proxy.build = builds.second;
    await trouble.reloadButton.click();
    await person.expectAt('code');
    await expectMadeOf(page, builds.second);
    await person.pass('code');
    expect(person.mail.received).toHaveLength(1);
  });

  test('and a file of the first one that is gone is a 404, never the page', async ({ page, deployed }) => {
    const { person, proxy, builds } = deployed;
    const [gone] = (await Builds.names(builds.first)).filter((name) => name.endsWith('.js'));
    proxy.build = builds.second;
    await person.open('connect');
    await workerReady(page);
    const answer = await page.request.get(`${person.server}/${gone}`);
    expect(answer.status()).toBe(404);
    expect(answer.headers()['content-type'] ?? '').not.toContain('html');
  });
});

test('a stale worker that answers with files that are gone is left behind after one reload', async ({
  page,
  deployed,
  complaints,
}) => {
  complaints.allow(/404/);
  const { person, proxy, builds } = deployed;
  await writeFile(
    join(builds.first, 'sw.js'),
    `addEventListener('install', () => skipWaiting());
     addEventListener('activate', (event) => event.waitUntil(clients.claim()));
     addEventListener('fetch', (event) => {
       if (event.request.url.endsWith('.js')) event.respondWith(new Response('gone', { status: 404 }));
     });`,
  );
  await person.open('code');
  await workerReady(page);
  proxy.build = builds.second;
  const trouble = new TroublePage(page);
  await page.reload();
  await person.expectAt('code');
  expect(trouble.loads).toBe(2);
  await expectMadeOf(page, builds.second);
  await person.pass('code');
  expect(person.mail.received).toHaveLength(1);
});

test('a browser without service workers, or one that refuses this one, works', async ({
  page,
  deployed,
  complaints,
}) => {
  complaints.allow(/404.*fetching the script/);
  const { person, builds } = deployed;
  await rm(join(builds.first, 'sw.js'));
  await person.open('user');
  await page.addInitScript(() => {
    Object.defineProperty(Navigator.prototype, 'serviceWorker', { value: undefined });
  });
  await page.reload();
  await person.expectAt('user');
});

test('a document is shown with the cookies that it was asked for with, and kept without', async ({ page, behindProxy }) => {
  const { person } = await behindProxy();
  await person.open('connect');
  await workerReady(page);
  const kept = await page.evaluate(async () => {
    const document_ = await caches.match(document.baseURI);
    return document_?.headers.get('server-timing');
  });
  expect(kept).toBe('kept');
  await page.reload();
  await person.expectAt('connect');
  const shown = await page.evaluate(() => {
    const [visit] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
    return [visit?.workerStart !== 0, ...(visit?.serverTiming.map(({ name, description }) => `${name} ${description}`) ?? [])];
  });
  expect(shown).toEqual([true, expect.stringMatching(/^cookies \d+;.* visited=1/)]);
});
