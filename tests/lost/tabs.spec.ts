import { sessionCookies } from '../fixtures/cookies.ts';
import { sendHeld } from '../fixtures/hold.ts';
import { ADA, expect, GRACE, test, type Person } from '../fixtures/lost.ts';

const BEGUN_ELSEWHERE = 'A new sign-in was begun in another tab. This one still works with its own access code.';

async function expectNothingOfThePerson(person: Person): Promise<void> {
  await expect(person.page.getByText(GRACE.displayName)).toHaveCount(0);
  await expect(person.user.signOutButton).toHaveCount(0);
}

test.describe('two tabs of one browser:', () => {
  test('a second tab shows the stage of the first, and mails nothing', async ({ person, otherTab, mail }) => {
    await person.open('code');
    const other = await otherTab();
    await other.page.goto(person.server);
    await other.expectAt('code');
    expect(mail.received).toHaveLength(1);
  });

  for (const stage of ['connect', 'account', 'credentials', 'code'] as const) {
    test(`when one finishes, the other follows from the ${stage} stage`, async ({ person, otherTab, mail }) => {
      await person.open(stage);
      const other = await otherTab();
      if (stage === 'connect' || stage === 'account') {
        await other.open('code');
      } else {
        await other.page.goto(person.page.url());
        await other.expectAt(stage);
        await other.walk(stage, 'code');
      }
      await other.pass('code');
      await person.expectAt('user');
      expect(mail.received).toHaveLength(1);
    });
  }

  test.describe('when both send the code,', () => {
    // Where a service worker takes over, a test does not get hold of the requests of that moment.
    test.use({ serviceWorkers: 'block' });

    test('both are signed in', async ({ person, otherTab, mail }) => {
      await person.open('code');
      const other = await otherTab();
      await other.page.goto(person.page.url());
      await other.expectAt('code');
      const code = await person.accessCode();
      const holds = await sendHeld([person, other], code);
      await Promise.all(holds.map((hold) => hold.release()));
      await person.expectAt('user');
      await other.expectAt('user');
      for (const tab of [person, other]) {
        await tab.page.reload();
        await tab.expectAt('user');
      }
      expect(mail.received).toHaveLength(1);
    });
  });

  test('when one begins anew, the other is told, and still works with its own code', async ({
    page,
    person,
    otherTab,
    axe,
  }) => {
    await person.open('code');
    const code = await person.accessCode();
    const other = await otherTab();
    await other.page.goto(person.server);
    await other.expectAt('code');
    await other.page.goto(`${person.server}/account`);
    await other.expectAt('account');
    await other.account.signIn(ADA.name);
    await other.expectAt('credentials');

    await expect(page.getByText(BEGUN_ELSEWHERE)).toBeVisible();
    await axe();
    await person.code.enter(code);
    await person.expectAt('user');
    await expect(page.getByText(GRACE.displayName).first()).toBeVisible();
  });

  test('a code that is wrong in one costs an attempt in both', async ({ person, otherTab }) => {
    await person.open('code');
    const code = await person.accessCode();
    const other = await otherTab();
    await other.page.goto(person.page.url());
    await other.expectAt('code');
    await other.code.enter(code.replace(/^./, (digit) => String((Number(digit) + 1) % 10)));
    await other.code.expectRefused(other.code.accessCode, /wrong/);
    await person.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })));
    await person.code.expectAttemptsLeft(4);
    await person.pass('code');
    await other.expectAt('user');
  });

  test('signing out in one signs out all', async ({ person, otherTab, context }) => {
    await person.open('user');
    const others = [await otherTab(), await otherTab()];
    for (const other of others) {
      await other.page.goto(person.page.url());
      await other.expectAt('user');
    }
    await person.user.signOut();
    for (const tab of [person, ...others]) {
      await tab.expectAt('connect');
      await expectNothingOfThePerson(tab);
    }
    expect(await sessionCookies(context)).toEqual([]);
  });

  test('a tab that did not hear of the sign-out finds out when it is looked at', async ({ person, otherTab }) => {
    await person.open('user');
    const other = await otherTab();
    await other.page.addInitScript(() => {
      Object.defineProperty(globalThis, 'BroadcastChannel', { value: undefined });
    });
    await other.page.goto(person.page.url());
    await other.expectAt('user');
    await person.user.signOut();
    await person.expectAt('connect');
    await other.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })));
    await other.expectAt('connect');
    await expectNothingOfThePerson(other);
  });
});

test.describe('two tabs on another origin than the server:', () => {
  for (const stage of ['connect', 'code'] as const) {
    test(`when one finishes, the other follows from the ${stage} stage`, async ({ person, otherTab, elsewhere, mail }) => {
      await person.open(stage, elsewhere.origin);
      const other = await otherTab();
      await other.page.goto(person.page.url());
      await other.expectAt(stage);
      await other.walk(stage, 'user');
      await person.expectAt('user');
      for (const tab of [person, other]) {
        await tab.page.reload();
        await tab.expectAt('user');
      }
      expect(mail.received).toHaveLength(1);
    });
  }

  test('when both send the code, both are signed in', async ({ person, otherTab, elsewhere, mail }) => {
    await person.open('code', elsewhere.origin);
    const other = await otherTab();
    await other.page.goto(person.page.url());
    await other.expectAt('code');
    const code = await person.accessCode();
    await Promise.all([person.code.enter(code), other.code.enter(code)]);
    for (const tab of [person, other]) await tab.expectAt('user');
    for (const tab of [person, other]) {
      await tab.page.reload();
      await tab.expectAt('user');
    }
    expect(mail.received).toHaveLength(1);
  });

  test('without a key, the other is told', async ({ context, page, person, otherTab, elsewhere, mail, axe }) => {
    await context.addInitScript(() => Object.defineProperty(crypto, 'subtle', { value: undefined }));
    await person.open('code', elsewhere.origin);
    const other = await otherTab();
    await other.page.goto(person.page.url());
    await other.expectAt('code');
    await other.code.enter(await person.accessCode());
    await other.expectAt('user');
    await person.expectAt('account');
    await expect(page.getByText('You have signed in in another tab.', { exact: true })).toBeVisible();
    await axe();
    expect(mail.received).toHaveLength(1);
  });

  test('when one begins anew, the other is told, and still works with its own code', async ({
    page,
    person,
    otherTab,
    elsewhere,
  }) => {
    await person.open('code', elsewhere.origin);
    const other = await otherTab();
    await other.page.goto(`${elsewhere.origin}/account`);
    await other.expectAt('account');
    await other.account.signIn(ADA.name);
    await other.expectAt('credentials');
    await expect(page.getByText(BEGUN_ELSEWHERE)).toBeVisible();
    await person.pass('code');
  });

  test('signing out in one signs out all', async ({ person, otherTab, elsewhere }) => {
    await person.open('user', elsewhere.origin);
    const others = [await otherTab(), await otherTab()];
    for (const other of others) {
      await other.page.goto(elsewhere.origin);
      await other.expectAt('user');
    }
    await person.user.signOut();
    for (const tab of [person, ...others]) {
      await tab.expectAt('connect');
      await expectNothingOfThePerson(tab);
    }
  });
});
