import { Reader } from '../fixtures/reader.ts';
import { codeIn, expect, GRACE, otherCode, test } from '../fixtures/test.ts';

test.use({ serviceWorkers: 'block', config: { 'code.life': '63s', 'code.resend_after': '1s' } });

/** A slow machine takes longer than the second before it, with the second code. */
const WARNING = /for 60 more seconds/;

/** What comes later is heard anyway. */
const softly = expect.configure({ soft: true });

test('a whole sign-in can be done with the keyboard alone, by what is heard', async ({
  page,
  server,
  mail,
  connectPage,
  accountPage,
  credentialsPage,
  codePage,
  userPage,
}) => {
  const reader = await Reader.of(page);
  const press = (key: string) => page.keyboard.press(key);
  /** Expects the focus to be there, and this to have been said on the way. */
  const hears = async (focus: RegExp, ...said: readonly RegExp[]): Promise<void> => {
    await softly.poll(() => reader.focus()).toMatch(focus);
    const heard: string[] = [];
    const listen = async (): Promise<string[]> => {
      const isWarned = said.some((line) => line.source.includes(WARNING.source));
      heard.push(...(await reader.heard()).filter((line) => isWarned || !WARNING.test(line)));
      return heard;
    };
    await softly.poll(listen).toEqual(said.map((line) => expect.stringMatching(line)));
    for (const line of heard) console.log(`  says ${line}`);
    console.log(`  at   ${await reader.focus()}`);
  };

  await connectPage.open(server.origin);
  await expect(connectPage.serverAddress).toHaveValue(server.origin);
  await hears(/^textbox “Server Address”, Connects to http/, /^politely: Connect, 1 of 4$/);
  await page.keyboard.type('ada@example.com');
  await press('Enter');
  await expect(connectPage.error).toBeVisible();
  await hears(/^textbox “Server Address”, invalid, This is an e-mail address/, /^at once: This is an e-mail address/);
  await page.keyboard.type(server.origin);
  await press('Tab');
  await hears(/^button “Connect”$/);
  await press('Enter');

  await accountPage.expectShown();
  await hears(/^textbox “Username”, Your user name or/, /^politely: Account, 2 of 4$/);
  await page.keyboard.type(GRACE.name);
  await press('Tab');
  await hears(/^button “Cell Number”, collapsed$/);
  await press('Enter');
  await hears(/^textbox “Cell Number”, The number for the Mobile Phone option/);
  await page.keyboard.type('12');
  await press('Enter');
  await hears(/^textbox “Cell Number”, invalid, This cell number is too short/, /^at once: This cell number is too short/);
  await page.keyboard.type('+4915123456789');
  await press('Enter');

  await credentialsPage.expectShown();
  await hears(/^textbox “Password”$/, /^politely: Credentials, 3 of 4$/);
  await page.keyboard.type('not the password');
  await press('Enter');
  await hears(/^textbox “Password”, invalid, Username or password is not right/, /^at once: Username or password is not/);
  await page.keyboard.type(GRACE.password);
  await press('Tab');
  await hears(/^button “Show password”$/);
  await press('Tab');
  await hears(/^button “Sign in”$/);
  await press('Enter');

  await codePage.expectShown();
  await hears(/^textbox “Access code”, 6 digits/, /^politely: Access code, 4 of 4$/);
  const code = codeIn(await mail.next(GRACE.email));
  // The code runs out in a minute, and there is a way to another one (WCAG 2.2, 2.2.1).
  await expect(page.locator('.soon')).toBeVisible();
  await expect(codePage.resendButton).toBeEnabled();
  await hears(
    /^textbox “Access code”/,
    /^politely: A new code can be sent now\.$/,
    /^politely: The access code is good for 60 more seconds\. A new code can be sent now\.$/,
  );
  await page.keyboard.type(otherCode(code));
  await hears(/^textbox “Access code”, invalid, This access code is wrong/, /^at once: This access code is wrong/);
  await press('Tab');
  await hears(/^button “Submit”$/);
  await press('Tab');
  await hears(/^button “Resend Code”$/);
  await press('Enter');
  const resent = codeIn(await mail.next(GRACE.email));
  await expect(codePage.accessCode).toHaveValue('');
  await hears(
    /^textbox “Access code”, 6 digits/,
    /^politely: A new access code was sent\. Its reference is [A-Z]{2}\.$/,
    /^politely: A new code can be sent now\.$/,
  );
  await page.keyboard.type(`${resent}\n`);

  await userPage.expectShown();
  await hears(/^heading “User”$/, /^politely: Signed in$/);
  await expect(userPage.preferredDevice).toBeVisible();
  await press('Tab');
  await hears(/^radio “Desk Phone”, checked$/);
  await press('ArrowDown');
  await expect(page.getByText('Saved.', { exact: true })).toBeVisible();
  await hears(/^radio “Mobile Phone”, checked$/, /^politely: Saving…$/, /^politely: Saved\.$/);
  await userPage.signOutButton.focus();
  await press('Enter');
  await connectPage.expectShown();
  await hears(/^textbox “Server Address”/, /^politely: Connect, 1 of 4\. You are signed out\.$/);
});
