import { ADA, codeIn, expect, GRACE, test } from '../fixtures/test.ts';
import { Traffic } from '../fixtures/traffic.ts';

test('without two-factor authentication the password is enough', async ({
  atCredentials,
  credentialsPage,
  userPage,
  mail,
}) => {
  await atCredentials(ADA);
  await credentialsPage.signIn(ADA.password);
  await userPage.expectShown();
  expect(mail.received).toEqual([]);
});

test('with two-factor authentication the mailed code is asked for', async ({ atCode, codePage, userPage, mail }) => {
  const code = await atCode(GRACE);
  await codePage.enter(code);
  await userPage.expectShown();
  expect(mail.received.map((each) => each.to)).toEqual([GRACE.email]);
});

test('the e-mail address works as well as the user name, in any letter case', async ({
  atAccount,
  accountPage,
  credentialsPage,
  codePage,
  userPage,
  mail,
}) => {
  await atAccount();
  await accountPage.signIn('Grace@Example.COM');
  await credentialsPage.expectShown();
  await expect(credentialsPage.username).toHaveValue('Grace@Example.COM');
  await credentialsPage.signIn(GRACE.password);
  await codePage.expectShown();
  await codePage.enter(codeIn(await mail.next(GRACE.email)));
  await userPage.expectShown();
});

test('one sign-in asks for little and mails once', async ({ page, atCode, codePage, userPage, mail }) => {
  const traffic = new Traffic(page);
  const code = await atCode(GRACE);
  await codePage.enter(code);
  await userPage.expectShown();
  await page.waitForLoadState('networkidle');
  console.log(
    `one sign-in with 2FA: ${traffic.requests} requests, ${await traffic.bytes()} bytes, ${mail.received.length} mail(s) by SMTP`,
  );
  expect(mail.received).toHaveLength(1);
});

test('the User tab says who is signed in, and where', async ({ page, server, atCode, codePage, userPage, axe }) => {
  await codePage.enter(await atCode(GRACE));
  await userPage.expectShown();
  for (const text of [GRACE.displayName, GRACE.name, 'Integrated', new URL(server.origin).host]) {
    await expect(page.getByText(text, { exact: false }).first()).toBeVisible();
  }
  // Masked: who looks over the shoulder learns nothing new.
  await expect(page.getByText(GRACE.email)).toHaveCount(0);
  await axe();
});

test('a reload stays at the same stage and mails nothing', async ({ page, atCode, codePage, userPage, mail }) => {
  const code = await atCode(GRACE);
  await page.reload();
  await codePage.expectShown();
  await codePage.enter(code);
  await userPage.expectShown();
  await page.reload();
  await userPage.expectShown();
  expect(mail.received).toHaveLength(1);
});
