import { ADA, expect, test } from '../fixtures/test.ts';

test.use({ config: { default_region: 'DE' } });

test('without a cell number there is no Mobile Phone', async ({ atCredentials, credentialsPage, userPage }) => {
  await atCredentials(ADA);
  await credentialsPage.signIn(ADA.password);
  await userPage.expectShown();
  await expect(userPage.device('Desk Phone')).toBeVisible();
  await expect(userPage.device('Mobile Phone')).toHaveCount(0);
  await expect(userPage.routeCallsToCell).toHaveCount(0);
});

for (const number of ['+49 1512 3456789', '0049 1512 3456789', '01512/3456789', '٠١٥١٢ ٣٤٥٦٧٨٩']) {
  test(`with the cell number ${number} Mobile Phone can be preferred, and stays so`, async ({
    page,
    atAccount,
    accountPage,
    credentialsPage,
    userPage,
    axe,
  }) => {
    await atAccount();
    await accountPage.signIn(ADA.name, number);
    await credentialsPage.expectShown();
    await credentialsPage.signIn(ADA.password);
    await userPage.expectShown();
    await userPage.prefer('Mobile Phone');
    await axe();
    await page.reload();
    await userPage.expectShown();
    await expect(userPage.device('Mobile Phone')).toBeChecked();
  });
}

for (const number of ['12', '+49 151', 'my phone', '+999 1234567890']) {
  test(`the cell number ${number} is refused under its field`, async ({ atAccount, accountPage, axe }) => {
    await atAccount();
    await accountPage.signIn(ADA.name, number);
    await accountPage.expectRefused(accountPage.cellNumber, /cell number/);
    await axe();
  });
}

test('the next sign-in without a number has no Mobile Phone any more', async ({
  atAccount,
  accountPage,
  credentialsPage,
  connectPage,
  userPage,
}) => {
  await atAccount();
  await accountPage.signIn(ADA.name, '+4915123456789');
  await credentialsPage.expectShown();
  await credentialsPage.signIn(ADA.password);
  await userPage.expectShown();
  await userPage.signOut();
  await connectPage.expectShown();
  await atAccount();
  await accountPage.removeCellNumber();
  await accountPage.signIn(ADA.name);
  await credentialsPage.expectShown();
  await credentialsPage.signIn(ADA.password);
  await userPage.expectShown();
  await expect(userPage.device('Mobile Phone')).toHaveCount(0);
});
