import type { Page, Route } from '@playwright/test';
import { gate, holdDocument } from '../fixtures/hold.ts';
import { expect, test as base } from '../fixtures/lost.ts';
import { readRecords } from '../fixtures/record.ts';
import { TroublePage, type Cause } from '../pages/trouble.ts';

const test = base.extend<{ trouble: TroublePage }>({
  trouble: async ({ page }, use) => use(new TroublePage(page)),
});

// So that each file is asked for where the test can answer; lost/worker.spec.ts has the rest.
test.use({ serviceWorkers: 'block' });

const SCRIPT = /vestibule-[0-9a-f]{16}\.js$/;
const WASM = /\.wasm$/;

/** Runs in the page: the 32 bytes that each event is handed are not to be had, for which there is only a panic. */
function withoutRandomness(): void {
  const real = crypto.getRandomValues.bind(crypto);
  crypto.getRandomValues = (array) => {
    if (array?.byteLength === 32) throw new DOMException('no randomness');
    return real(array);
  };
}

async function withPolicy(page: Page, change: (policy: string) => string): Promise<void> {
  await page.route(
    (url) => url.pathname === '/',
    async (route: Route) => {
      const response = await route.fetch();
      const headers = response.headers();
      const policy = change(headers['content-security-policy'] ?? '');
      await route.fulfill({ response, headers: { ...headers, 'content-security-policy': policy } });
    },
  );
}

/** What keeps the page from starting, what is told, and what the browser says of it by itself. */
const OBSTACLES: Record<string, { cause: Cause; put: (page: Page) => Promise<unknown>; complains?: RegExp; loads?: 1 }> = {
  'the wasm file is not there': {
    cause: 'missing',
    put: (page) => page.route(WASM, (route) => route.fulfill({ status: 404, body: 'Not found\n' })),
    complains: /404|wasm/,
  },
  'the script is not there': {
    cause: 'missing',
    put: (page) => page.route(SCRIPT, (route) => route.fulfill({ status: 404, body: 'Not found\n' })),
    complains: /404/,
  },
  'somebody in between answers with a page of their own': {
    cause: 'missing',
    put: (page) => page.route(SCRIPT, (route) => route.fulfill({ contentType: 'text/html', body: '<h1>Pay here</h1>' })),
    complains: /MIME type/,
  },
  'something blocks the script': {
    cause: 'missing',
    put: (page) => page.route(SCRIPT, (route) => route.abort('blockedbyclient')),
    complains: /ERR_BLOCKED_BY_CLIENT/,
  },
  'the policy of somebody in between forbids WebAssembly': {
    cause: 'blocked',
    put: (page) => withPolicy(page, (policy) => policy.replace("'wasm-unsafe-eval'", '')),
    complains: /Content Security Policy|CompileError|wasm-eval/i,
  },
  'the browser is too old for what the module needs': {
    cause: 'blocked',
    put: (page) =>
      page.addInitScript(() => {
        const refuse = (): never => {
          throw new WebAssembly.CompileError('invalid section');
        };
        WebAssembly.instantiate = refuse;
        WebAssembly.instantiateStreaming = () => Promise.reject(new WebAssembly.CompileError('invalid section'));
      }),
    complains: /invalid section/,
  },
  'WebAssembly is switched off': {
    cause: 'unsupported',
    put: (page) => page.addInitScript(() => Reflect.deleteProperty(globalThis, 'WebAssembly')),
    complains: /WebAssembly/,
    loads: 1,
  },
  'the page panics at its start': {
    cause: 'panic',
    put: (page) => page.addInitScript(withoutRandomness),
    complains: /panicked|unreachable/,
  },
};

test.describe('the page says plainly what is missing, after one reload where that can help:', () => {
  for (const [obstacle, { cause, put, complains, loads = 2 }] of Object.entries(OBSTACLES)) {
    test(obstacle, async ({ page, server, complaints, trouble, axe }) => {
      if (complains !== undefined) complaints.allow(complains);
      await put(page);
      await page.goto(server.origin);
      await trouble.expectShown(cause);
      expect(trouble.loads).toBe(loads);
      await axe();
      await trouble.reloadButton.click();
      await trouble.expectShown(cause);
      // The person's own reload, and no other after it.
      expect(trouble.loads).toBe(loads + 1);
    });
  }

  test('without sessionStorage it never reloads by itself', async ({ page, server, complaints, trouble }) => {
    complaints.allow(/404/);
    await page.addInitScript(() => {
      Object.defineProperty(globalThis, 'sessionStorage', {
        get: () => {
          throw new DOMException('Access is denied for this document.', 'SecurityError');
        },
      });
    });
    await page.route(SCRIPT, (route) => route.fulfill({ status: 404 }));
    await page.goto(server.origin);
    await trouble.expectShown('missing');
    expect(trouble.loads).toBe(1);
  });
});

