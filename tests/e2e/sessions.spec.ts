import { expect, OTHER_BROWSER, test, type Person } from '../fixtures/browsers.ts';
import { Hold } from '../fixtures/hold.ts';

// Where a service worker takes over, a test does not get hold of the requests of that moment.
test.use({ serviceWorkers: 'block' });

const THIS_BROWSER = /Chrome\S* on /;

async function expectSessionEnded(person: Person): Promise<void> {
  await person.expectAt('connect');
  await expect(person.page.getByText('Your session has ended.')).toBeVisible();
}

test('the list says where, when and by which browser, and marks this one', async ({ here, there, axe }) => {
  await there.open('user');
  await here.open('user');
  await expect(here.user.places).toHaveCount(0);
  await here.user.listSessions(2);
  const [newest, older] = [here.user.places.nth(0), here.user.places.nth(1)];
  await expect(newest).toContainText(THIS_BROWSER);
  await expect(newest).toContainText('This one');
  await expect(newest.getByRole('button')).toHaveCount(0);
  await expect(older).toContainText(OTHER_BROWSER);
  await expect(older).not.toContainText('This one');
  const year = String(new Date().getFullYear());
  for (const text of ['127.0.0.1', /Signed in .*\d:\d\d/, year]) await expect(older).toContainText(text);
  await expect(older).toContainText(/Last used .*\d:\d\d/);
  await expect(here.user.sessionsControl).toHaveAttribute('aria-expanded', 'true');
  await axe();
  await here.user.sessionsControl.click();
  await expect(here.user.places).toHaveCount(0);
  await expect(here.user.sessionsControl).toHaveAttribute('aria-expanded', 'false');
});

test('Sign out there ends the other session, and this one goes on', async ({ here, there, server, axe }) => {
  await there.open('user');
  await here.open('user');
  await here.user.listSessions(2);
  await here.user.signOutThere(OTHER_BROWSER).click();
  await expect(here.user.places).toHaveCount(1);
  await expect(here.page.getByText('Signed out there.')).toBeAttached();
  await expect(here.user.sessionsControl).toBeFocused();
  await axe();

  // The cookie is still there, and opens nothing.
  const answer = await there.page.context().request.get(`${server.origin}/api/me`, { headers: { 'X-Vestibule': '1' } });
  expect(answer.status()).toBe(401);
  await there.user.device('Auto-Pilot').click();
  await expectSessionEnded(there);
  await here.page.reload();
  await here.expectAt('user');
});

test('a page with tokens and one with a cookie sign each other out', async ({ here, there, elsewhere }) => {
  await there.open('user', elsewhere.origin);
  await here.open('user');
  await there.user.listSessions(2);
  await there.user.signOutThere(THIS_BROWSER).click();
  await expect(there.user.places).toHaveCount(1);
  await here.user.device('Auto-Pilot').click();
  await expectSessionEnded(here);

  await here.walk('connect', 'credentials');
  await here.credentials.signIn(here.who.password);
  await here.expectAt('code');
});

test('a list that is open is up to date again when the person comes back to it', async ({ here, there }) => {
  await there.open('user');
  await here.open('user');
  await here.user.listSessions(2);
  await there.user.signOut();
  await there.expectAt('connect');
  await here.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })));
  await expect(here.user.places).toHaveCount(1);
});

test('where the session has ended before, Sign out there is as good as done', async ({ here, there, complaints }) => {
  complaints.allow(/status of 404 .*\/api\/sessions\//);
  await there.open('user');
  await here.open('user');
  await here.user.listSessions(2);
  await there.user.signOut();
  await there.expectAt('connect');
  await here.user.signOutThere(OTHER_BROWSER).click();
  await expect(here.user.places).toHaveCount(1);
  await expect(here.user.error).toHaveCount(0);
});

test('a double tap signs out once, and says what it is doing', async ({ here, there, axe }) => {
  await there.open('user');
  await here.open('user');
  await here.user.listSessions(2);
  const hold = await Hold.of(here.page, '/api/sessions/*');
  await here.user.signOutThere(OTHER_BROWSER).dblclick();
  await hold.atLeast(1);
  const pending = here.user.places.getByRole('button', { name: 'Signing out…' });
  await expect(pending).toHaveAttribute('aria-disabled', 'true');
  await axe();
  await hold.release();
  await expect(here.user.places).toHaveCount(1);
  expect(hold.count).toBe(1);
});

test('what is given up changes nothing, and can be done again', async ({ here, there }) => {
  await there.open('user');
  await here.open('user');
  const listing = await Hold.of(here.page, '/api/sessions');
  await here.user.sessionsControl.click();
  await listing.atLeast(1);
  await here.user.cancelButton.click();
  await listing.release();
  await expect(here.user.sessionsControl).toHaveAttribute('aria-expanded', 'false');
  await here.user.listSessions(2);

  const ending = await Hold.of(here.page, '/api/sessions/*');
  await here.user.signOutThere(OTHER_BROWSER).click();
  await ending.atLeast(1);
  await here.user.cancelButton.click();
  await expect(here.user.places).toHaveCount(2);
  ending.end();
  await here.user.signOutThere(OTHER_BROWSER).click();
  await expect(here.user.places).toHaveCount(1);
});

test('a request that comes to nothing is told at the list', async ({ here, there, complaints, axe }) => {
  complaints.allow(/ERR_FAILED/);
  await there.open('user');
  await here.open('user');
  await here.page.route('**/api/sessions**', (route) => route.abort());
  await here.user.sessionsControl.click();
  await expect(here.user.error).toHaveText(/did not answer/);
  await axe();
  await here.page.unroute('**/api/sessions**');
  await here.user.listSessions(2);
  await expect(here.user.error).toHaveCount(0);

  await here.page.route('**/api/sessions/*', (route) => route.abort());
  await here.user.signOutThere(OTHER_BROWSER).click();
  await expect(here.user.error).toHaveText(/did not answer/);
  await expect(here.user.places).toHaveCount(2);
  await here.page.unroute('**/api/sessions/*');
  await here.user.signOutThere(OTHER_BROWSER).click();
  await expect(here.user.places).toHaveCount(1);
  await expect(here.user.error).toHaveCount(0);
});
