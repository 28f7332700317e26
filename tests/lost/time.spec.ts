import type { Page } from '@playwright/test';
import { expect, GRACE, test, type Person } from '../fixtures/lost.ts';

const HOUR = 60 * 60 * 1000;
/** The life of a fresh code; figures in a sentence stand in isolates. */
const NEARLY_TEN_MINUTES = /^\W?(9:\d\d|10:00)\W?$/;

/** A device whose clock is wrong. */
async function setClock(page: Page, milliseconds: number): Promise<void> {
  await page.addInitScript((shift) => {
    const Real = Date;
    class Wrong extends Real {
      constructor(...given: []) {
        if (given.length === 0) super(Real.now() + shift);
        else super(...given);
      }
      static override now(): number {
        return Real.now() + shift;
      }
    }
    globalThis.Date = Wrong as DateConstructor;
  }, milliseconds);
}

/** Lets the page's monotonic clock go on by so much at once, as if it had not been looked at for a while. */
function passTime(page: Page, milliseconds: number): Promise<void> {
  return page.evaluate((passed) => {
    const real = performance.now.bind(performance);
    performance.now = () => real() + passed;
  }, milliseconds);
}

test.describe('the clock of the device plays no part:', () => {
  for (const [name, shift] of [
    ['two hours fast', 2 * HOUR],
    ['two hours slow', -2 * HOUR],
    ['years slow', -30 * 365 * 24 * HOUR],
  ] as const) {
    test(name, async ({ page, person, mail }) => {
      await setClock(page, shift);
      await person.open('code');
      await expect(page.getByText('Expired', { exact: true })).toHaveCount(0);
      await expect(page.getByText(NEARLY_TEN_MINUTES)).toBeVisible();
      await page.reload();
      await person.expectAt('code');
      await expect(page.getByText(NEARLY_TEN_MINUTES)).toBeVisible();
      await person.pass('code');
      await page.reload();
      await person.expectAt('user');
      expect(mail.received).toHaveLength(1);
    });
  }

  test('set back and forth while a code is awaited', async ({ page, person }) => {
    await person.open('code');
    for (const shift of [3 * HOUR, -5 * HOUR]) {
      await setClock(page, shift);
      await page.reload();
      await person.expectAt('code');
    }
    await person.pass('code');
  });
});

test('a code that the page takes for expired is still sent, and the server has the last word', async ({
  page,
  person,
}) => {
  await person.open('code');
  await passTime(page, 20 * 60 * 1000);
  await expect(page.getByText('Expired', { exact: true })).toBeVisible();
  await person.pass('code');
});

test('back from a long sleep the page counts anew from what the server says', async ({ page, person }) => {
  await person.open('code');
  await passTime(page, 20 * 60 * 1000);
  await expect(page.getByText('Expired', { exact: true })).toBeVisible();
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })));
  await expect(page.getByText(NEARLY_TEN_MINUTES)).toBeVisible();
});

test.describe('a sign-in that the server has let expire', () => {
  test.use({ config: { 'signin.life': '6s' } });

  const EXPIRED = /Your sign-in has expired/;

  /** Asks the server itself, until it does not know the sign-in any more. */
  async function untilExpired(person: Person, authSession: string): Promise<void> {
    await expect
      .poll(
        async () => {
          const form = { client_id: 'vestibule', auth_session: authSession };
          const answer = await person.page.request.post(`${person.server}/oauth/authorize-challenge`, { form });
          return ((await answer.json()) as { error: string }).error;
        },
        { timeout: 15_000 },
      )
      .toBe('invalid_session');
  }

  /** At a stage, with a sign-in that has expired meanwhile. */
  async function atExpired(person: Person, stage: 'credentials' | 'code'): Promise<void> {
    const begun = person.page.waitForResponse((response) => response.url().endsWith('/authorize-challenge'));
    await person.open(stage);
    const { auth_session } = (await (await begun).json()) as { auth_session: string };
    await untilExpired(person, auth_session);
  }

  async function expectBegunAgain(person: Person): Promise<void> {
    await person.account.expectShown();
    await expect(person.account.error).toHaveText(EXPIRED);
    await expect(person.account.username).toHaveValue(GRACE.name);
  }

  for (const stage of ['credentials', 'code'] as const) {
    test(`begins again by itself after a reload at the ${stage} stage, with the user name kept`, async ({
      page,
      person,
      axe,
    }) => {
      await atExpired(person, stage);
      await page.reload();
      await expectBegunAgain(person);
      await axe();
    });

    test(`begins again by itself when the ${stage} stage is submitted, with the user name kept`, async ({ person }) => {
      await atExpired(person, stage);
      if (stage === 'code') await person.code.enter(await person.accessCode());
      else await person.credentials.signIn(GRACE.password);
      await expectBegunAgain(person);
    });

    test(`begins again by itself when the person comes back to the ${stage} stage`, async ({ page, person }) => {
      await atExpired(person, stage);
      await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })));
      await expectBegunAgain(person);
    });
  }

  test('leaves no dead end behind: Back, Forward and a new sign-in work', async ({ page, person }) => {
    await atExpired(person, 'credentials');
    await page.goBack();
    await person.expectAt('account');
    await page.goForward();
    await person.expectAt('credentials');
    await person.credentials.signIn(GRACE.password);
    await expectBegunAgain(person);
    await person.pass('account');
    await person.pass('credentials');
  });
});
