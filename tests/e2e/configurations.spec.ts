import { ADA, expect, test } from '../fixtures/test.ts';

const NUMBER = '+4915123456789';

/** What product.md lists for each configuration, for a sign-in with a cell number. */
const CONFIGURATIONS = [
  {
    configuration: 'integrated',
    shown: 'Integrated',
    devices: ['Desk Phone', 'Mobile Phone', 'Auto-Pilot'],
    routes: 'with Auto-Pilot',
  },
  { configuration: 'uc-only', shown: 'UC-only', devices: ['Desk Phone', 'Mobile Phone'], routes: 'never' },
  { configuration: 'voice-only', shown: 'Voice-only', devices: [], routes: 'always' },
] as const;

for (const { configuration, shown, devices, routes } of CONFIGURATIONS) {
  test.describe(shown, () => {
    test.use({ config: { configuration } });

    test('the User tab has what the configuration offers', async ({
      page,
      atAccount,
      accountPage,
      credentialsPage,
      userPage,
      axe,
    }) => {
      await atAccount();
      await accountPage.signIn(ADA.name, NUMBER);
      await credentialsPage.expectShown();
      await credentialsPage.signIn(ADA.password);
      await userPage.expectShown();
      await expect(page.getByText(shown).first()).toBeVisible();
      await expect(userPage.preferredDevice.getByRole('radio')).toHaveCount(devices.length);
      for (const device of devices) await expect(userPage.device(device)).toBeVisible();
      await axe();

      if (routes === 'with Auto-Pilot') {
        await expect(userPage.routeCallsToCell).toHaveCount(0);
        await userPage.prefer('Auto-Pilot');
      }
      if (routes === 'never') {
        await expect(userPage.routeCallsToCell).toHaveCount(0);
      } else {
        await userPage.toggleRouteCallsToCell();
        await page.reload();
        await userPage.expectShown();
        await expect(userPage.routeCallsToCell).toBeChecked();
        await axe();
      }
    });

    test('without a cell number nothing of it is offered', async ({ atCredentials, credentialsPage, userPage }) => {
      await atCredentials(ADA);
      await credentialsPage.signIn(ADA.password);
      await userPage.expectShown();
      await expect(userPage.device('Mobile Phone')).toHaveCount(0);
      await expect(userPage.routeCallsToCell).toHaveCount(0);
    });
  });
}
