import type { Page } from '@playwright/test';
import { Hold } from '../fixtures/hold.ts';
import { codeIn, expect, GRACE, otherCode, test } from '../fixtures/lost.ts';

// Where a service worker takes over, a test does not get hold of the requests of that moment.
test.use({ serviceWorkers: 'block' });

const CHALLENGE = '/oauth/authorize-challenge';

/** On the button that submits, although it says that it is busy. */
function tapTwice(page: Page): Promise<void> {
  return page.locator('button[type=submit]').dblclick({ force: true });
}

test.describe('double tap and Enter together send one request:', () => {
  test('Connect', async ({ page, person, elsewhere }) => {
    await person.open('connect', elsewhere.origin);
    await person.connect.serverAddress.fill(person.server);
    // The page asks where it comes from, too.
    const hold = await Hold.of(page, `${new URL(person.server).host}/.well-known/oauth-authorization-server`);
    await person.connect.connectButton.dblclick();
    await person.connect.serverAddress.press('Enter');
    await hold.release();
    await person.expectAt('account');
    expect(hold.count).toBe(1);
  });

  test('Sign in at the account stage', async ({ page, person }) => {
    await person.open('account');
    await person.account.username.fill(GRACE.name);
    const hold = await Hold.of(page, CHALLENGE);
    await person.account.signInButton.dblclick();
    await person.account.username.press('Enter');
    await hold.release();
    await person.expectAt('credentials');
    expect(hold.count).toBe(1);
  });

  test('Sign in at the credentials stage', async ({ page, person, mail }) => {
    await person.open('credentials');
    await person.credentials.password.fill(GRACE.password);
    const hold = await Hold.of(page, CHALLENGE);
    await person.credentials.signInButton.dblclick();
    await person.credentials.password.press('Enter');
    await hold.release();
    await person.expectAt('code');
    expect(hold.count).toBe(1);
    await person.pass('code');
    expect(mail.received).toHaveLength(1);
  });

  test('Submit, with the last digit that submits by itself', async ({ page, person }) => {
    await person.open('code');
    const code = await person.accessCode();
    const hold = await Hold.of(page, CHALLENGE);
    await person.code.enter(code);
    await person.code.accessCode.press('Enter');
    await tapTwice(page);
    await hold.release();
    await person.expectAt('user');
    expect(hold.count).toBe(1);
  });

  test('a wrong code costs one attempt, however often it was sent', async ({ page, person }) => {
    await person.open('code');
    const wrong = otherCode(await person.accessCode());
    const hold = await Hold.of(page, CHALLENGE);
    await person.code.enter(wrong);
    await tapTwice(page);
    await hold.release();
    await person.code.expectRefused(person.code.accessCode, /wrong/);
    await person.code.submitButton.click();
    await person.code.expectRefused(person.code.accessCode, /wrong/);
    await person.code.expectAttemptsLeft(4);
  });

  test('Sign out', async ({ page, person }) => {
    await person.open('user');
    const hold = await Hold.of(page, '/api/session');
    await person.user.signOutButton.dblclick();
    await hold.release();
    await person.expectAt('connect');
    expect(hold.count).toBe(1);
  });
});

test.describe('resending', () => {
  test.use({ config: { 'code.resend_after': '1s' } });

  test('by a double tap mails once', async ({ page, person, mail }) => {
    await person.open('code');
    await person.accessCode();
    await expect(person.code.resendButton).toBeEnabled();
    const hold = await Hold.of(page, CHALLENGE);
    await person.code.resendButton.dblclick();
    await hold.release();
    const code = codeIn(await mail.next(GRACE.email));
    expect(hold.count).toBe(1);
    await person.code.enter(code);
    await person.expectAt('user');
    expect(mail.received).toHaveLength(2);
  });

  test('whose answer was lost is not done twice: the page finds out that the mail went out', async ({
    page,
    person,
    mail,
    complaints,
  }) => {
    complaints.allow(/ERR_CONNECTION_RESET/);
    await person.open('code');
    const older = await person.accessCode();
    await expect(person.code.resendButton).toBeEnabled();
    await page.route(
      `**${CHALLENGE}`,
      async (route) => {
        await route.fetch();
        await route.abort('connectionreset');
      },
      { times: 1 },
    );
    await person.code.resend();
    const mailed = await mail.next(GRACE.email);
    const reference = /\b[A-Z]{2}\b/.exec(mailed.subject)?.[0] ?? 'no reference in the subject';
    await expect(page.getByText(reference).first()).toBeVisible();
    await person.code.enter(older);
    await person.code.expectRefused(person.code.accessCode, /older e-mail/);
    await person.code.submit(codeIn(mailed));
    await person.expectAt('user');
    expect(mail.received).toHaveLength(2);
  });
});

