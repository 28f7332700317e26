import type { Locator, Page } from '@playwright/test';
import { codeIn, expect, GRACE, test } from '../fixtures/lost.ts';

/** What the stage tells of the mail under a term. */
const factOf = (page: Page, term: string): Locator =>
  page.getByRole('term').filter({ hasText: term }).locator('xpath=following-sibling::dd');

test('the code stage says where the mail went, which one counts and when it was sent', async ({ page, person, mail }) => {
  await person.open('code');
  const { subject } = await mail.next(GRACE.email);
  const reference = /\b[A-Z]{2}\b/.exec(subject)?.[0] ?? 'no reference in the subject';
  const fact = (term: string) => factOf(page, term);
  await expect(page.getByText(/g\*+e@example\.com/)).toBeVisible();
  await expect(fact('Reference')).toHaveText(reference);
  // The minute may have turned meanwhile.
  const times = await page.evaluate(() =>
    [0, 60_000].map((ago) =>
      new Date(Date.now() - ago).toLocaleTimeString('en', { hour: 'numeric', minute: '2-digit' }),
    ),
  );
  expect(times).toContain(await fact('Sent at').textContent());
  await expect(fact('Good for')).toContainText(/9:\d\d|10:00/);
});

test.describe('a mail server that', () => {
  test.use({ config: { 'mail.time_limit': '1s' } });

  for (const mode of ['refuse', 'silent'] as const) {
    test(`${mode === 'refuse' ? 'refuses' : 'is silent'}: told, after a reload too, and resending works at once`, async ({
      page,
      person,
      mail,
      axe,
    }) => {
      mail.mode = mode;
      await person.open('code');
      for (const reload of [false, true]) {
        if (reload) await page.reload();
        await person.expectAt('code');
        await expect(person.code.error).toHaveText(/did not take the e-mail/);
        for (const term of ['Reference', 'Sent at', 'Good for']) await expect(factOf(page, term)).toHaveText('–');
      }
      await axe();
      mail.mode = 'accept';
      await expect(person.code.resendButton).toBeEnabled();
      await person.code.resend();
      await person.code.enter(codeIn(await mail.next(GRACE.email)));
      await person.expectAt('user');
      expect(mail.received).toHaveLength(1);
    });
  }

  test('refuses a second mail leaves the first code good', async ({ server, person, mail }) => {
    await server.stop();
    await server.reconfigure({ 'code.resend_after': '1s' });
    await server.start();
    await person.open('code');
    const code = await person.accessCode();
    mail.mode = 'refuse';
    await expect(person.code.resendButton).toBeEnabled();
    await person.code.resend();
    await expect(person.code.error).toHaveText(/did not take the e-mail/);
    await person.code.enter(code);
    await person.expectAt('user');
    expect(mail.received).toHaveLength(1);
  });
});

test.describe("an older code's fate is told after a reload too:", () => {
  test.use({ config: { 'code.resend_after': '1s' } });

  test('replaced', async ({ page, person, mail }) => {
    await person.open('code');
    const older = await person.accessCode();
    await expect(person.code.resendButton).toBeEnabled();
    await person.code.resend();
    const newer = codeIn(await mail.next(GRACE.email));
    await page.reload();
    await person.expectAt('code');
    await person.code.enter(older);
    await person.code.expectRefused(person.code.accessCode, /older e-mail/);
    await person.code.expectAttemptsLeft(5);
    await person.code.submit(newer);
    await person.expectAt('user');
  });
});

test.describe("an expired code's fate is told after a reload too:", () => {
  test.use({ config: { 'code.life': '4s' } });

  test('too old', async ({ page, person }) => {
    await person.open('code');
    const code = await person.accessCode();
    await expect(page.getByText('Expired', { exact: true })).toBeVisible();
    await page.reload();
    await person.expectAt('code');
    await person.code.enter(code);
    await person.code.expectRefused(person.code.accessCode, /no longer good/);
    await person.code.expectAttemptsLeft(5);
  });
});
