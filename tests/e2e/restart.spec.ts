import { expect, GRACE, test } from '../fixtures/test.ts';

test('a server killed after the code was mailed still takes it when it is back', async ({
  server,
  atCode,
  codePage,
  userPage,
  mail,
}) => {
  const code = await atCode(GRACE);
  await server.kill9();
  await server.start();
  await codePage.enter(code);
  await userPage.expectShown();
  expect(mail.received).toHaveLength(1);
});

test('a code entered while the server is away is taken when it is back', async ({
  server,
  atCode,
  codePage,
  userPage,
  complaints,
}) => {
  complaints.allow(/ERR_CONNECTION_REFUSED/);
  const code = await atCode(GRACE);
  await server.kill9();
  await codePage.enter(code);
  await expect(codePage.error).toHaveText(/did not answer/);
  await server.start();
  await codePage.submit(code);
  await userPage.expectShown();
});

test('a session outlives its server', async ({ page, server, atCode, codePage, userPage }) => {
  await codePage.enter(await atCode(GRACE));
  await userPage.expectShown();
  await server.kill9();
  await server.start();
  await page.reload();
  await userPage.expectShown();
});
