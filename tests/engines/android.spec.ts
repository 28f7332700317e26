import { codeIn, expect, GRACE, otherCode, test } from '../fixtures/test.ts';

/** A small phone of today. */
test.use({
  viewport: { width: 360, height: 740 },
  deviceScaleFactor: 3,
  isMobile: true,
  hasTouch: true,
  userAgent:
    'Mozilla/5.0 (Linux; Android 15; Phone) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
});

test('Chromium as on Android signs in with two-factor authentication by touch', async ({
  page,
  server,
  connectPage,
  accountPage,
  credentialsPage,
  codePage,
  userPage,
  mail,
}) => {
  const begun = performance.now();
  await connectPage.open(server.origin);
  await connectPage.connectButton.tap();
  await accountPage.expectShown();
  await accountPage.cellNumberControl.tap();
  await expect(accountPage.cellNumber).toBeFocused();
  await page.keyboard.type('+4915123456789');
  await accountPage.username.tap();
  await page.keyboard.type(GRACE.name);
  await accountPage.signInButton.tap();
  await credentialsPage.expectShown();
  await credentialsPage.password.tap();
  await page.keyboard.type(GRACE.password);
  await credentialsPage.showPassword.tap();
  await expect(credentialsPage.password).toHaveValue(GRACE.password);
  await credentialsPage.signInButton.tap();
  await codePage.expectShown();
  const code = codeIn(await mail.next(GRACE.email));
  await codePage.accessCode.tap();
  await page.keyboard.type(otherCode(code));
  await codePage.expectRefused(codePage.accessCode, /wrong/);
  await page.keyboard.type(code);
  await codePage.submitButton.tap();
  await userPage.expectShown();
  await userPage.device('Mobile Phone').tap();
  await expect(page.getByText('Saved.', { exact: true })).toBeVisible();
  await userPage.signOutButton.tap();
  await connectPage.expectShown();
  console.log(
    `Chromium ${page.context().browser()?.version()}, 360 × 740, by touch: ` +
      `signed in and out in ${((performance.now() - begun) / 1000).toFixed(1)} s`,
  );
});
