import { sessionCookies } from '../fixtures/cookies.ts';
import { ADA, expect, GRACE, test } from '../fixtures/lost.ts';

test('the session survives a reload, a closed tab and a restarted browser', async ({ startPhone, mail }) => {
  const { phone, person } = await startPhone();
  await person.open('user');
  await phone.page.reload();
  await person.expectAt('user');
  await phone.close();

  const { phone: restarted, person: again } = await startPhone();
  await again.page.goto(again.server);
  await again.expectAt('user');
  await expect(restarted.page.getByText(GRACE.displayName).first()).toBeVisible();
  expect(mail.received).toHaveLength(1);
});

test('on another origin too', async ({ startPhone, elsewhere, mail }) => {
  const { phone, person } = await startPhone();
  await person.open('user', elsewhere.origin);
  await phone.page.reload();
  await person.expectAt('user');
  // Nothing is written any more that was not safe before the page showed it.
  await phone.kill9();

  const { phone: restarted, person: again } = await startPhone();
  await again.page.goto(elsewhere.origin);
  await again.expectAt('user');
  await expect(restarted.page.getByText(GRACE.displayName).first()).toBeVisible();
  expect(mail.received).toHaveLength(1);
});

test('the cookie lasts as long as the session', async ({ person, context }) => {
  await person.open('user');
  const [cookie] = await sessionCookies(context);
  const days = ((cookie?.expires ?? 0) - Date.now() / 1000) / 86_400;
  expect(days).toBeGreaterThan(29.9);
  expect(days).toBeLessThanOrEqual(30);
});

test('the address of the server leads to the session, and Back leads to no form', async ({ page, person }) => {
  await person.open('user');
  await page.goto(person.server);
  await person.expectAt('user');
  await page.goBack();
  await person.expectAt('user');
});

test.describe('a session that the server has ended', () => {
  test('is told at the next reload, without a dead end', async ({ page, server, person }) => {
    await person.open('user');
    await server.admin(['user', 'set-password', GRACE.name], 'another moth lantern\n');
    await page.reload();
    await person.expectAt('connect');
    await expect(page.getByText(/session has ended/)).toBeVisible();
    await expect(page.getByText(GRACE.displayName)).toHaveCount(0);
    await person.pass('connect');
  });

  test('is told when the person comes back to the page', async ({ page, server, person }) => {
    await person.open('user');
    await server.admin(['user', 'set-password', GRACE.name], 'another moth lantern\n');
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })));
    await person.expectAt('connect');
    await expect(page.getByText(/session has ended/)).toBeVisible();
  });
});

test.describe('after sign-out', () => {
  test('Back, Forward and a reload show nothing of the person', async ({ page, person, context, axe }) => {
    await person.open('user');
    await person.user.signOut();
    await person.expectAt('connect');
    await axe();
    for (const move of [() => page.goBack(), () => page.reload(), () => page.goForward(), () => page.goBack()]) {
      await move();
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expect(page.getByText(GRACE.displayName)).toHaveCount(0);
      await expect(person.user.signOutButton).toHaveCount(0);
    }
    expect(await sessionCookies(context)).toEqual([]);
  });

  test('a page that the browser brings back from memory shows nothing of the person', async ({ page, person }) => {
    await person.open('user');
    // What a browser does that has kept the page whole, after the session was ended elsewhere.
    await page.request.delete(`${person.server}/api/session`, { headers: { 'X-Vestibule': '1', Origin: person.server } });
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
    await person.expectAt('connect');
    await expect(page.getByText(GRACE.displayName)).toHaveCount(0);
  });

  test('somebody else can sign in at once', async ({ page, person }) => {
    await person.open('user');
    await person.user.signOut();
    await person.expectAt('connect');
    await person.pass('connect');
    await person.account.signIn(ADA.name);
    await person.expectAt('credentials');
    await person.credentials.signIn(ADA.password);
    await person.expectAt('user');
    await expect(page.getByText(ADA.displayName).first()).toBeVisible();
    await expect(page.getByText(GRACE.displayName)).toHaveCount(0);
  });
});
