import { codeIn, expect, GRACE, otherCode, test } from '../fixtures/test.ts';

// Where a service worker takes over, a test does not get hold of the requests of that moment.
test.use({ serviceWorkers: 'block' });

/** A promise, and what fulfils it. */
function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
}

test('a wrong code is told, and the right one then signs in', async ({ atCode, codePage, userPage, axe, mail }) => {
  const code = await atCode(GRACE);
  await codePage.enter(otherCode(code));
  await codePage.expectRefused(codePage.accessCode, /wrong/);
  await expect(codePage.submitButton).toBeEnabled();
  await axe();
  await codePage.submit(code);
  await userPage.expectShown();
  expect(mail.received).toHaveLength(1);
});

test.describe('resent', () => {
  test.use({ config: { 'code.resend_after': '1s' } });

  test('the new code signs in', async ({ atCode, codePage, userPage, mail, axe }) => {
    await atCode(GRACE);
    await codePage.resend();
    const code = codeIn(await mail.next(GRACE.email));
    await expect(codePage.accessCode).toHaveValue('');
    await axe();
    await codePage.enter(code);
    await userPage.expectShown();
    expect(mail.received).toHaveLength(2);
  });

  test('the older code is told as such and costs no attempt', async ({ atCode, codePage, userPage, mail }) => {
    const older = await atCode(GRACE);
    await codePage.resend();
    const newer = codeIn(await mail.next(GRACE.email));
    await expect(codePage.accessCode).toHaveValue('');
    await codePage.enter(older);
    await codePage.expectRefused(codePage.accessCode, /older e-mail/);
    await codePage.expectAttemptsLeft(5);
    await codePage.submit(newer);
    await userPage.expectShown();
  });

  test('a new code that is typed before the server has said that it is out signs in', async ({
    atCode,
    codePage,
    userPage,
    mail,
    page,
  }) => {
    await atCode(GRACE);
    await codePage.accessCode.fill('12');
    const { promise: typed, resolve: letAnswer } = deferred();
    await page.route('**/oauth/authorize-challenge', async (route) => {
      if (route.request().postData()?.includes('otp_resend') !== true) return route.fallback();
      const response = await route.fetch();
      await typed;
      await route.fulfill({ response });
    });
    await codePage.resend();
    await codePage.enter(codeIn(await mail.next(GRACE.email)));
    letAnswer();
    await userPage.expectShown();
    expect(mail.received).toHaveLength(2);
  });

  test('resending checks nothing, whatever stands in the field', async ({ atCode, codePage, mail }) => {
    await atCode(GRACE);
    await codePage.accessCode.fill('12');
    await codePage.resend();
    await mail.next(GRACE.email);
    await expect(codePage.accessCode).toHaveValue('');
    await codePage.expectAttemptsLeft(5);
  });
});

test.describe('short-lived', () => {
  test.use({ config: { 'code.life': '3s', 'code.resend_after': '1s' } });

  test('an expired code is told, and a resent one signs in', async ({
    atCode,
    codePage,
    userPage,
    mail,
    axe,
    page,
  }) => {
    const code = await atCode(GRACE);
    await expect(page.getByText('Expired', { exact: true })).toBeVisible();
    await codePage.enter(code);
    await codePage.expectRefused(codePage.accessCode, /no longer good/);
    await axe();
    await codePage.resend();
    await codePage.enter(codeIn(await mail.next(GRACE.email)));
    await userPage.expectShown();
  });
});

test.describe('few attempts', () => {
  test.use({ config: { 'code.attempts': 2 } });

  test('when they are used up the sign-in begins anew, with the user name kept', async ({
    atCode,
    codePage,
    accountPage,
    axe,
  }) => {
    const code = await atCode(GRACE);
    await codePage.enter(otherCode(code));
    await codePage.expectRefused(codePage.accessCode, /wrong/);
    await codePage.expectAttemptsLeft(1);
    await codePage.submit(otherCode(otherCode(code)));
    await accountPage.expectShown();
    await expect(accountPage.error).toHaveText(/Too many wrong access codes/);
    await expect(accountPage.username).toHaveValue(GRACE.name);
    await axe();
  });
});

test('letters are told at once and cost no attempt', async ({ atCode, codePage, userPage }) => {
  const code = await atCode(GRACE);
  await codePage.enter('abc');
  await expect(codePage.accessCode).toHaveAccessibleDescription(/digits only/);
  await codePage.submitButton.click();
  await codePage.expectRefused(codePage.accessCode, /digits only/);
  await codePage.expectAttemptsLeft(5);
  await codePage.enter(code);
  await userPage.expectShown();
});

test('blanks in the code and the digits of other scripts are understood', async ({ atCode, codePage, userPage }) => {
  const code = await atCode(GRACE);
  const arabic = code.replace(/\d/g, (digit) => String.fromCodePoint(0x0660 + Number(digit)));
  await codePage.enter(` ${arabic.slice(0, 3)} ${arabic.slice(3)} `);
  await userPage.expectShown();
});

test('a pasted mail with one code in it is understood', async ({ atCode, codePage, userPage }) => {
  const code = await atCode(GRACE);
  await codePage.paste(`Your access code is ${code}, good for 10 minutes.`);
  await userPage.expectShown();
});

test('Enter submits', async ({ atCode, codePage }) => {
  await atCode(GRACE);
  await codePage.accessCode.fill('12');
  await codePage.accessCode.press('Enter');
  await codePage.expectRefused(codePage.accessCode, /some are missing/);
});

test('the mail names the reference that the page shows', async ({
  atCredentials,
  credentialsPage,
  codePage,
  mail,
  page,
}) => {
  await atCredentials(GRACE);
  await credentialsPage.signIn(GRACE.password);
  await codePage.expectShown();
  const { subject } = await mail.next(GRACE.email);
  const reference = /\b[A-Z]{2}\b/.exec(subject)?.[0] ?? 'no reference in the subject';
  await expect(page.getByText(reference, { exact: true })).toBeVisible();
});

test('a refused mail is told, and resending works at once', async ({
  atCredentials,
  credentialsPage,
  codePage,
  userPage,
  mail,
  axe,
}) => {
  mail.mode = 'refuse';
  await atCredentials(GRACE);
  await credentialsPage.signIn(GRACE.password);
  await codePage.expectShown();
  await expect(codePage.error).toHaveText(/did not take the e-mail/);
  await axe();
  mail.mode = 'accept';
  await codePage.resend();
  await codePage.enter(codeIn(await mail.next(GRACE.email)));
  await userPage.expectShown();
});

test.describe('a mail server that does not answer', () => {
  test.use({ config: { 'mail.time_limit': '1s' } });

  test('is given up, and told', async ({ atCredentials, credentialsPage, codePage, mail }) => {
    mail.mode = 'silent';
    await atCredentials(GRACE);
    await credentialsPage.signIn(GRACE.password);
    await codePage.expectShown();
    await expect(codePage.error).toHaveText(/did not take the e-mail/);
  });
});
