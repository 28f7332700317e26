import type { Page } from '@playwright/test';
import { Builds } from '../fixtures/build.ts';
import { gate, holdDocument } from '../fixtures/hold.ts';
import { expect, test as base } from '../fixtures/lost.ts';
import { TroublePage } from '../pages/trouble.ts';

const WASM = /\.wasm$/;

interface Fixtures {
  /** Holds the WebAssembly back until it is called. */
  deliver: () => void;
}

/** The page is opened while its program is still on its way. */
const test = base.extend<Fixtures>({
  deliver: async ({ page }, use) => {
    const { opened, open } = gate();
    await page.route(WASM, async (route) => {
      await opened;
      await route.continue();
    });
    await use(open);
    open();
  },
});

test.use({ serviceWorkers: 'block' });

/** Runs in the page: whether the program has taken the first screen over. */
async function takenOver(page: Page): Promise<void> {
  await expect(page.locator('#connect')).toHaveAttribute('data-ready', '');
}

async function open(page: Page, url: string): Promise<void> {
  await page.goto(url, { waitUntil: 'commit' });
  await page.getByRole('button', { name: 'Connect' }).waitFor();
}

test('what is typed before the program is there stays, with the focus and what is selected, in the same field', async ({
  page,
  server,
  person,
  deliver,
}) => {
  await open(page, server.origin);
  await expect(person.connect.serverAddress).toBeFocused();
  await page.keyboard.type('uc.example.org/path');
  const field = await person.connect.serverAddress.elementHandle();
  await field?.evaluate((input: HTMLInputElement) => input.setSelectionRange(3, 10));
  deliver();
  await takenOver(page);
  await expect(page.getByText(/^Connects to/)).toBeVisible();
  expect(
    await field?.evaluate((input: HTMLInputElement) => [
      input.isConnected,
      input === document.activeElement,
      input.value,
      input.selectionStart,
      input.selectionEnd,
    ]),
  ).toEqual([true, true, 'uc.example.org/path', 3, 10]);
});

test('an early Connect is kept, and done by the program', async ({ page, server, person, deliver, axe }) => {
  await open(page, server.origin);
  await person.connect.serverAddress.fill(server.origin);
  await person.connect.connectButton.click();
  await expect(page.getByRole('button', { name: 'Connecting…' })).toBeVisible();
  await axe();
  deliver();
  await person.expectAt('account');
});

test('whoever goes on typing after an early Connect has not meant it', async ({ page, server, person, deliver }) => {
  await open(page, server.origin);
  await person.connect.serverAddress.fill('uc.example.or');
  await page.keyboard.press('Enter');
  await page.keyboard.type('g');
  await expect(person.connect.connectButton).toBeVisible();
  deliver();
  await takenOver(page);
  await expect(person.connect.serverAddress).toHaveValue('uc.example.org');
  await expect(person.connect.error).toHaveCount(0);
  await person.expectAt('connect');
});

for (const [what, events] of [
  ['an early Connect before the first paint is kept', ['submit']],
  ['an early Connect before the first paint, and a key after it, is not meant', ['submit', 'input']],
] as const) {
  test(what, async ({ page, server, person, deliver }) => {
    await page.addInitScript((names) => {
      new MutationObserver((_, observer) => {
        // What comes after the script has been read.
        if (document.getElementById('starting') === null) return;
        observer.disconnect();
        const form = document.querySelector<HTMLFormElement>('#connect');
        const field = form?.querySelector('input');
        if (!form || !field || performance.getEntriesByType('paint').length > 0) throw new Error('too late');
        field.value = location.origin;
        for (const name of names) form.dispatchEvent(new Event(name, { cancelable: true }));
      }).observe(document, { childList: true, subtree: true });
    }, events);
    await page.goto(server.origin, { waitUntil: 'commit' });
    const isMeant = events.length === 1;
    await page.getByRole('button', { name: isMeant ? 'Connecting…' : 'Connect', exact: true }).waitFor();
    deliver();
    if (isMeant) return person.expectAt('account');
    await takenOver(page);
    await person.expectAt('connect');
    await expect(person.connect.serverAddress).toHaveValue(server.origin);
  });
}

