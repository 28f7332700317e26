import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';
import { selfSigned } from '../fixtures/certificate.ts';
import { expect, Person, GRACE, test } from '../fixtures/lost.ts';
import { serveBoth, serveHttp } from '../fixtures/services.ts';

const DISCOVERY = '/.well-known/oauth-authorization-server';

/** Addresses that the page sends anything to but a look whether something is there. */
function watchSteps(page: Page): string[] {
  const steps: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST') steps.push(new URL(request.url()).protocol);
  });
  return steps;
}

test.describe('from an encrypted page', () => {
  test.use({ scheme: 'https', host: 'uc.example.com', ignoreHTTPSErrors: true });
  // No worker where the certificate is not trusted, as the browser says itself.
  test.beforeEach(({ complaints }) => complaints.allow(/SSL certificate error/));

  test('an http address is told to be out of reach, and the https one is offered to tap', async ({
    page,
    person,
    server,
    complaints,
    axe,
  }) => {
    complaints.allow(/Mixed Content|ERR_BLOCKED|ERR_FAILED|blocked/i);
    await person.open('connect');
    await person.connect.connect(server.origin.replace('https:', 'http:'));
    await person.connect.expectRefused(person.connect.serverAddress, /does not let this encrypted page reach/);
    await axe();
    await page.getByRole('button', { name: /^Use / }).filter({ hasText: server.origin }).click();
    await person.expectAt('account');
    await person.walk('account', 'user');
  });
});

test('a certificate that is not trusted is not taken for a missing network', async ({ person, folder, complaints }) => {
  complaints.allow(/ERR_CERT/);
  const paths = await selfSigned(folder);
  const [cert, key] = await Promise.all([readFile(paths.certificate), readFile(paths.key)]);
  const untrusted = createServer({ cert, key }, (_, response) => response.end()).listen(0, '127.0.0.1');
  await once(untrusted, 'listening');
  await person.open('connect');
  await person.connect.connect(`https://localhost:${(untrusted.address() as AddressInfo).port}`);
  await person.connect.expectRefused(person.connect.serverAddress, /certificate may\s+not be trusted/);
  untrusted.close();
});

test.describe('a redirect', () => {
  test('within http is followed, and the final address is kept', async ({ page, person, server, elsewhere }) => {
    const redirecting = await serveHttp((_, response) => {
      const headers = { 'Access-Control-Allow-Origin': '*', Location: server.origin + DISCOVERY };
      response.writeHead(301, headers).end();
    });
    await person.connect.open(elsewhere.origin);
    await person.connect.connect(`http://localhost:${redirecting.port}`);
    await person.expectAt('account');
    await person.walk('account', 'user');
    // Asked once, for where to go.
    expect(redirecting.asked).toEqual([`GET ${DISCOVERY}`]);
    await expect(page.getByText(new URL(server.origin).host).first()).toBeVisible();
    await redirecting.stop();
  });

  test.describe('from http to https that a page cannot follow', () => {
    test.use({ scheme: 'https', ignoreHTTPSErrors: true });

    test('is seen through, and every later request goes to https', async ({
      page,
      server,
      elsewhere,
      mail,
      complaints,
    }) => {
      complaints.allow(/CORS policy|ERR_FAILED|Mixed Content/);
      const tlsPort = Number(new URL(server.origin).port);
      const front = await serveBoth((request, response) => {
        response.writeHead(301, { Location: `https://${request.headers.host}${request.url}` }).end();
      }, tlsPort);
      const address = `https://localhost:${front.port}`;
      await server.stop();
      await server.reconfigure({ public_addresses: [address] });
      await server.start();

      const steps = watchSteps(page);
      const person = new Person(page, GRACE, mail, address.replace('https:', 'http:'));
      await person.open('user', elsewhere.origin);
      expect(new Set(steps)).toEqual(new Set(['https:']));
      await page.goto(elsewhere.origin);
      await person.expectAt('user');
      await person.user.signOut();
      await expect(page.getByRole('button', { name: address, exact: true })).toBeVisible();
      await front.stop();
    });
  });
});
