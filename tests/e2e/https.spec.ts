import { codeIn, expect, GRACE, test } from '../fixtures/test.ts';

test.use({ scheme: 'https', ignoreHTTPSErrors: true });

// The exception for the test's own certificate does not hold for service workers.
test.beforeEach(({ complaints }) => complaints.allow(/SSL certificate error occurred when fetching the script/));

test('over https the session cookie is out of reach for scripts and for other hosts', async ({
  page,
  atCode,
  codePage,
  userPage,
  context,
}) => {
  await codePage.enter(await atCode(GRACE));
  await userPage.expectShown();
  const cookies = await context.cookies();
  expect(cookies).toContainEqual(
    expect.objectContaining({ name: '__Host-vestibule', httpOnly: true, secure: true, sameSite: 'Lax', path: '/' }),
  );
  // What a start has to know: that somebody was here, has something stored, and may go on.
  expect((await page.evaluate(() => document.cookie)).split('; ').sort()).toEqual(['begun=1', 'stored=1', 'visited=1']);
});

test('an address without a scheme is taken as https', async ({
  server,
  connectPage,
  accountPage,
  credentialsPage,
  codePage,
  userPage,
  mail,
}) => {
  await connectPage.open(server.origin);
  await connectPage.connect(new URL(server.origin).host);
  await accountPage.expectShown();
  await accountPage.signIn(GRACE.name);
  await credentialsPage.expectShown();
  await credentialsPage.signIn(GRACE.password);
  await codePage.expectShown();
  await codePage.enter(codeIn(await mail.next(GRACE.email)));
  await userPage.expectShown();
});
