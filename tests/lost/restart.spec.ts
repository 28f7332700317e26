import { expect, STAGES, test } from '../fixtures/lost.ts';

test.describe('the server is killed and started again:', () => {
  for (const stage of STAGES) {
    test(`at the ${stage} stage, and the sign-in goes on`, async ({ server, person, mail }) => {
      await person.open(stage);
      // In time: once it is down, no mail is read any more that was on its way.
      if (stage === 'code') await person.accessCode();
      await server.kill9();
      await server.start();
      await person.walk(stage, 'user');
      expect(mail.received).toHaveLength(1);
    });

    test(`at the ${stage} stage, and a reload goes on there`, async ({ page, server, person, mail }) => {
      await person.open(stage);
      await server.kill9();
      await server.start();
      await page.reload();
      await person.expectAt(stage);
      await person.walk(stage, 'user');
      expect(mail.received).toHaveLength(1);
    });
  }

  test('between each two stages of one sign-in', async ({ server, person, mail }) => {
    await person.open('connect');
    for (const stage of STAGES) {
      await person.pass(stage);
      await server.kill9();
      await server.start();
    }
    await person.page.reload();
    await person.expectAt('user');
    expect(mail.received).toHaveLength(1);
  });
});

test.describe('while the server is away it is told, and what was typed is kept:', () => {
  test('a user name', async ({ server, person, axe }) => {
    await person.open('account');
    await server.kill9();
    await person.account.signIn(person.who.name);
    await expect(person.account.error).toHaveText(/did not answer/);
    await axe();
    await expect(person.account.username).toHaveValue(person.who.name);
    await server.start();
    await person.account.signInButton.click();
    await person.expectAt('credentials');
  });

  test('a password', async ({ server, person }) => {
    await person.open('credentials');
    await server.kill9();
    await person.credentials.signIn(person.who.password);
    await expect(person.credentials.error).toHaveText(/did not answer/);
    await expect(person.credentials.password).toHaveValue(person.who.password);
    await server.start();
    await person.credentials.signInButton.click();
    await person.expectAt('code');
  });

  test('an access code', async ({ server, person, mail }) => {
    await person.open('code');
    const code = await person.accessCode();
    await server.kill9();
    await person.code.enter(code);
    await expect(person.code.error).toHaveText(/did not answer/);
    await expect(person.code.accessCode).toHaveValue(code);
    await server.start();
    await person.code.submitButton.click();
    await person.expectAt('user');
    expect(mail.received).toHaveLength(1);
  });

  test('a sign-out', async ({ server, person }) => {
    await person.open('user');
    await server.kill9();
    await person.user.signOut();
    await expect(person.user.error).toHaveText(/did not answer/);
    await server.start();
    await person.user.signOut();
    await person.expectAt('connect');
  });
});
