import { sessionCookies } from '../fixtures/cookies.ts';
import { expect, Person, GRACE, STAGES, test } from '../fixtures/lost.ts';

const PATH = '/uc';

for (const strip of [true, false]) {
  test.describe(`a server below a path, which the proxy ${strip ? 'takes away' : 'hands on'}:`, () => {
    test('the page and the whole sign-in are below that path', async ({ behindProxy, page, mail, context, axe }) => {
      const { proxy, person } = await behindProxy({ path: PATH, strip });
      await person.open('code');
      await axe();
      await person.pass('code');
      await page.reload();
      await person.expectAt('user');
      const outside = proxy.asked.filter((url) => !url.startsWith(`${PATH}/`) && !url.startsWith('/.well-known/'));
      expect(outside).toEqual([]);
      expect(mail.received).toHaveLength(1);
      const [cookie] = await sessionCookies(context);
      expect(cookie?.name).not.toBe('vestibule');
      await person.user.signOut();
      await person.expectAt('connect');
      expect(await sessionCookies(context)).toEqual([]);
    });

    test('a reload at each stage stays there', async ({ behindProxy, page }) => {
      const { person } = await behindProxy({ path: PATH, strip });
      await person.open('connect');
      for (const stage of STAGES) {
        await page.reload();
        await person.expectAt(stage);
        await person.pass(stage);
      }
    });

    test('what a page above has remembered is not taken for its own', async ({ behindProxy, page, context }) => {
      const { person, proxy } = await behindProxy({ path: PATH, strip });
      for (const [value, path] of [['fr', '/'], ['de', `${PATH}/`]] as const) {
        await context.addCookies([{ name: 'lang', value, domain: new URL(proxy.origin).hostname, path }]);
      }
      await page.goto(`${person.server}/`);
      await expect(page.locator('#connect[data-ready]')).toBeVisible();
      await expect(page.locator('html')).toHaveAttribute('lang', 'de');
    });

    for (const end of ['', '/', '///']) {
      test(`a page on another origin connects to the address with “${end}” at its end`, async ({
        behindProxy,
        page,
        mail,
        elsewhere,
      }) => {
        const { proxy } = await behindProxy({ path: PATH, strip });
        const person = new Person(page, GRACE, mail, proxy.address + end);
        await person.open('user', elsewhere.origin);
        // The stored address has a path: the next start takes it, and no worse.
        await page.goto(elsewhere.origin);
        await person.expectAt('user');
        await person.user.signOut();
        await expect(page.getByRole('button', { name: proxy.address, exact: true })).toBeVisible();
        expect(proxy.asked.filter((url) => url.includes('//'))).toEqual([]);
      });
    }

    test('the address without its path is not taken for the server', async ({ behindProxy, page, mail, elsewhere, complaints }) => {
      complaints.allow(/CORS policy|ERR_FAILED|ERR_SSL|404/);
      const { proxy, person: atPath } = await behindProxy({ path: PATH, strip });
      const person = new Person(page, GRACE, mail, proxy.origin);
      await person.connect.open(elsewhere.origin);
      await person.connect.connect(proxy.origin);
      await expect(person.connect.serverAddress).toHaveAttribute('aria-invalid', 'true');
      await person.connect.connect(atPath.server);
      await person.expectAt('account');
    });
  });
}
