import type { RequestListener } from 'node:http';
import { freePort } from '../fixtures/files.ts';
import { expect, test } from '../fixtures/lost.ts';
import { serveHttp, type Service } from '../fixtures/services.ts';

// Where a service worker takes over, a test does not get hold of the requests of that moment.
test.use({ serviceWorkers: 'block' });

const DISCOVERY = '/.well-known/oauth-authorization-server';
const CORS = { 'Access-Control-Allow-Origin': '*' };

// Where something answers over http that lets no page in, https is tried once.
const CLOSED = /CORS policy|ERR_FAILED|ERR_SSL_PROTOCOL_ERROR|404|502/;

/** What answers at the address, and what is told. `complains`: what the browser says of it by itself. */
const ANSWERS: Record<string, { answer: RequestListener; told: RegExp; complains?: RegExp }> = {
  'something without CORS that has no such file': {
    answer: (_, response) => response.writeHead(404).end('nothing'),
    told: /Something answers at this address, but does not let this page sign in/,
    complains: CLOSED,
  },
  'something without CORS that has some page for everything': {
    answer: (_, response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>Welcome</h1>'),
    told: /Something answers at this address, but does not let this page sign in/,
    complains: CLOSED,
  },
  "a proxy's own error without CORS": {
    answer: (_, response) => response.writeHead(502).end('<h1>Bad Gateway</h1>'),
    told: /Something answers at this address, but does not let this page sign in/,
    complains: CLOSED,
  },
  'a server that is ill': {
    answer: (_, response) => response.writeHead(503, CORS).end('down'),
    told: /The server has a fault at the moment/,
    complains: /503/,
  },
  'a web page': {
    answer: (_, response) => response.writeHead(200, { ...CORS, 'Content-Type': 'text/html' }).end('<h1>Welcome</h1>'),
    told: /is not a sign-in server/,
  },
  'a sign-in server of another kind': {
    answer: ({ headers }, response) => {
      const issuer = `http://${headers.host}`;
      const metadata = { issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token` };
      response.writeHead(200, { ...CORS, 'Content-Type': 'application/json' }).end(JSON.stringify(metadata));
    },
    told: /is not a sign-in server/,
  },
  'a server that would have the sign-in sent to another machine': {
    answer: ({ headers }, response) => {
      const issuer = `http://${headers.host}`;
      const elsewhere = 'http://uc.example.org';
      const metadata = {
        issuer,
        token_endpoint: `${issuer}/token`,
        response_types_supported: ['code'],
        authorization_challenge_endpoint: `${elsewhere}/challenge`,
        uc_configuration: 'integrated',
        service_name: 'Elsewhere',
      };
      response.writeHead(200, { ...CORS, 'Content-Type': 'application/json' }).end(JSON.stringify(metadata));
    },
    told: /another machine, so nothing was sent/,
  },
  'something that closes the connection': {
    answer: (request) => request.socket.destroy(),
    told: /Nothing answers at this address/,
    complains: /ERR_EMPTY_RESPONSE|ERR_CONNECTION/,
  },
};

test.describe('what answers at the address is told apart, and the right address then connects:', () => {
  for (const isLoud of [false, true]) {
    const answers = Object.entries(ANSWERS).filter(([, { complains }]) => (complains !== undefined) === isLoud);

    test(answers.map(([kind]) => kind).join('; '), async ({ page, person, complaints, axe }) => {
      await person.open('connect');
      for (const [kind, { answer, told, complains }] of answers) {
        await test.step(kind, async () => {
          if (complains !== undefined) complaints.allow(complains);
          const other = await serveHttp(answer);
          await expect(person.connect.serverAddress).not.toHaveAttribute('aria-invalid', 'true');
          await person.connect.connect(`http://localhost:${other.port}`);
          await person.connect.expectRefused(person.connect.serverAddress, told);
          await expect(person.connect.serverAddress).toHaveValue(`http://localhost:${other.port}`);
          await axe();
          await person.pass('connect');
          await page.goBack();
          await person.expectAt('connect');
          await other.stop();
        });
      }
    });
  }

  test('nothing sent to what does not let this page in but what finds that out', async ({ person, complaints }) => {
    complaints.allow(CLOSED);
    const other = await serveHttp((_, response) => response.writeHead(404).end());
    await person.open('connect');
    await person.connect.connect(`http://localhost:${other.port}`);
    await person.connect.expectRefused(person.connect.serverAddress, /does not let this page sign in/);
    expect(other.asked.filter((asked) => asked !== `GET ${DISCOVERY}` && asked !== 'GET /')).toEqual([]);
    await other.stop();
  });
});

test.describe('a server that does not answer', () => {
  let silent: Service;
  test.beforeEach(async ({ page }) => {
    silent = await serveHttp(() => {});
    await page.clock.install();
  });
  test.afterEach(() => silent.stop());

  test('is given up after 10 seconds', async ({ page, person, axe }) => {
    await person.open('connect');
    await person.connect.connect(`http://localhost:${silent.port}`);
    await expect.poll(() => silent.asked).toEqual([`GET ${DISCOVERY}`]);
    await page.clock.fastForward('00:11');
    await person.connect.expectRefused(person.connect.serverAddress, /took too long to answer/);
    await axe();
    await person.pass('connect');
  });

  test('can be cancelled, and the next try starts afresh', async ({ page, person }) => {
    await person.open('connect');
    await person.connect.connect(`http://localhost:${silent.port}`);
    await person.connect.cancelButton.click();
    await person.pass('connect');
    await page.clock.fastForward('00:40');
    await person.expectAt('account');
    await expect(person.account.error).toHaveCount(0);
  });
});

test.describe('from a page somewhere else', () => {
  test.use({ host: 'uc.example.com', config: { allow_plain_http: true } });

  test('an address of a local network where nothing answers is told with what the browser may ask', async ({
    person,
    complaints,
    axe,
  }) => {
    complaints.allow(/ERR_CONNECTION_REFUSED|CORS policy|ERR_FAILED|local network/i);
    await person.open('connect');
    await person.connect.connect(`http://127.0.0.1:${await freePort()}`);
    await person.connect.expectRefused(person.connect.serverAddress, /belongs to a local network/);
    await axe();
    await person.pass('connect');
  });
});

test.describe('one server, several addresses', () => {
  test('another address than its own is told, and the right one is offered to tap', async ({
    page,
    server,
    person,
    axe,
  }) => {
    await person.open('connect');
    await person.connect.connect(`http://127.0.0.1:${new URL(server.origin).port}`);
    await person.connect.expectRefused(person.connect.serverAddress, /is to be reached by another address/);
    await axe();
    await page.getByRole('button', { name: /^Use / }).filter({ hasText: server.origin }).click();
    await person.expectAt('account');
    await person.walk('account', 'user');
  });

  test('an IPv6 literal in brackets connects', async ({ server, person }) => {
    const { port } = new URL(server.origin);
    const address = `http://[::1]:${port}`;
    await server.stop();
    await server.reconfigure({ listen: [`127.0.0.1:${port}`, `[::1]:${port}`], public_addresses: [server.origin, address] });
    await server.start();
    await person.open('connect', address);
    await person.connect.connect(address);
    await person.expectAt('account');
    await person.walk('account', 'user');
  });

  test('what is typed is understood, and said', async ({ page, person }) => {
    await person.open('connect');
    for (const [typed, understood] of [
      ['2001:db8::7', 'https://[2001:db8::7]'],
      ['http://2001:DB8:0::7/uc/', 'http://[2001:db8::7]/uc'],
      [' UC.Example.COM/ ', 'https://uc.example.com'],
      ['uc.example.com:8443', 'https://uc.example.com:8443'],
    ] as const) {
      await person.connect.serverAddress.fill(typed);
      await expect(page.getByText(/^Connects to/), typed).toContainText(understood);
    }
  });
});

test('a picture that the server names and does not have stops nobody', async ({ page, person, complaints }) => {
  complaints.allow(/logo\.svg/);
  await page.route(`**${DISCOVERY}`, async (route) => {
    const response = await route.fetch();
    const metadata = (await response.json()) as Record<string, unknown>;
    return route.fulfill({ response, json: { ...metadata, logo_uri: `${person.server}/logo.svg` } });
  });
  await person.open('user');
});

test.describe('an old bookmark', () => {
  for (const path of ['/code', '/credentials', '/account', '/user', '/?x=y', '/code?otp=123456&state=x#y', '/user?x=y']) {
    test(`to ${path} leads to the first stage, without a dead end`, async ({ page, person }) => {
      await person.open('connect');
      await page.goto(person.server + path);
      await person.expectAt('connect');
      await person.walk('connect', 'user');
    });
  }

  test('to a stage, with a server remembered, leads to a stage that works', async ({ page, person }) => {
    await person.open('account');
    await page.goto(`${person.server}/code?x=y`);
    await person.expectAt('account');
    await person.walk('account', 'user');
  });
});
