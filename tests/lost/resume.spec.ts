import type { BrowserContext, Page } from '@playwright/test';
import { expect, GRACE, otherCode, STAGES, test, type Person } from '../fixtures/lost.ts';
import { readRecords } from '../fixtures/record.ts';

test.describe('after a reload the person is at the same stage, with no new mail:', () => {
  for (const stage of STAGES) {
    test(stage, async ({ page, person, mail }) => {
      await person.open(stage);
      await page.reload();
      await person.expectAt(stage);
      await person.walk(stage, 'user');
      expect(mail.received).toHaveLength(1);
    });
  }
});

test.describe('a tab that was closed and opened again shows the stage that was left:', () => {
  for (const stage of STAGES.slice(1)) {
    for (const address of ['the same address', 'the address of the server'] as const) {
      test(`${stage}, at ${address}`, async ({ page, person, otherTab, mail }) => {
        await person.open(stage);
        const code = stage === 'code' ? await person.accessCode() : undefined;
        const left = page.url();
        await page.close();
        const again = await otherTab();
        await again.page.goto(address === 'the same address' ? left : person.server);
        // Nothing has begun at the account stage yet: the first stage is as good.
        const shown = stage === 'account' && address !== 'the same address' ? 'connect' : stage;
        await again.expectAt(shown);
        if (code === undefined) await again.walk(shown, 'user');
        else {
          await again.code.enter(code);
          await again.user.expectShown();
        }
        expect(mail.received).toHaveLength(1);
      });
    }
  }
});

test('Back to the stages before and Forward again send nothing, with a reload at each of them', async ({
  page,
  person,
  mail,
}) => {
  await person.open('code');
  const posts: string[] = [];
  page.on('request', (request) => {
    const members = [...new URLSearchParams(request.postData() ?? '').keys()];
    // What the sign-in waits for may be asked.
    const isState = members.join(' ') === 'client_id auth_session code_verifier';
    if (request.method() === 'POST' && !isState) posts.push(request.postData() ?? '');
  });
  for (const stage of ['credentials', 'account', 'connect'] as const) {
    await page.goBack();
    await person.expectAt(stage);
    await page.reload();
    await person.expectAt(stage);
  }
  for (const stage of ['account', 'credentials', 'code'] as const) {
    await page.goForward();
    await person.expectAt(stage);
  }
  expect(posts).toEqual([]);
  await person.pass('code');
  expect(mail.received).toHaveLength(1);
});

test.describe('whoever goes Back in the moment in which a reloaded stage shows is at the stage before:', () => {
  for (const [before, stage] of [
    ['connect', 'account'],
    ['account', 'credentials'],
    ['credentials', 'code'],
  ] as const) {
    test(stage, async ({ page, person }) => {
      await person.open(stage);
      const heading = await page.getByRole('heading', { level: 1 }).innerText();
      await page.addInitScript((shown) => {
        // A screen that is slow to paint: what waits for a frame comes after the person.
        window.requestAnimationFrame = () => 0;
        const seen = new MutationObserver(() => {
          if (document.querySelector('h1')?.textContent !== shown) return;
          seen.disconnect();
          history.back();
        });
        seen.observe(document, { childList: true, characterData: true, subtree: true });
      }, heading);
      await page.reload();
      await person.expectAt(before);
    });
  }
});

test('a trip to another page and Back again leads to the same stage', async ({ page, person, elsewhere, mail }) => {
  await person.open('code');
  await page.goto(elsewhere.origin);
  await page.goBack();
  await person.expectAt('code');
  await person.pass('code');
  expect(mail.received).toHaveLength(1);
});

test('a wrong code before a reload still counts after it', async ({ page, person }) => {
  await person.open('code');
  const code = await person.accessCode();
  await person.code.enter(otherCode(code));
  await person.code.expectRefused(person.code.accessCode, /wrong/);
  await page.reload();
  await person.expectAt('code');
  await person.code.expectAttemptsLeft(4);
  await person.pass('code');
});

