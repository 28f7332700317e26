import { ADA, codeIn, expect, GRACE, test } from '../fixtures/test.ts';

/** What a screen reader says about a field after its name. */
function describedBy(field: Element): string {
  const ids = (field.getAttribute('aria-describedby') ?? '').split(' ');
  return ids.map((id) => document.getElementById(id)?.textContent ?? '').join(' ');
}

test('a wrong password is told, the user name is kept, the right one then signs in', async ({
  atCredentials,
  credentialsPage,
  userPage,
  axe,
}) => {
  await atCredentials(ADA);
  await credentialsPage.signIn('not the password');
  await credentialsPage.expectRefused(credentialsPage.password, /is not right/);
  await expect(credentialsPage.username).toHaveValue(ADA.name);
  await axe();
  await credentialsPage.signIn(ADA.password);
  await userPage.expectShown();
});

test('an unknown user is told the same as a wrong password', async ({
  page,
  atCredentials,
  accountPage,
  credentialsPage,
}) => {
  await atCredentials(ADA);
  await credentialsPage.signIn('not the password');
  await expect(credentialsPage.password).toHaveAttribute('aria-invalid', 'true');
  const told = await credentialsPage.password.evaluate(describedBy);
  expect(told).not.toBe('');

  await page.goBack();
  await accountPage.expectShown();
  await accountPage.signIn('nobody');
  await credentialsPage.expectShown();
  await expect(credentialsPage.password).not.toHaveAttribute('aria-invalid');
  await credentialsPage.signIn('not the password');
  await expect(credentialsPage.password).toHaveAttribute('aria-invalid', 'true');
  expect(await credentialsPage.password.evaluate(describedBy)).toBe(told);
});

test('a user name corrected here signs in with the same tap', async ({
  atCredentials,
  credentialsPage,
  codePage,
  userPage,
  mail,
}) => {
  await atCredentials(ADA);
  await credentialsPage.signInAs(GRACE.name, GRACE.password);
  await codePage.expectShown();
  await codePage.enter(codeIn(await mail.next(GRACE.email)));
  await userPage.expectShown();
});

test('the password can be shown and hidden again', async ({ atCredentials, credentialsPage }) => {
  await atCredentials(ADA);
  await credentialsPage.password.fill('secret');
  await credentialsPage.showPassword.click();
  await expect(credentialsPage.password).toHaveAttribute('type', 'text');
  await credentialsPage.hidePassword.click();
  await expect(credentialsPage.password).toHaveAttribute('type', 'password');
});

test('a password with blanks at both ends is taken whole', async ({
  server,
  atCredentials,
  credentialsPage,
  userPage,
}) => {
  const emma = { ...ADA, name: 'emma', email: 'emma@example.com', password: '  blanks matter  ' };
  await server.addAccount(emma);
  await atCredentials(emma);
  await credentialsPage.signIn('blanks matter');
  await expect(credentialsPage.password).toHaveAttribute('aria-invalid', 'true');
  await credentialsPage.signIn(emma.password);
  await userPage.expectShown();
});

test('password managers find a user name and a current password', async ({ atCredentials, credentialsPage }) => {
  await atCredentials(ADA);
  await expect(credentialsPage.username).toHaveAttribute('autocomplete', 'username');
  await expect(credentialsPage.password).toHaveAttribute('autocomplete', 'current-password');
});

test('what a manager fills in without telling the page is what signs in', async ({ atCredentials, credentialsPage, userPage }) => {
  await atCredentials(ADA);
  // As browsers do it: the value alone, and nothing that a script could hear.
  const fill = (field: HTMLInputElement, value: string): string => (field.value = value);
  await credentialsPage.username.evaluate(fill, ADA.email);
  await credentialsPage.password.evaluate(fill, ADA.password);
  await credentialsPage.signInButton.click();
  await userPage.expectShown();
});
