import { expect, GRACE, Person, test } from '../fixtures/browsers.ts';
import { Hold } from '../fixtures/hold.ts';

// Where a service worker takes over, a test does not get hold of the requests of that moment.
test.use({ serviceWorkers: 'block' });

const PATH = '/api/me/password';
const NEW_PASSWORD = 'plaster violet cabinet';
const CHANGED = 'Your password is changed, and you are signed out everywhere. Sign in with the new one.';

test('a changed password signs out everywhere; the old one is refused, the new one signs in', async ({
  here,
  there,
  server,
  mail,
  axe,
}) => {
  await there.open('user');
  await here.open('user');
  await here.user.openPasswordForm();
  await axe();
  await here.user.changePassword(GRACE.password, NEW_PASSWORD);
  await here.expectAt('connect');
  await expect(here.page.getByText(CHANGED, { exact: true })).toBeVisible();
  await axe();

  await there.user.device('Auto-Pilot').click();
  await there.expectAt('connect');

  const anew = new Person(here.page, { ...GRACE, password: NEW_PASSWORD }, mail, server.origin);
  await anew.walk('connect', 'credentials');
  await anew.credentials.signIn(GRACE.password);
  await anew.credentials.expectRefused(anew.credentials.password, /is not right/);
  await anew.walk('credentials', 'user');
});

test('on another origin it works as well', async ({ here, elsewhere, server, mail }) => {
  await here.open('user', elsewhere.origin);
  await here.user.openPasswordForm();
  await here.user.changePassword(GRACE.password, NEW_PASSWORD);
  await here.expectAt('connect');
  await expect(here.page.getByText(CHANGED, { exact: true })).toBeVisible();
  const anew = new Person(here.page, { ...GRACE, password: NEW_PASSWORD }, mail, server.origin);
  await anew.walk('connect', 'user');
});

test('a wrong current password is told at its field, and what was typed is kept', async ({ here, axe }) => {
  await here.open('user');
  await here.user.openPasswordForm();
  await here.user.changePassword('not the password', NEW_PASSWORD);
  await here.user.expectRefused(here.user.currentPassword, /not your current password/);
  await expect(here.user.newPassword).toHaveValue(NEW_PASSWORD);
  await axe();
  await here.user.currentPassword.fill(GRACE.password);
  await expect(here.user.currentPassword).not.toHaveAttribute('aria-invalid');
  await here.user.changeButton.click();
  await here.expectAt('connect');
});

test('a new password that is no good one is told at its field', async ({ here, complaints, axe }) => {
  complaints.allow(/status of 422 .*\/api\/me\/password/);
  await here.open('user');
  await here.user.openPasswordForm();
  for (const [wanted, told] of [
    ['', /Enter a new password/],
    ['seven77', /at least .?8.? characters/],
    ['Password123', /tried first/],
    ['x'.repeat(1025), /at most 1,024/],
    ['before\u0007after', /cannot have/],
  ] as const) {
    await here.user.changePassword(GRACE.password, wanted);
    await here.user.expectRefused(here.user.newPassword, told);
  }
  await axe();
  await here.user.changePassword(GRACE.password, GRACE.password);
  await here.user.expectRefused(here.user.newPassword, /is your current password/);
  await here.user.changePassword('', NEW_PASSWORD);
  await here.user.expectRefused(here.user.currentPassword, /Enter your current password/);
  await expect(here.user.newPassword).not.toHaveAttribute('aria-invalid');
  await here.expectAt('user');
});

test('password managers see whose password changes, the old one and the new one', async ({ here }) => {
  await here.open('user');
  await here.user.openPasswordForm();
  await expect(here.user.currentPassword).toHaveAttribute('autocomplete', 'current-password');
  await expect(here.user.newPassword).toHaveAttribute('autocomplete', 'new-password');
  await expect(here.user.passwordForm.locator('[autocomplete=username]')).toHaveValue(GRACE.name);
});

test('each password can be shown by itself', async ({ here }) => {
  await here.open('user');
  await here.user.openPasswordForm();
  await here.page.getByRole('button', { name: 'Show new password' }).click();
  await expect(here.user.newPassword).toHaveAttribute('type', 'text');
  await expect(here.user.currentPassword).toHaveAttribute('type', 'password');
  await here.page.getByRole('button', { name: 'Hide new password' }).click();
  await expect(here.user.newPassword).toHaveAttribute('type', 'password');
});

test('two taps change it once', async ({ here, axe }) => {
  await here.open('user');
  await here.user.openPasswordForm();
  const hold = await Hold.of(here.page, PATH);
  await here.user.changePassword(GRACE.password, NEW_PASSWORD);
  await hold.atLeast(1);
  const pending = here.user.passwordForm.getByRole('button', { name: 'Changing…' });
  await expect(pending).toHaveAttribute('aria-disabled', 'true');
  await axe();
  await pending.dispatchEvent('click');
  await here.user.newPassword.press('Enter');
  await hold.release();
  await here.expectAt('connect');
  expect(hold.count).toBe(1);
});

test('after a lost answer it is said that the password may have been changed', async ({ here, complaints }) => {
  complaints.allow(/ERR_FAILED/);
  await here.open('user');
  await here.user.openPasswordForm();
  await here.page.route(`**${PATH}`, async (route) => {
    await route.fetch();
    await route.abort();
  });
  await here.user.changePassword(GRACE.password, NEW_PASSWORD);
  await here.expectAt('connect');
  await expect(here.user.error).toHaveText(/may have been changed/);
});

test('a change that never arrived is told in the form, and can be sent again', async ({ here, complaints, axe }) => {
  complaints.allow(/ERR_FAILED/);
  await here.open('user');
  await here.user.openPasswordForm();
  await here.page.route(`**${PATH}`, (route) => route.abort());
  await here.user.changePassword(GRACE.password, NEW_PASSWORD);
  await expect(here.user.passwordForm.getByRole('alert')).toHaveText(/did not answer/);
  await axe();
  await here.page.unroute(`**${PATH}`);
  await here.user.changeButton.click();
  await here.expectAt('connect');
  await expect(here.page.getByText(CHANGED, { exact: true })).toBeVisible();
});

test('a change that is given up on its way may have happened: the session tells', async ({ here }) => {
  await here.open('user');
  await here.user.openPasswordForm();
  const hold = await Hold.of(here.page, PATH, { reaches: true });
  await here.user.changePassword(GRACE.password, NEW_PASSWORD);
  await hold.atLeast(1);
  await here.user.cancelButton.click();
  await here.expectAt('connect');
  await expect(here.user.error).toHaveText(/may have been changed/);
});

test.describe('with waits', () => {
  test.use({ config: { 'throttle.first_wait': '30s', 'throttle.longest_wait': '30s' } });

  test('too many wrong ones have to wait, and the form says how long', async ({ here, axe }) => {
    await here.open('user');
    await here.user.openPasswordForm();
    await here.user.changePassword('not the password', NEW_PASSWORD);
    await here.user.expectRefused(here.user.currentPassword, /not your current password/);
    await here.user.changePassword(GRACE.password, NEW_PASSWORD);
    await expect(here.user.passwordForm.getByRole('alert')).toHaveText(/Too many tries/);
    await expect(here.user.passwordForm).toContainText(/You can try again in .?0:\d\d/);
    await axe();
    await here.expectAt('user');
  });
});
