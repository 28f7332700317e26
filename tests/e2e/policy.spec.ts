import { freePort, temporaryFolder } from '../fixtures/files.ts';
import { Server } from '../fixtures/server.ts';
import { codeIn, expect, GRACE, mailBy, otherCode, test as base } from '../fixtures/test.ts';
import { Violations } from '../fixtures/violations.ts';
import { Person } from '../pages/person.ts';

const NUMBER = '+4915123456789';
const ROUTES = ['/', '/account', '/credentials', '/code', '/user'];

const test = base.extend<{ violations: Violations; other: Server }>({
  violations: async ({ context }, use) => use(await Violations.of(context)),

  /** A second server, which lets the page of the first one sign in. */
  other: async ({ mail, server }, use) => {
    const folder = await temporaryFolder();
    const clients = [{ id: 'vestibule', origins: [server.origin] }];
    const other = await Server.configure(folder.path, `http://localhost:${await freePort()}`, {
      ...mailBy(mail),
      clients,
    });
    await other.addAccount(GRACE);
    await other.start();
    await use(other);
    await other.stop();
    await folder.remove();
  },
});

/** A whole sign-in with everything that the stages can show: refusals, what opens, what can be set, the way out. */
async function walk(person: Person, pageOrigin: string): Promise<void> {
  const { connect, account, credentials, code, user, mail } = person;
  await connect.open(pageOrigin);
  await connect.connect('ada@example.com');
  await connect.expectRefused(connect.serverAddress, /e-mail address/);
  await connect.connect(person.server);
  await account.expectShown();
  await account.signIn(GRACE.name, '12');
  await account.expectRefused(account.cellNumber, /too short/);
  await account.cellNumber.fill(NUMBER);
  await account.signInButton.click();
  await credentials.expectShown();
  await credentials.showPassword.click();
  await credentials.signIn('not the password');
  await credentials.expectRefused(credentials.password, /is not right/);
  await credentials.signIn(GRACE.password);
  await code.expectShown();
  const right = codeIn(await mail.next(GRACE.email));
  await code.submit('12');
  await code.expectRefused(code.accessCode, /some are missing/);
  await code.submit(otherCode(right));
  await code.expectRefused(code.accessCode, /is wrong/);
  await person.page.reload();
  await code.expectShown();
  await code.enter(right);
  await user.expectShown();
  await user.prefer('Auto-Pilot');
  await user.toggleRouteCallsToCell();
  await user.listSessions(1);
  await user.openPasswordForm();
  await user.changePassword('not the password', 'plaster violet cabinet');
  await user.expectRefused(user.currentPassword, /not your current password/);
  await user.signOut();
  await connect.expectShown();
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme} colours the policy forbids nothing that the page does`, () => {
    test.use({ colorScheme });

    test('on the origin of the server', async ({ page, mail, server, violations }) => {
      await walk(new Person(page, GRACE, mail, server.origin), server.origin);
      await violations.expectNone(page);
    });

    test('on another origin', async ({ page, mail, server, other, violations }) => {
      await walk(new Person(page, GRACE, mail, other.origin), server.origin);
      await violations.expectNone(page);
    });
  });
}

/** Each does something that the policy forbids, and is reported under this directive. */
const FORBIDDEN: readonly (readonly [string, string, () => void])[] = [
  ['a style in an attribute', 'style-src-attr', () => document.body.insertAdjacentHTML('beforeend', '<p style="color:red">')],
  [
    'a style in the document',
    'style-src-elem',
    () => document.head.append(Object.assign(document.createElement('style'), { textContent: 'p { color: red }' })),
  ],
  [
    'a script in the document',
    'script-src-elem',
    () => document.head.append(Object.assign(document.createElement('script'), { textContent: 'window.name = "in"' })),
  ],
  [
    'a script of another host',
    'script-src-elem',
    () => document.head.append(Object.assign(document.createElement('script'), { src: 'https://example.com/x.js' })),
  ],
  [
    'a script in an attribute',
    'script-src-attr',
    () => document.body.insertAdjacentHTML('beforeend', '<i onclick="window.name = 1"></i>'),
  ],
  ['a picture without encryption', 'img-src', () => Object.assign(new Image(), { src: 'http://example.com/x.png' })],
  ['a socket', 'connect-src', () => new WebSocket('wss://example.com/')],
  [
    'a frame',
    'frame-src',
    () => document.body.append(Object.assign(document.createElement('iframe'), { src: 'https://example.com/' })),
  ],
  [
    'a new base',
    'base-uri',
    () => document.head.prepend(Object.assign(document.createElement('base'), { href: 'https://example.com/' })),
  ],
  ['text as a script', 'script-src', () => setTimeout('window.name = "in"')],
];

test('what the policy forbids is reported, each by its directive', async ({
  connectPage,
  page,
  server,
  violations,
  complaints,
}) => {
  complaints.allow(/Content Security Policy|Refused to|WebSocket/);
  await connectPage.open(server.origin);
  for (const [what, directive, act] of FORBIDDEN) {
    await test.step(what, async () => {
      violations.forget();
      await page.evaluate(act);
      await expect.poll(() => violations.directives).toContain(directive);
      await expect(violations.expectNone(page)).rejects.toThrow(directive);
    });
  }
});

test('no page can have this one in a frame', async ({ page, elsewhere, server, complaints }) => {
  complaints.allow(/frame-ancestors|Framing|ERR_BLOCKED_BY_RESPONSE/);
  await page.route(`${elsewhere.origin}/frame`, (route) =>
    route.fulfill({ contentType: 'text/html', body: `<iframe src="${server.origin}/"></iframe>` }),
  );
  await page.goto(`${elsewhere.origin}/frame`);
  const [frame] = page.frames().slice(1);
  await expect.poll(() => frame?.url()).toBe('chrome-error://chromewebdata/');
});

test('every answer of the page has its headers', async ({ request, page, connectPage, server }) => {
  await connectPage.open(server.origin);
  const scripts = await page.evaluate(() =>
    performance.getEntriesByType('resource').map((entry) => new URL(entry.name).pathname),
  );
  const files = scripts.filter((path) => /\.(js|wasm|css)$/.test(path));
  expect(files.length).toBeGreaterThan(0);
  for (const path of [...ROUTES, ...files, '/nowhere.js']) {
    const headers = (await request.get(`${server.origin}${path}`)).headers();
    const policy = headers['content-security-policy'] ?? '';
    expect(policy, path).toContain("default-src 'none'");
    expect(policy, path).toContain("frame-ancestors 'none'");
    expect(policy, path).toMatch(/script-src 'self' 'wasm-unsafe-eval'( 'sha256-[^']+')+;/);
    expect(policy, path).not.toMatch(/unsafe-inline|'unsafe-eval'|\*|nonce/);
    expect(headers, path).toMatchObject({ 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff' });
    expect(headers['permissions-policy'], path).toContain('camera=()');
    // Over plain http nothing is promised about https.
    expect(headers['strict-transport-security'], path).toBeUndefined();
  }
  for (const path of files) {
    const headers = (await request.get(`${server.origin}${path}`)).headers();
    const isNamedByContent = /-[0-9a-f]{16}\./.test(path);
    expect(headers['cache-control']?.includes('immutable') ?? false, path).toBe(isNamedByContent);
    if (path.endsWith('.wasm')) expect(headers['content-type']).toBe('application/wasm');
  }
});

test('no answer of the API is kept, nor guessed to be another type', async ({ request, server }) => {
  const ask = { headers: { 'X-Vestibule': '1', Origin: server.origin } };
  for (const path of ['/api/me', '/api/sessions']) {
    const answer = await request.get(`${server.origin}${path}`, ask);
    expect(answer.status(), path).toBe(401);
    expect(answer.headers(), path).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  }
  for (const path of ['/oauth/authorize-challenge', '/oauth/token']) {
    const answer = await request.post(`${server.origin}${path}`, { ...ask, form: {} });
    expect(answer.status(), path).toBe(400);
    expect(answer.headers(), path).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  }
});

test.describe('over https', () => {
  test.use({ scheme: 'https', ignoreHTTPSErrors: true });

  test('the page is to be reached by https from then on', async ({ request, server }) => {
    for (const path of ROUTES) {
      const headers = (await request.get(`${server.origin}${path}`)).headers();
      expect(headers['strict-transport-security'], path).toMatch(/max-age=\d{8}/);
      expect(headers['cross-origin-opener-policy'], path).toBe('same-origin');
    }
  });
});
