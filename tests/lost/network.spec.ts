import type { Browser, Route } from '@playwright/test';
import { carryOn } from '../fixtures/carry-on.ts';
import { Complaints } from '../fixtures/console.ts';
import { expect, GRACE, Person, test } from '../fixtures/lost.ts';
import type { MailServer } from '../fixtures/mail.ts';

/** Where the one request is cut: before it leaves, or before its answer comes. */
const CUTS = ['it leaves', 'its answer comes'] as const;
type Cut = (typeof CUTS)[number];

async function cutOff(route: Route, cut: Cut): Promise<void> {
  // The server has done its part all the same.
  if (cut === 'its answer comes') await route.fetch({ maxRedirects: 0 });
  await route.abort('connectionreset');
}

/** A browser that a test watches keeps no file, and so asks for its picture at each stage: one of these is like all. */
const PICTURE_AGAIN = /icon-\S+ \(([2-9]|\d\d)\)$/;

/** A whole sign-in in a browser that knows nothing yet, with one request cut; gives what was asked for, in order. */
async function signIn(
  browser: Browser,
  where: { page: string; server: string },
  mail: MailServer,
  cut?: { request: string; before: Cut },
): Promise<string[]> {
  // What a service worker asks for is its own matter; without one, every request is the page's.
  const context = await browser.newContext({ serviceWorkers: 'block' });
  const complaints = await Complaints.of(context);
  // Lines for the cut, and for the one try over https where only the look over http was cut.
  complaints.allow(/net::ERR_CONNECTION_RESET|ERR_SSL_PROTOCOL_ERROR|^uncaught \(Failed to fetch/);
  const asked: string[] = [];
  await context.route('**/*', async (route) => {
    const name = `${route.request().method()} ${new URL(route.request().url()).pathname}`;
    // By name and number: what a browser asks for by itself comes in between at any time.
    const request = `${name} (${asked.filter((other) => other.startsWith(`${name} (`)).length + 1})`;
    asked.push(request);
    if (cut?.request === request) return cutOff(route, cut.before);
    return route.continue();
  });
  const mails = mail.received.length;
  const person = new Person(await context.newPage(), GRACE, mail, where.server);
  await carryOn(person, where.page);
  await person.expectAt('user');
  expect(mail.received.length - mails, 'mails of this sign-in').toBe(1);
  complaints.expectNone();
  // The picture of the tab may still be on its way.
  await context.unrouteAll({ behavior: 'wait' });
  await context.close();
  return asked;
}

test.describe('the network is cut at every single request of a sign-in, once each:', () => {
  // Each of them is a whole sign-in, from an empty cache.
  test.setTimeout(300_000);
  test.use({ config: { 'code.sends_per_hour': 1000 } });

  for (const before of CUTS) {
    for (const where of ["the server's own page", 'a page on another origin'] as const) {
      test(`before ${before}, from ${where}`, async ({ browser, server, elsewhere, mail }) => {
        const places = { page: where === 'a page on another origin' ? elsewhere.origin : server.origin, server: server.origin };
        const requests = await signIn(browser, places, mail);
        console.log(`cut before ${before}, from ${where}: ${requests.length} requests\n  ${requests.join('\n  ')}`);
        for (const request of requests.filter((request) => !PICTURE_AGAIN.test(request))) {
          await test.step(request, async () => {
            expect(await signIn(browser, places, mail, { request, before })).toContain(request);
          });
        }
      });
    }
  }
});
