import { CUT_WORKER } from '../fixtures/console.ts';
import { expect, test, type Person } from '../fixtures/lost.ts';
import type { Locator } from '@playwright/test';

const OFFLINE = /This device has no network connection. Connect it/;

/** What stands half typed at a stage. */
const TYPED: Readonly<Record<'connect' | 'account' | 'credentials' | 'code', (person: Person) => [Locator, string]>> = {
  connect: (person) => [person.connect.serverAddress, 'uc.example.or'],
  account: (person) => [person.account.username, 'gra'],
  credentials: (person) => [person.credentials.password, 'staple'],
  code: (person) => [person.code.accessCode, '12'],
};

// The service worker, too, may be on its way when the network goes.
test.beforeEach(({ complaints }) => {
  complaints.allow(/ERR_INTERNET_DISCONNECTED/);
  complaints.allow(CUT_WORKER);
});

test.describe('a server in the network:', () => {
  test.use({ host: 'uc.example.com', config: { allow_plain_http: true } });

  for (const stage of ['account', 'credentials', 'code'] as const) {
    test(`at the ${stage} stage a lost network is said at once, and left behind when it is back`, async ({
      page,
      person,
      context,
      mail,
      axe,
    }) => {
      await person.open(stage);
      const [field, text] = TYPED[stage](person);
      await field.fill(text);
      await context.setOffline(true);
      await expect(person[stage].error).toHaveText(OFFLINE);
      await expect(field).toHaveValue(text);
      await axe();
      await context.setOffline(false);
      await expect(page.getByText(OFFLINE)).toHaveCount(0);
      await expect(field).toHaveValue(text);
      await person.walk(stage, 'user');
      expect(mail.received).toHaveLength(1);
    });
  }

  test('at the user stage it is said at once, and left behind when it is back', async ({ page, person, context }) => {
    await person.open('user');
    await context.setOffline(true);
    await expect(person.user.error).toHaveText(OFFLINE);
    await context.setOffline(false);
    await expect(page.getByText(OFFLINE)).toHaveCount(0);
    await person.expectAt('user');
  });
});

test.describe('a server on the same machine needs no network, but a request that fails is explained:', () => {
  for (const stage of ['account', 'credentials', 'code'] as const) {
    test(stage, async ({ page, person, context, mail }) => {
      await person.open(stage);
      await context.setOffline(true);
      await expect(page.getByText(OFFLINE)).toHaveCount(0);
      if (stage === 'account') await person.account.signIn(person.who.name);
      if (stage === 'credentials') await person.credentials.signIn(person.who.password);
      if (stage === 'code') await person.code.enter(await person.accessCode());
      await expect(person[stage].error).toHaveText(OFFLINE);
      await context.setOffline(false);
      await expect(page.getByText(OFFLINE)).toHaveCount(0);
      if (stage === 'account') await person.account.signInButton.click();
      if (stage === 'credentials') await person.credentials.signInButton.click();
      if (stage === 'code') await person.code.submitButton.click();
      const next = { account: 'credentials', credentials: 'code', code: 'user' } as const;
      await person.expectAt(next[stage]);
      await person.walk(next[stage], 'user');
      expect(mail.received).toHaveLength(1);
    });
  }

  test('connect', async ({ page, person, context, axe }) => {
    await person.open('connect');
    const [field, text] = TYPED.connect(person);
    await context.setOffline(true);
    await person.connect.connect(text);
    await expect(field).toHaveAccessibleDescription(OFFLINE);
    await expect(field).toHaveValue(text);
    await axe();
    await context.setOffline(false);
    await expect(page.getByText(OFFLINE)).toHaveCount(0);
    await person.pass('connect');
  });
});
