import type { Locator } from '@playwright/test';
import { codeIn, expect, GRACE, test } from '../fixtures/lost.ts';

const INPUTS = {
  nothing: '',
  blanks: '   ',
  '10,000 characters': 'x'.repeat(10_000),
  emoji: '🦊🔑',
  'right-to-left text': 'שלום עולם',
  'control characters': 'a\u0000b\u0007c\u202e',
} as const;

/** One after the other: after each of them the field works, and the next one finds it without a fault. */
async function withEach(field: Locator, act: (text: string) => Promise<void>): Promise<void> {
  for (const [kind, text] of Object.entries(INPUTS)) {
    await test.step(kind, async () => {
      await expect(field).not.toHaveAttribute('aria-invalid', 'true');
      await act(text);
    });
  }
}

function expectWrong(field: Locator): Promise<void> {
  return expect(field).toHaveAttribute('aria-invalid', 'true');
}

test.describe('each field says what is wrong with whatever is put in, and works afterwards:', () => {
  test('Server Address', async ({ page, person, complaints, axe }) => {
    complaints.allow(/ERR_NAME_NOT_RESOLVED|ERR_CONNECTION|ERR_ADDRESS/);
    await person.open('connect');
    await withEach(person.connect.serverAddress, async (text) => {
      await person.connect.connect(text);
      await expectWrong(person.connect.serverAddress);
      await axe();
      await person.pass('connect');
      await page.goBack();
      await person.expectAt('connect');
    });
  });

  test('Username', async ({ page, person, axe }) => {
    await person.open('account');
    await withEach(person.account.username, async (text) => {
      await person.account.signIn(text);
      if (text === INPUTS.emoji || text === INPUTS['right-to-left text']) {
        // It may be somebody's: the same answer as for every name.
        await person.expectAt('credentials');
        await axe();
        await page.goBack();
        await person.expectAt('account');
      } else {
        await expectWrong(person.account.username);
        await axe();
      }
      await person.pass('account');
      await page.goBack();
      await person.expectAt('account');
    });
    await person.walk('account', 'user');
  });

  test('Cell Number', async ({ page, person, axe }) => {
    await person.open('account');
    await person.account.openCellNumber();
    await person.account.username.fill(GRACE.name);
    await withEach(person.account.cellNumber, async (text) => {
      await person.account.cellNumber.fill(text);
      await person.account.signInButton.click();
      // A number left empty is no number.
      if (text.trim() !== '') {
        await expectWrong(person.account.cellNumber);
        await axe();
        await person.account.cellNumber.fill('+4915123456789');
        await person.account.signInButton.click();
      }
      await person.expectAt('credentials');
      await page.goBack();
      await person.expectAt('account');
      await expect(person.account.username).toHaveValue(GRACE.name);
      if (!(await person.account.cellNumber.isVisible())) await person.account.openCellNumber();
    });
  });

  test('Password', async ({ person, mail, axe }) => {
    await person.open('credentials');
    await withEach(person.credentials.password, async (text) => {
      await person.credentials.signIn(text);
      await expectWrong(person.credentials.password);
      await axe();
      await person.pass('credentials');
      await person.code.enter(codeIn(await mail.next(GRACE.email)));
      await person.expectAt('user');
      await person.user.signOut();
      await person.expectAt('connect');
      await person.walk('connect', 'credentials');
    });
  });

  test('Access code', async ({ person, mail, axe }) => {
    await person.open('code');
    await withEach(person.code.accessCode, async (text) => {
      const code = codeIn(await mail.next(GRACE.email));
      await person.code.accessCode.fill(text);
      await person.code.submitButton.click();
      await expectWrong(person.code.accessCode);
      await person.code.expectAttemptsLeft(5);
      await axe();
      await person.code.enter(code);
      await person.expectAt('user');
      await person.user.signOut();
      await person.expectAt('connect');
      await person.walk('connect', 'code');
    });
  });
});