test('what is tapped in the moment of the take-over is refused as at any other', async ({ page, server, person, deliver }) => {
  await page.addInitScript(() => {
    new MutationObserver((_, observer) => {
      const form = document.querySelector<HTMLFormElement>('#connect[data-ready]');
      const field = form?.querySelector('input');
      if (!form || !field) return;
      observer.disconnect();
      field.value = 'ftp://uc.example.com';
      field.blur();
      form.requestSubmit();
    }).observe(document, { attributes: true, subtree: true });
  });
  await open(page, server.origin);
  deliver();
  await person.connect.expectRefused(person.connect.serverAddress, /begins with http:/);
  // Whatever follows the take-over has followed.
  await expect(page).toHaveTitle(/^Connect/);
  await expect(page.getByRole('alert')).toHaveCount(1);
});

test('a first screen that was held back takes typing in the frame in which it shows', async ({ page, server, person }) => {
  await page.addInitScript(() => {
    const seen = ((globalThis as unknown as { seen: boolean[] }).seen = []) as boolean[];
    const look = (): void => {
      if (document.querySelector('#connect[data-ready]') === null) return void requestAnimationFrame(look);
      seen.push(document.activeElement?.id === 'address');
    };
    requestAnimationFrame(look);
  });
  await page.goto(`${server.origin}/account`);
  await person.expectAt('connect');
  await expect.poll(() => page.evaluate(() => (globalThis as unknown as { seen: boolean[] }).seen)).toEqual([true]);
});

test('the take-over moves nothing', async ({ page, server, deliver }) => {
  await page.addInitScript(() => {
    const shifts = ((globalThis as unknown as { shifts: number[] }).shifts = []);
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) shifts.push((entry as PerformanceEntry & { value: number }).value as never);
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await open(page, server.origin);
  const box = () => page.getByRole('button', { name: 'Connect' }).boundingBox();
  const before = await box();
  deliver();
  await takenOver(page);
  await page.getByRole('combobox').waitFor();
  expect(await box()).toEqual(before);
  expect(await page.evaluate(() => (globalThis as unknown as { shifts: number[] }).shifts)).toEqual([]);
});

test('that it takes long is said after five seconds, and what was typed outlives a reload', async ({
  page,
  server,
  person,
  complaints,
  deliver,
}) => {
  complaints.allow(/ERR_ABORTED/);
  await open(page, server.origin);
  await person.connect.serverAddress.fill('uc.example.org');
  await expect(page.getByText('The page is still loading…')).toHaveCSS('opacity', '1', { timeout: 8_000 });
  deliver();
  await takenOver(page);
  await expect(page.getByText('The page is still loading…')).toHaveCount(0);
  await page.reload();
  await takenOver(page);
  await expect(person.connect.serverAddress).toHaveValue('uc.example.org');
});

/** What is typed before the page reloads itself, and what while it does: a line that ends is Connect tapped. */
const LEFT: Record<string, { before?: string; meanwhile?: string; connects?: true }> = {
  'nothing that was typed': { before: 'uc.example.org' },
  'no early Connect': { before: 'SERVER\n', connects: true },
  'nothing that is typed meanwhile': { meanwhile: 'uc.example.org' },
  'nothing that is added meanwhile': { before: 'uc.example', meanwhile: '.org' },
  'no Connect that is tapped meanwhile': { before: 'SERVER', meanwhile: '\n', connects: true },
  'no going on after an early Connect': { before: 'uc.example\n', meanwhile: '.org' },
};

for (const [what, { before = '', meanwhile = '', connects }] of Object.entries(LEFT)) {
  test(`a program that does not come costs a reload and ${what}`, async ({ page, server, person, complaints }) => {
    complaints.allow(/404|wasm/);
    const trouble = new TroublePage(page);
    const isTyped = gate();
    await page.route(WASM, async (route) => {
      // By loads of the page: a browser may ask for one file twice at one time.
      if (trouble.loads > 1) return route.continue();
      await isTyped.opened;
      await route.fulfill({ status: 404 });
    });
    // By keys: what looks for an element while the page reloads waits for the next document.
    const type = async (typed: string): Promise<void> => {
      const [text = '', ...rest] = typed.replace('SERVER', server.origin).split('\n');
      await page.keyboard.insertText(text);
      if (rest.length > 0) await page.keyboard.press('Enter');
    };
    await page.goto(server.origin, { waitUntil: 'commit' });
    await expect(person.connect.serverAddress).toBeFocused();
    const deliver = await holdDocument(page, server.origin);
    await type(before);
    isTyped.open();
    await expect.poll(() => trouble.loads).toBe(2);
    await type(meanwhile);
    deliver();
    if (connects) return person.expectAt('account');
    await takenOver(page);
    await expect(person.connect.serverAddress).toHaveValue('uc.example.org');
    await expect(person.connect.error).toHaveCount(0);
    expect(new URL(page.url()).search).toBe('');
    await person.expectAt('connect');
  });
}

for (const [what, before] of [
  ['words about the start', '<p id="starting"'],
  ['words about what may go wrong', '<div id="trouble"'],
] as const) {
  test(`a program that is there before the ${what} waits for the end of the document`, async ({
    page,
    folder,
    behindProxy,
  }) => {
    const { first } = await Builds.make(folder);
    const { proxy, person } = await behindProxy();
    proxy.build = first;
    const isStarted = new Promise<void>((resolve) => void page.exposeFunction('tellStarted', resolve));
    await page.addInitScript(() =>
      addEventListener('TrunkApplicationStarted', () => (globalThis as unknown as { tellStarted(): void }).tellStarted()),
    );
    proxy.stall = { before, until: isStarted };
    await person.open('account');
    // That the page has looked for anything in vain is told at the end of every test.
    await expect(page.getByText('The page is still loading…')).toHaveCount(0);
  });
}

for (const [what, search] of [
  ['a link', 'server=uc.example.org'],
  ['a link that would have it be a reload', 'server=uc.example.org&left=0.25'],
] as const) {
  test(`an address in ${what} is filled in, and never connected to unasked`, async ({ page, server, person }) => {
    // As a reload that was stopped leaves it.
    await page.addInitScript(() => sessionStorage.setItem('vestibule-left', '0.5:1uc.example.com'));
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).hostname));
    await page.goto(`${server.origin}/?${search}`);
    await takenOver(page);
    await expect(person.connect.serverAddress).toHaveValue('uc.example.org');
    await expect(page).toHaveURL(`${server.origin}/`);
    await person.expectAt('connect');
    expect(asked.filter((host) => host.endsWith('example.org') || host.endsWith('example.com'))).toEqual([]);
  });
}