test.describe('a reload keeps what was half typed:', () => {
  test('Server Address', async ({ page, person }) => {
    await person.open('connect');
    await person.connect.serverAddress.fill('uc.exam');
    await expect.poll(() => readRecords(page)).toContain('uc.exam');
    await page.reload();
    await person.expectAt('connect');
    await expect(person.connect.serverAddress).toHaveValue('uc.exam');
  });

  test('Username and Cell Number', async ({ page, person }) => {
    await person.open('account');
    await person.account.username.fill('gra');
    await person.account.openCellNumber();
    await person.account.cellNumber.fill('+4915');
    await expect.poll(() => readRecords(page)).toContain('+4915');
    await page.reload();
    await person.expectAt('account');
    await expect(person.account.username).toHaveValue('gra');
    await expect(person.account.cellNumber).toHaveValue('+4915');
  });

  test('Username or e-mail, and never the password', async ({ page, person }) => {
    await person.open('credentials');
    await person.credentials.username.fill('grace@exam');
    await person.credentials.password.fill('staple moth');
    await expect.poll(() => readRecords(page)).toContain('grace@exam');
    expect(await readRecords(page)).not.toContain('staple');
    await page.reload();
    await person.expectAt('credentials');
    await expect(person.credentials.username).toHaveValue('grace@exam');
    await expect(person.credentials.password).toHaveValue('');
  });

  test('Access code', async ({ page, person }) => {
    await person.open('code');
    const code = await person.accessCode();
    await person.code.accessCode.fill(code.slice(0, 3));
    await expect.poll(() => readRecords(page)).toContain(code.slice(0, 3));
    await page.reload();
    await person.expectAt('code');
    await expect(person.code.accessCode).toHaveValue(code.slice(0, 3));
    await person.code.accessCode.press('End');
    await person.code.accessCode.pressSequentially(code.slice(3));
    await person.expectAt('user');
  });
});

test('nothing that lets anybody in is stored, and nothing of the sign-in once it is over', async ({ page, person }) => {
  await person.open('code');
  const during = await readRecords(page);
  expect(during).not.toContain(GRACE.password);
  await person.pass('code');
  await expect.poll(() => readRecords(page)).not.toMatch(/auth_session":"|verifier":"/);
});

test.describe('what a start looks for', () => {
  /** As after a crash: what is in the database is safe at once, the latest cookies are not. */
  const loseMarks = async (context: BrowserContext): Promise<void> => {
    for (const name of ['stored', 'begun']) await context.clearCookies({ name });
    expect((await context.cookies()).map(({ name }) => name)).toContain('visited');
  };

  const typeHalf = async (page: Page, person: Person): Promise<void> => {
    await person.connect.serverAddress.fill('uc.exam');
    await expect.poll(() => readRecords(page)).toContain('uc.exam');
  };

  test('a sign-in whose marks were lost is gone on with', async ({ page, person, context, otherTab, mail }) => {
    await person.open('code');
    await page.close();
    await loseMarks(context);
    const again = await otherTab();
    await again.page.goto(person.server);
    await again.expectAt('code');
    await again.walk('code', 'user');
    expect(mail.received).toHaveLength(1);
  });

  test('half-typed text whose mark was lost is still there', async ({ page, person, context }) => {
    await person.open('connect');
    await typeHalf(page, person);
    await loseMarks(context);
    await page.goto('about:blank');
    await page.goto(person.server);
    await expect(person.connect.serverAddress).toHaveValue('uc.exam');
    await expect(page.locator('#connect[data-ready]')).toBeVisible();
    await expect(person.connect.serverAddress).toHaveValue('uc.exam');
  });

  test('the address that a link leads to is there, although something is found late', async ({ page, person, context }) => {
    await person.open('connect');
    await typeHalf(page, person);
    await loseMarks(context);
    await page.addInitScript(() => sessionStorage.setItem('starts', `${sessionStorage.getItem('starts') ?? ''}|`));
    await page.goto(`${person.server}/?server=uc.example.org`);
    // Between two documents there is none to ask.
    const starts = () => page.evaluate(() => sessionStorage.getItem('starts')).catch(() => null);
    await expect.poll(starts).toBe('||');
    await expect(page.locator('#connect[data-ready]')).toBeVisible();
    await expect(person.connect.serverAddress).toHaveValue('uc.example.org');
  });

  for (const [who, isStored] of [['whoever has nothing stored', false], ['whoever has something stored', true]] as const) {
    test(`${isStored ? 'the database is asked first' : 'nobody waits for the database'}: ${who}`, async ({ page, person }) => {
      await person.open('connect');
      await expect(page.locator('#connect[data-ready]')).toBeVisible();
      if (isStored) await typeHalf(page, person);
      await page.addInitScript(() => {
        const open = IDBFactory.prototype.open;
        IDBFactory.prototype.open = function (...names) {
          const has = document.querySelector('#connect[data-ready]') !== null;
          document.documentElement.dataset['started'] ??= String(has);
          return open.apply(this, names);
        };
      });
      await page.reload();
      await expect(page.locator('html')).toHaveAttribute('data-started', String(!isStored));
    });
  }
});
