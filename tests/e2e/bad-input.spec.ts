import { ADA, expect, GRACE, test } from '../fixtures/test.ts';

const INPUTS = {
  nothing: '',
  blanks: '   ',
  '10,000 characters': 'x'.repeat(10_000),
  emoji: '🦊🔑',
  'right-to-left text': 'שלום עולם',
  'control characters': 'a\u0000b\u0007c\u202e',
} as const;

test.describe('each field says what is wrong, and works afterwards:', () => {
  for (const [kind, text] of Object.entries(INPUTS)) {
    test(`Server Address with ${kind}`, async ({ server, connectPage, accountPage, complaints, axe }) => {
      complaints.allow(/ERR_NAME_NOT_RESOLVED|ERR_CONNECTION|ERR_ADDRESS/);
      await connectPage.open(server.origin);
      await connectPage.connect(text);
      await expect(connectPage.serverAddress).toHaveAttribute('aria-invalid', 'true');
      await axe();
      await connectPage.connect(server.origin);
      await accountPage.expectShown();
    });

    test(`Cell Number with ${kind}`, async ({ atAccount, accountPage, credentialsPage, axe }) => {
      await atAccount();
      await accountPage.signIn(ADA.name, text);
      // A number left empty is no number.
      if (text.trim() !== '') {
        await expect(accountPage.cellNumber).toHaveAttribute('aria-invalid', 'true');
        await axe();
        await accountPage.cellNumber.fill('+4915123456789');
        await accountPage.signInButton.click();
      }
      await credentialsPage.expectShown();
    });

    test(`Username with ${kind}`, async ({ page, atAccount, accountPage, credentialsPage, userPage, axe }) => {
      await atAccount();
      await accountPage.signIn(text);
      if (text === INPUTS.emoji || text === INPUTS['right-to-left text']) {
        // It may be somebody's: the same answer as for every name.
        await credentialsPage.expectShown();
        await axe();
        await page.goBack();
        await accountPage.expectShown();
      } else {
        await expect(accountPage.username).toHaveAttribute('aria-invalid', 'true');
        await axe();
      }
      await accountPage.signIn(ADA.name);
      await credentialsPage.expectShown();
      await credentialsPage.signIn(ADA.password);
      await userPage.expectShown();
    });

    test(`Password with ${kind}`, async ({ atCredentials, credentialsPage, userPage, axe }) => {
      await atCredentials(ADA);
      await credentialsPage.signIn(text);
      await expect(credentialsPage.password).toHaveAttribute('aria-invalid', 'true');
      await axe();
      await credentialsPage.signIn(ADA.password);
      await userPage.expectShown();
    });

    test(`Access code with ${kind}`, async ({ atCode, codePage, userPage, axe }) => {
      const code = await atCode(GRACE);
      await codePage.accessCode.fill(text);
      await codePage.submitButton.click();
      await expect(codePage.accessCode).toHaveAttribute('aria-invalid', 'true');
      await codePage.expectAttemptsLeft(5);
      await axe();
      await codePage.enter(code);
      await userPage.expectShown();
    });
  }
});