/** A file is missing until the page is loaded for this time: browsers may ask for a script twice at one time. */
function until(trouble: TroublePage, load: number): (route: Route) => Promise<void> {
  return (route) => (trouble.loads < load ? route.fulfill({ status: 404 }) : route.continue());
}

test.describe('once what was missing is there, the page starts:', () => {
  for (const [name, file] of [
    ['the wasm file', WASM],
    ['the script', SCRIPT],
  ] as const) {
    test(`${name}, missing once, by itself`, async ({ page, person, complaints, trouble }) => {
      complaints.allow(/404|wasm/);
      await page.route(file, until(trouble, 2));
      await person.open('connect');
      await expect.poll(() => trouble.loads).toBe(2);
      await trouble.expectHidden();
      await person.walk('connect', 'user');
    });

    test(`${name}, missing twice, by Reload`, async ({ page, person, complaints, trouble }) => {
      complaints.allow(/404|wasm/);
      await page.route(file, until(trouble, 3));
      await page.goto(person.server);
      await trouble.expectShown('missing');
      await trouble.reloadButton.click();
      await person.expectAt('connect');
    });
  }

  test('the network, by itself', async ({ page, person, context, complaints, trouble, axe }) => {
    complaints.allow(/ERR_INTERNET_DISCONNECTED/);
    await page.route(
      SCRIPT,
      async (route) => {
        await context.setOffline(true);
        await route.abort('internetdisconnected');
      },
      { times: 1 },
    );
    await page.goto(person.server);
    await trouble.expectShown('offline');
    expect(trouble.loads).toBe(1);
    await axe();
    await context.setOffline(false);
    await person.expectAt('connect');
    await person.pass('connect');
  });

  test('no network for 20 seconds, by itself', async ({ page, person, context, complaints, trouble }) => {
    complaints.allow(/ERR_INTERNET_DISCONNECTED/);
    await page.clock.install();
    await page.route(WASM, (route) => (trouble.loads > 1 ? route.continue() : undefined));
    await page.goto(person.server, { waitUntil: 'commit' });
    await page.getByText('The page is still loading…').waitFor();
    await context.setOffline(true);
    await page.clock.fastForward('00:21');
    await trouble.expectShown('offline');
    await context.setOffline(false);
    await person.expectAt('connect');
    await person.pass('connect');
    expect(trouble.loads).toBe(2);
  });

  test('a slow network, told after 20 seconds', async ({ page, person, trouble, axe }) => {
    await page.clock.install();
    const { opened, open: deliver } = gate();
    await page.route(WASM, async (route) => {
      await opened;
      await route.continue();
    });
    // The document is there long before everything that it names.
    await page.goto(person.server, { waitUntil: 'commit' });
    await page.getByText('The page is still loading…').waitFor();
    await page.clock.fastForward('00:21');
    await trouble.expectShown('slow');
    await axe();
    deliver();
    await trouble.expectHidden();
    await person.expectAt('connect');
    expect(trouble.loads).toBe(1);
  });
});

/**
 * The page's next event makes it panic, and comes at once: in a step of its own it would come after those that the page has
 * by itself, and ask a page that is leaving.
 */
async function panic(page: Page): Promise<void> {
  const returned = "document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))";
  await page.evaluate(`(${withoutRandomness.toString()})(); ${returned}`);
}

