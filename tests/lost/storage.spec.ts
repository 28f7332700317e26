import type { Page } from '@playwright/test';
import { expect, test, type Person } from '../fixtures/lost.ts';
import { editRecords } from '../fixtures/record.ts';

test.describe('a stored record that cannot be read is dropped in silence, and the page works:', () => {
  const RECORDS: Record<string, (record: string) => string> = {
    'of another version': (record) => record.replace(/"version":\d+/, '"version":999'),
    'cut in half': (record) => record.slice(0, record.length / 2),
    empty: () => '',
    'of 1 MB': (record) => record.replace(/"username":"/, `"username":"${'x'.repeat(1_000_000)}`),
    '1 MB of something else': () => 'x'.repeat(1_000_000),
    'no JSON': () => 'toString()',
    'another kind of JSON': () => '[[{"version":1}]]',
    'edited by hand': (record) => record.replace(/"auth_session":"[^"]*"/, '"auth_session":"\\u0000"'),
    'with an address that is none': (record) => record.replaceAll(/http:\/\/localhost/g, 'javascript:'),
    'with numbers for texts': (record) => record.replaceAll(/:"[^"]*"/g, ':7'),
  };

  for (const [kind, spoil] of Object.entries(RECORDS)) {
    test(kind, async ({ page, person }) => {
      await person.open('code');
      await editRecords(page, spoil);
      await page.reload();
      // No sign-in is known any more: begun again, with whatever was readable filled in.
      await page.waitForURL((url) => !url.pathname.endsWith('/code'));
      await page.goto(person.server);
      await person.expectAt('connect');
      await person.walk('connect', 'code');
    });
  }

  test('a sign-in of somebody who made it up is unknown to the server, and said to be over', async ({ page, person }) => {
    await person.open('code');
    await editRecords(page, (record) => record.replace(/("auth_session":")[^"]*"/, `$1${'A'.repeat(43)}"`));
    await page.reload();
    await person.expectAt('account');
    await expect(person.account.error).toHaveText(/has expired/);
    await person.walk('account', 'code');
  });
});

test.describe('without storage the page works, and only forgets:', () => {
  const BROKEN: Record<string, (page: Page) => Promise<unknown>> = {
    'there is none': (page) =>
      page.addInitScript(() => Object.defineProperty(globalThis, 'indexedDB', { value: undefined })),
    'it is forbidden': (page) =>
      page.addInitScript(() => {
        const forbid = (): never => {
          throw new DOMException('The operation is insecure.', 'SecurityError');
        };
        Object.defineProperty(globalThis, 'indexedDB', { get: forbid });
      }),
    'opening it throws': (page) =>
      page.addInitScript(() => {
        IDBFactory.prototype.open = () => {
          throw new DOMException('A mutation operation was attempted.', 'InvalidStateError');
        };
      }),
    'opening it fails': (page) =>
      page.addInitScript(() => {
        const open = IDBFactory.prototype.open;
        // A database of a lower version than the one there is: the error that a damaged profile gives too.
        IDBFactory.prototype.open = function (name) {
          open.call(this, name, 9);
          return open.call(this, name, 1);
        };
      }),
    'it never answers': (page) =>
      page.addInitScript(() => {
        IDBFactory.prototype.open = () => ({}) as IDBOpenDBRequest;
      }),
    'writing throws': (page) =>
      page.addInitScript(() => {
        IDBObjectStore.prototype.put = () => {
          throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
        };
      }),
    'it is switched off, with sessionStorage and localStorage': (page) =>
      page.addInitScript(() => {
        const forbid = (): never => {
          throw new DOMException('Access is denied for this document.', 'SecurityError');
        };
        for (const name of ['indexedDB', 'localStorage', 'sessionStorage', 'caches']) {
          Object.defineProperty(globalThis, name, { get: forbid });
        }
      }),
  };

  async function expectWholeSignIn(person: Person): Promise<void> {
    await person.open('user');
    await person.page.reload();
    await person.expectAt('user');
    await person.user.signOut();
    await person.expectAt('connect');
  }

  for (const [kind, breakStorage] of Object.entries(BROKEN)) {
    test(kind, async ({ page, person }) => {
      await breakStorage(page);
      await expectWholeSignIn(person);
    });
  }

  test('it is full', async ({ page, person, context }) => {
    const devtools = await context.newCDPSession(page);
    await devtools.send('Storage.overrideQuotaForOrigin', { origin: person.server, quotaSize: 1 });
    await expectWholeSignIn(person);
  });

  test('another tab raises its version in the middle of a sign-in', async ({ page, person, otherTab }) => {
    await person.open('credentials');
    const other = await otherTab();
    await other.page.goto(person.server);
    await other.expectAt('credentials');
    await other.page.evaluate(
      () =>
        new Promise<void>((raised, failed) => {
          const opening = indexedDB.open('vestibule', 2);
          opening.onsuccess = () => raised();
          opening.onerror = () => failed(opening.error);
          opening.onblocked = () => failed(new Error('the page holds its database open'));
        }),
    );
    await person.walk('credentials', 'user');
    await page.reload();
    await person.expectAt('user');
  });
});
