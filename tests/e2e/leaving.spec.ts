import { sessionCookies } from '../fixtures/cookies.ts';
import { ADA, expect, GRACE, test } from '../fixtures/test.ts';

test('after sign-out Back shows nothing of the person', async ({
  page,
  atCredentials,
  credentialsPage,
  userPage,
  connectPage,
  context,
  axe,
}) => {
  await atCredentials(ADA);
  await credentialsPage.signIn(ADA.password);
  await userPage.expectShown();
  await userPage.signOut();
  await connectPage.expectShown();
  await axe();
  expect(await sessionCookies(context)).toEqual([]);
  await page.goBack();
  await expect(page.getByText(ADA.displayName)).toHaveCount(0);
  await expect(userPage.signOutButton).toHaveCount(0);
});

test('Back goes one stage back and sends nothing; forward goes on', async ({
  page,
  atCode,
  codePage,
  credentialsPage,
  accountPage,
  connectPage,
  userPage,
  mail,
}) => {
  const code = await atCode(GRACE);
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST') sent.push(request.url());
  });
  await page.goBack();
  await credentialsPage.expectShown();
  await page.goBack();
  await accountPage.expectShown();
  await expect(accountPage.username).toHaveValue(GRACE.name);
  await page.goBack();
  await connectPage.expectShown();
  expect(sent).toEqual([]);

  await connectPage.connect();
  await accountPage.expectShown();
  await accountPage.signIn(GRACE.name);
  await credentialsPage.expectShown();
  await credentialsPage.signIn(GRACE.password);
  await codePage.expectShown();
  expect(mail.received).toHaveLength(1);
  await codePage.enter(code);
  await userPage.expectShown();
});

test('a stage that is not reached yet leads to the first one', async ({ page, server, connectPage, userPage }) => {
  for (const path of ['/code', '/user', '/credentials']) {
    await page.goto(server.origin + path);
    await expect(page).not.toHaveURL(new RegExp(`${path}$`));
    await expect(userPage.signOutButton).toHaveCount(0);
  }
  await connectPage.expectShown();
});

test('a file that is not there is not answered with the page', async ({ request, server }) => {
  expect((await request.get(`${server.origin}/vestibule-0000000000000000.js`)).status()).toBe(404);
  expect((await request.get(`${server.origin}/code`)).status()).toBe(200);
});