test.describe('a panic', () => {
  test.beforeEach(({ complaints }) => complaints.allow(/panicked|unreachable/));

  for (const stage of ['account', 'credentials', 'code'] as const) {
    test(`at the ${stage} stage costs one reload, and the sign-in goes on there`, async ({ page, person, mail, trouble }) => {
      await person.open(stage);
      const reloaded = page.waitForEvent('domcontentloaded');
      await panic(page);
      await reloaded;
      await person.expectAt(stage);
      await trouble.expectHidden();
      expect(trouble.loads).toBe(2);
      await person.walk(stage, 'user');
      expect(mail.received).toHaveLength(1);
    });
  }

  test('at the first stage costs no Connect that is tapped while the page reloads', async ({ page, person, trouble }) => {
    await person.open('connect');
    await expect(person.connect.serverAddress).toBeFocused();
    const deliver = await holdDocument(page, person.server);
    await panic(page);
    await expect.poll(() => trouble.loads).toBe(2);
    await page.keyboard.press('Enter');
    deliver();
    await person.expectAt('account');
  });

  test('with the code on its way loses nothing', async ({ page, person, mail }) => {
    await person.open('code');
    const code = await person.accessCode();
    // What the page does by itself would be the next event.
    await idle(page);
    await page.evaluate(withoutRandomness);
    const reloaded = page.waitForEvent('domcontentloaded');
    // By keys: a field that is gone while it is being filled would be filled once more after the reload.
    await person.code.accessCode.focus();
    await page.keyboard.insertText(code);
    await reloaded;
    await person.expectAt('code');
    await person.code.enter(code);
    await person.expectAt('user');
    expect(mail.received).toHaveLength(1);
  });

  test('soon after another one is told, and Reload goes on', async ({ page, person, mail, trouble, axe }) => {
    await person.open('code');
    await panic(page);
    await expect.poll(() => trouble.loads).toBe(2);
    await person.expectAt('code');
    await panic(page);
    await trouble.expectShown('panic');
    expect(trouble.loads).toBe(2);
    await axe();
    await trouble.reloadButton.click();
    await person.expectAt('code');
    await person.pass('code');
    expect(mail.received).toHaveLength(1);
  });

  test('after ten quiet seconds is a first one again', async ({ page, person, trouble }) => {
    await page.clock.install();
    await person.open('code');
    for (const loads of [2, 3]) {
      await page.clock.fastForward('00:11');
      await panic(page);
      await expect.poll(() => trouble.loads).toBe(loads);
      await person.expectAt('code');
    }
    await trouble.expectHidden();
    await person.pass('code');
  });
});

test('without JavaScript it is said what is needed', async ({ browser, server }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(server.origin);
  await expect(page.getByText(/needs JavaScript and WebAssembly/)).toBeVisible();
  await context.close();
});

/** Waits until whatever is made ready when there is nothing else to do is ready. */
async function idle(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (let times = 0; times < 40; times += 1) await new Promise((resolve) => requestIdleCallback(resolve));
  });
}

test('what is made ready for later stages shows nowhere, and leaves nothing', async ({ page, person, server }) => {
  const sent: string[] = [];
  page.on('request', (request) => sent.push(`${request.method()} ${new URL(request.url()).pathname}`));
  // Every stage is laid out out of sight.
  await page.addInitScript(() => {
    const counts = { come: 0, gone: 0 };
    Object.assign(self, { counts });
    addEventListener('DOMContentLoaded', () => {
      new MutationObserver((changes) => {
        for (const { addedNodes, removedNodes } of changes) {
          counts.come += [...addedNodes].filter((node) => node instanceof Element).length;
          counts.gone += [...removedNodes].filter((node) => node instanceof Element).length;
        }
      }).observe(document.querySelector('main') as Element, { childList: true });
    });
  });
  await person.open('connect');
  await expect(page.getByRole('combobox')).toBeVisible();
  await idle(page);
  await expect.poll(() => page.evaluate(() => Reflect.get(self, 'counts'))).toEqual({ come: 4, gone: 4 });
  await expect(page).toHaveTitle('Connect – Vestibule');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Connect');
  await expect(person.connect.serverAddress).toBeFocused();
  await expect(page).toHaveURL(`${server.origin}/`);
  await expect(page.locator('input')).toHaveCount(1);
  await expect(page.locator('body > [role=status]')).toHaveText(/^Connect, .?1.? of .?4.?$/);
  expect(sent.filter((each) => each.startsWith('POST') || !/\.[a-z]+$|\/$/.test(each))).toEqual([
    'GET /.well-known/oauth-authorization-server',
  ]);
  expect(await page.evaluate(() => [document.cookie, history.length])).toEqual(['visited=1', 2]);
  expect(await readRecords(page)).toBe('');
});

test('what is made ready leaves a stage alone that shows meanwhile', async ({ page, person, server }) => {
  await person.open('user');
  const device = page.getByRole('radio', { checked: true });
  await expect(device).toHaveCount(1);
  // The page has something else to do until the answer is there, which comes after the stage to begin at is known.
  await page.addInitScript(() => {
    const held: IdleRequestCallback[] = [];
    const whenIdle = self.requestIdleCallback.bind(self);
    self.requestIdleCallback = (act) => held.push(act);
    const release = (): void => {
      self.requestIdleCallback = whenIdle;
      held.forEach((act) => whenIdle(act));
    };
    Object.assign(self, { release });
  });
  await page.goto(server.origin);
  await person.user.expectShown();
  await page.evaluate(() => (Reflect.get(self, 'release') as () => void)());
  await idle(page);
  await expect(page.getByRole('combobox')).toBeVisible();
  // At once: with whatever changes next, it would be ticked again.
  expect(await device.count()).toBe(1);
});
