import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { ARGUMENTS, executable } from '../fixtures/chromium.ts';
import { Complaints } from '../fixtures/console.ts';
import { expect, GRACE, Person, test } from '../fixtures/browsers.ts';

/** Chromium's own switch for “sites can never save data on your device”. */
const BLOCKED = { profile: { default_content_setting_values: { cookies: 2 } } };

test('Chromium with cookies and storage blocked signs in, and only forgets', async ({ server, mail, folder }) => {
  const profile = join(folder, 'profile');
  await mkdir(join(profile, 'Default'), { recursive: true });
  await writeFile(join(profile, 'Default', 'Preferences'), JSON.stringify(BLOCKED));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: executable(),
    args: ARGUMENTS,
    locale: 'en-GB',
  });
  try {
    const complaints = await Complaints.of(context);
    const page = await context.newPage();
    const person = new Person(page, GRACE, mail, server.origin);
    await person.connect.open(server.origin);
    // It is as blocked as a person can have it.
    expect(
      await page.evaluate(() => {
        document.cookie = 'a=b';
        let storage = 'there';
        try {
          localStorage.length;
        } catch (error) {
          storage = (error as DOMException).name;
        }
        return { cookie: document.cookie, storage };
      }),
    ).toEqual({ cookie: '', storage: 'SecurityError' });
    await person.walk('connect', 'user');
    await expect(person.user.preferredDevice).toBeVisible();
    await person.user.signOut();
    await person.connect.expectShown();
    complaints.expectNone();
  } finally {
    await context.close();
  }
});
