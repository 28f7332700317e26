import { sessionCookies } from '../fixtures/cookies.ts';
import { ADA, codeIn, expect, GRACE, test } from '../fixtures/test.ts';

test.describe('the page on another origin than the server', () => {
  test('signs in with two-factor authentication', async ({
    elsewhere,
    server,
    connectPage,
    accountPage,
    credentialsPage,
    codePage,
    userPage,
    mail,
    axe,
    context,
  }) => {
    await connectPage.open(elsewhere.origin);
    await connectPage.connect(server.origin);
    await accountPage.expectShown();
    await accountPage.signIn(GRACE.name, '+4915123456789');
    await credentialsPage.expectShown();
    await credentialsPage.signIn(GRACE.password);
    await codePage.expectShown();
    await codePage.enter(codeIn(await mail.next(GRACE.email)));
    await userPage.expectShown();
    await userPage.prefer('Mobile Phone');
    await axe();
    // Tokens, not cookies, and none of them where a script of another page could find it.
    expect(await sessionCookies(context)).toEqual([]);
    await userPage.signOut();
    await connectPage.expectShown();
  });

  test('is told when the server does not let it sign in', async ({
    elsewhere,
    server,
    connectPage,
    accountPage,
    complaints,
    axe,
  }) => {
    complaints.allow(/CORS policy|ERR_FAILED/);
    await server.stop();
    await server.reconfigure({ clients: [] });
    await server.start();
    await connectPage.open(elsewhere.origin);
    await connectPage.connect(server.origin);
    await accountPage.expectShown();
    await accountPage.signIn(ADA.name);
    await expect(accountPage.error).toHaveText(/does not let this page sign in/);
    await axe();
  });
});

test('the same account signs in from both', async ({
  elsewhere,
  server,
  connectPage,
  accountPage,
  credentialsPage,
  userPage,
}) => {
  for (const origin of [server.origin, elsewhere.origin]) {
    await connectPage.open(origin);
    await connectPage.connect(server.origin);
    await accountPage.expectShown();
    await accountPage.signIn(ADA.name);
    await credentialsPage.expectShown();
    await credentialsPage.signIn(ADA.password);
    await userPage.expectShown();
  }
});