test('a form that is sent before any script runs comes back with what was typed', async ({ browser, server }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(server.origin);
  await page.getByRole('textbox', { name: 'Server Address' }).fill('uc.example.org');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(`${server.origin}/?server=uc.example.org`);
  await context.close();
});

test('a sign-in that is gone on with never shows the first screen', async ({ page, server, person }) => {
  await person.open('credentials');
  await page.addInitScript(() => {
    const seen = ((globalThis as unknown as { seen: string[] }).seen = []);
    const look = (): void => {
      const form = document.getElementById('connect');
      if (form !== null && getComputedStyle(form).visibility === 'visible') seen.push(location.pathname as never);
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  for (const path of ['/', '/credentials']) {
    await page.goto(`${server.origin}${path}`);
    await person.expectAt('credentials');
    expect(await page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen)).toEqual([]);
  }
});

test('nobody waits for cookies that the document brings along, but where it may be an old one', async ({ page, server }) => {
  await page.addInitScript(() => {
    const cookie = Object.getOwnPropertyDescriptor(Document.prototype, 'cookie');
    const looks = ((globalThis as unknown as { looks: number[] }).looks = []);
    Object.defineProperty(Document.prototype, 'cookie', {
      ...cookie,
      get() {
        looks.push(performance.now() as never);
        return cookie?.get?.call(this) as unknown;
      },
    });
  });
  const looks = () => page.evaluate(() => (globalThis as unknown as { looks: number[] }).looks.length);
  for (const visit of ['the first', 'another']) {
    await page.goto(server.origin);
    await takenOver(page);
    expect(await looks(), visit).toBe(0);
  }
  await page.goto('about:blank');
  await page.goBack();
  await takenOver(page);
  expect(await looks(), 'after Back').toBe(1);
  await page.addInitScript(() => {
    const now = Date.now.bind(Date);
    Date.now = () => now() + 60_000;
  });
  await page.reload();
  await takenOver(page);
  expect(await looks(), 'a minute later').toBe(1);
});
