import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { freePort } from '../fixtures/files.ts';
import { expect, test } from '../fixtures/test.ts';

// Where a service worker takes over, a test does not get hold of the requests of that moment.
test.use({ serviceWorkers: 'block' });

test("the page's own server is filled in", async ({ server, connectPage }) => {
  await connectPage.open(server.origin);
  await expect(connectPage.serverAddress).toHaveValue(new RegExp(new URL(server.origin).host));
});

test('what is typed replaces an address that is filled in late', async ({ page, server, connectPage }) => {
  let answer = (): void => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route('**/.well-known/**', async (route) => {
    await held;
    await route.continue();
  });
  await connectPage.open(server.origin);
  await expect(connectPage.serverAddress).toBeFocused();
  answer();
  await expect(connectPage.serverAddress).toHaveValue(server.origin);
  await page.keyboard.type('uc.example.org');
  await expect(connectPage.serverAddress).toHaveValue('uc.example.org');
});

test('letter case, blanks and slashes around the address make no difference', async ({
  server,
  connectPage,
  accountPage,
}) => {
  await connectPage.open(server.origin);
  await connectPage.connect(`  HTTP://LocalHost:${new URL(server.origin).port}//  `);
  await accountPage.expectShown();
});

const REFUSED = [
  ['ftp://uc.example.com', /begins with http:/],
  ['http://https://uc.example.com', /twice/],
  ['ada@example.com', /e-mail address/],
  ['http://ada:pw@uc.example.com', /before an @/],
  ['http://', /not a server address/],
] as const;

for (const [address, told] of REFUSED) {
  test(`${address} is refused under the field, and nothing is sent`, async ({ page, server, connectPage, axe }) => {
    await connectPage.open(server.origin);
    await page.waitForLoadState('networkidle');
    const sent: string[] = [];
    page.on('request', (request) => sent.push(request.url()));
    await connectPage.connect(address);
    await connectPage.expectRefused(connectPage.serverAddress, told);
    expect(sent).toEqual([]);
    await axe();
  });
}

test('an address where nothing answers is told, and the right one then connects', async ({
  server,
  connectPage,
  accountPage,
  complaints,
  axe,
}) => {
  complaints.allow(/ERR_CONNECTION_REFUSED|blocked by CORS policy/);
  await connectPage.open(server.origin);
  await connectPage.connect(`http://localhost:${await freePort()}`);
  await connectPage.expectRefused(connectPage.serverAddress, /Nothing answers/);
  await expect(connectPage.serverAddress).toBeEditable();
  await axe();
  await connectPage.connect(server.origin);
  await accountPage.expectShown();
});

test('another kind of server is told as such', async ({ server, connectPage, complaints, axe }) => {
  complaints.allow(/404|Not Found/);
  const other = createServer((_request, response) => {
    response
      .writeHead(404, { 'Access-Control-Allow-Origin': '*', 'Content-Type': 'text/html' })
      .end('<h1>Not here</h1>');
  }).listen(0, '127.0.0.1');
  await connectPage.open(server.origin);
  await connectPage.connect(`http://localhost:${(other.address() as AddressInfo).port}`);
  await connectPage.expectRefused(connectPage.serverAddress, /not a sign-in server/);
  await axe();
  other.close();
});

test('connecting can be cancelled', async ({ server, connectPage }) => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  await connectPage.open(server.origin);
  await connectPage.connect(`http://localhost:${(silent.address() as AddressInfo).port}`);
  await connectPage.cancelButton.click();
  await expect(connectPage.serverAddress).toBeEditable();
  await expect(connectPage.connectButton).toBeEnabled();
  silent.closeAllConnections();
  silent.close();
});
