import { expect, STAGES, test } from '../fixtures/lost.ts';
import { readRecords } from '../fixtures/record.ts';

test.describe('the browser is killed and started again on the same profile:', () => {
  for (const stage of STAGES.slice(1, 4)) {
    test(`at the ${stage} stage the sign-in goes on there`, async ({ startPhone, mail }) => {
      const { phone, person } = await startPhone();
      await person.open(stage);
      const left = phone.page.url();
      const code = stage === 'code' ? await person.accessCode() : undefined;
      await phone.kill9();

      const { person: again } = await startPhone();
      await again.page.goto(left);
      await again.expectAt(stage);
      if (code === undefined) await again.walk(stage, 'user');
      else {
        await again.code.enter(code);
        await again.user.expectShown();
      }
      expect(mail.received).toHaveLength(1);
    });
  }

  test('opened at the address of the server, the code stage shows, and the first code is good', async ({
    startPhone,
    mail,
  }) => {
    const { phone, person } = await startPhone();
    await person.open('code');
    const code = await person.accessCode();
    await phone.kill9();

    const { person: again } = await startPhone();
    const asked: string[] = [];
    again.page.on('request', (request) => asked.push(request.postData() ?? ''));
    await again.page.goto(again.server);
    await again.code.expectShown();
    await again.code.enter(code);
    await again.user.expectShown();
    expect(mail.received).toHaveLength(1);
    expect(asked.filter((body) => body.includes('password'))).toEqual([]);
  });

  test('what was half typed is still there', async ({ startPhone }) => {
    const { phone, person } = await startPhone();
    await person.open('account');
    await person.account.username.fill('gra');
    await expect.poll(() => readRecords(phone.page)).toContain('"gra"');
    const left = phone.page.url();
    await phone.kill9();

    const { person: again } = await startPhone();
    await again.page.goto(left);
    await again.account.expectShown();
    await expect(again.account.username).toHaveValue('gra');
  });
});