test.describe('what is pending can be cancelled, and a late answer changes nothing:', () => {
  test('account', async ({ page, person }) => {
    await person.open('account');
    const hold = await Hold.of(page, CHALLENGE, { reaches: true });
    await person.account.signIn('somebody');
    await hold.atLeast(1);
    await person.connect.cancelButton.click();
    await expect(person.account.signInButton).toBeEnabled();
    await expect(person.account.username).toHaveValue('somebody');
    hold.end();
    await person.pass('account');
    await hold.release();
    await expect(person.credentials.username).toHaveValue(GRACE.name);
    await person.walk('credentials', 'user');
  });

  test('credentials', async ({ page, person, mail }) => {
    await person.open('credentials');
    const hold = await Hold.of(page, CHALLENGE, { reaches: true });
    await person.credentials.signIn('not the password');
    await hold.atLeast(1);
    await person.connect.cancelButton.click();
    await expect(person.credentials.signInButton).toBeEnabled();
    hold.end();
    await person.pass('credentials');
    await hold.release();
    await person.pass('code');
    expect(mail.received).toHaveLength(1);
  });

  test('code', async ({ page, person, mail }) => {
    await person.open('code');
    const code = await person.accessCode();
    const hold = await Hold.of(page, CHALLENGE, { reaches: true });
    await person.code.enter(otherCode(code));
    await hold.atLeast(1);
    await person.connect.cancelButton.click();
    await expect(person.code.submitButton).toBeEnabled();
    hold.end();
    await person.code.submit(code);
    await hold.release();
    await person.expectAt('user');
    expect(mail.received).toHaveLength(1);
  });

  test('going on where the person left', async ({ page, person, mail }) => {
    await person.open('code');
    const hold = await Hold.of(page, CHALLENGE);
    await page.reload();
    await hold.atLeast(1);
    await person.connect.cancelButton.click();
    await person.expectAt('account');
    await expect(person.account.username).toHaveValue(GRACE.name);
    await hold.release();
    await person.expectAt('account');
    // The same sign-in is there still: only the stage was left.
    await person.walk('account', 'user');
    expect(mail.received).toHaveLength(1);
  });

  test('signing out', async ({ page, person }) => {
    await person.open('user');
    const hold = await Hold.of(page, '/api/session');
    await person.user.signOut();
    await hold.atLeast(1);
    await person.connect.cancelButton.click();
    await expect(person.user.signOutButton).toBeEnabled();
    hold.end();
    await person.user.signOut();
    await person.expectAt('connect');
  });
});

test.describe('what nobody answers ends by itself, with what was typed kept:', () => {
  test.beforeEach(({ page }) => page.clock.install());

  const STAGES = {
    account: { text: GRACE.name, next: 'credentials' },
    credentials: { text: GRACE.password, next: 'code' },
  } as const;

  for (const stage of ['account', 'credentials'] as const) {
    test(stage, async ({ page, person, axe }) => {
      await person.open(stage);
      const hold = await Hold.of(page, CHALLENGE);
      await person[stage].signIn(STAGES[stage].text);
      await hold.atLeast(1);
      await page.clock.fastForward('00:31');
      // The server is asked what became of it, and does not answer that either.
      if (stage === 'credentials') {
        await hold.atLeast(2);
        await page.clock.fastForward('00:11');
      }
      await expect(person[stage].error).toHaveText(/too long to answer/);
      await axe();
      await hold.release();
      await person[stage].signInButton.click();
      await person.expectAt(STAGES[stage].next);
    });
  }

  test('code', async ({ page, person, mail }) => {
    await person.open('code');
    const code = await person.accessCode();
    const hold = await Hold.of(page, CHALLENGE);
    await person.code.enter(code);
    await hold.atLeast(1);
    await page.clock.fastForward('00:31');
    await hold.atLeast(2);
    await page.clock.fastForward('00:11');
    await expect(person.code.error).toHaveText(/too long to answer/);
    await expect(person.code.accessCode).toHaveValue(code);
    await hold.release();
    await person.code.submitButton.click();
    await person.expectAt('user');
    expect(mail.received).toHaveLength(1);
  });
});

test('what is tapped while a setting is being saved is done afterwards, signing out too', async ({ page, person }) => {
  await person.open('user');
  const preferred: (string | null)[] = [];
  page.on('request', (request) => {
    if (request.method() === 'PUT') preferred.push(request.postData());
  });
  const hold = await Hold.of(page, '/api/me/preferred-device', { reaches: true });
  await person.user.device('Auto-Pilot').click();
  await person.user.device('Desk Phone').click();
  await expect(person.user.device('Desk Phone')).toBeChecked();
  await person.user.signOut();
  await expect(page.getByRole('button', { name: 'Signing out…' })).toBeVisible();
  await hold.release();
  await person.expectAt('connect');
  expect(preferred).toEqual(['{"preferred_device":"auto-pilot"}', '{"preferred_device":"desk-phone"}']);
});
