import { sessionCookies } from '../fixtures/cookies.ts';
import { Hold, sendHeld } from '../fixtures/hold.ts';
import { expect, test } from '../fixtures/lost.ts';
import type { Page } from '@playwright/test';

// Where a service worker takes over, a test does not get hold of the requests of that moment.
test.use({ serviceWorkers: 'block' });

const CHALLENGE = '/oauth/authorize-challenge';

/** What is posted from now on, by its path. */
function posted(page: Page): string[] {
  const paths: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST') paths.push(new URL(request.url()).pathname);
  });
  return paths;
}

test('on the own origin the code is one request, which nothing holds up', async ({ page, person }) => {
  await person.open('code');
  const code = await person.accessCode();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
  await person.code.enter(code);
  await person.expectAt('user');
  // The icon comes whenever there is nothing else to do.
  expect(asked.filter((request) => !request.includes('icon-'))).toEqual([`POST ${CHALLENGE}`]);
});

test('a server of an older build answers with a code, and the session is opened by it', async ({ page, person, mail }) => {
  await person.open('code');
  const code = await person.accessCode();
  await page.route(`**${CHALLENGE}`, (route) =>
    // Which knows nothing of this member.
    route.continue({ postData: (route.request().postData() ?? '').replace(/&code_verifier=[^&]*/, '') }),
  );
  const paths = posted(page);
  await person.code.enter(code);
  await person.expectAt('user');
  expect(paths).toEqual([CHALLENGE, '/api/session']);
  await page.reload();
  await person.expectAt('user');
  expect(mail.received).toHaveLength(1);
});

test('a proxy that keeps our header from the server costs a request, and no sign-in', async ({ page, person }) => {
  await person.open('code');
  const code = await person.accessCode();
  await page.route(`**${CHALLENGE}`, async (route) => {
    const headers = { ...route.request().headers() };
    delete headers['x-vestibule'];
    await route.continue({ headers });
  });
  const paths = posted(page);
  await person.code.enter(code);
  await person.expectAt('user');
  expect(paths).toEqual([CHALLENGE, '/api/session']);
});

test.describe('while the answer is on its way,', () => {
  test('a reload is signed in, and by the same session', async ({ page, person, mail }) => {
    await person.open('code');
    const hold = await Hold.of(page, CHALLENGE, { reaches: true });
    await person.code.enter(await person.accessCode());
    await hold.atLeast(1);
    hold.end();
    await page.reload();
    await person.expectAt('user');
    await person.user.listSessions(1);
    expect(mail.received).toHaveLength(1);
  });

  test('a browser that is killed and started again is signed in, and by one session', async ({ startPhone, mail }) => {
    const { phone, person } = await startPhone();
    await person.open('code');
    const hold = await Hold.of(phone.page, CHALLENGE, { reaches: true });
    await person.code.enter(await person.accessCode());
    await hold.atLeast(1);
    await phone.kill9();

    const { person: again } = await startPhone();
    await again.page.goto(again.server);
    await again.expectAt('user');
    await again.user.listSessions(1);
    expect(mail.received).toHaveLength(1);
  });
});

test.describe('two tabs send the code at once,', () => {
  for (const [answered, order] of [
    ['in the order of the questions', [0, 1]],
    ['the other way round', [1, 0]],
  ] as const) {
    test(`and the answers come ${answered}: both are signed in, by one session`, async ({
      context,
      person,
      otherTab,
      mail,
    }) => {
      await person.open('code');
      const other = await otherTab();
      await other.page.goto(person.page.url());
      await other.expectAt('code');
      const code = await person.accessCode();
      const holds = await sendHeld([person, other], code, { reaches: true });
      const before = await sessionCookies(context);
      expect(before).toHaveLength(1);
      for (const index of order) await holds[index]?.release();
      for (const tab of [person, other]) await tab.expectAt('user');
      for (const tab of [person, other]) {
        await tab.page.reload();
        await tab.expectAt('user');
      }
      expect((await sessionCookies(context)).map(({ value }) => value)).toEqual(before.map(({ value }) => value));
      await person.user.listSessions(1);
      expect(mail.received).toHaveLength(1);
    });
  }
});
