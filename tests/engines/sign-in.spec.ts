import { expectAt, type Engine } from '../fixtures/engine.ts';
import { Firefox } from '../fixtures/firefox.ts';
import type { MailServer } from '../fixtures/mail.ts';
import { codeIn, expect, GRACE, otherCode, test } from '../fixtures/test.ts';
import { WebKit } from '../fixtures/webkit.ts';

const ENGINES: Record<string, () => Promise<Engine>> = {
  Firefox: () => Firefox.start(),
  WebKit: () => WebKit.start(),
};

/** From the account stage to the User tab and out again, with all that can be met on the way. */
async function signInAndOut(engine: Engine, mail: MailServer): Promise<void> {
  await expectAt(engine, '/account', '#username:focus');
  await engine.type(GRACE.name);
  await engine.click('.disclosure');
  await engine.see('#cell-number:focus');
  await engine.type('+4915123456789\n');
  await expectAt(engine, '/credentials', '#password:focus');
  await engine.type(`${GRACE.password}\n`);
  await expectAt(engine, '/code', '#code:focus');
  const code = codeIn(await mail.next(GRACE.email));
  await engine.reload();
  await expectAt(engine, '/code', '#code:focus');
  await engine.type(otherCode(code));
  await engine.see('#code[aria-invalid=true]:focus');
  expect(await engine.see('#code-error')).toMatch(/wrong/);
  // What was wrong is selected: it is typed over. After a refusal nothing submits by itself.
  await engine.type(`${code}\n`);
  await engine.see('input[type=radio]');
  await engine.reload();
  await expectAt(engine, '/user', 'input[type=radio]');
  const user = await engine.see('main');
  for (const words of [GRACE.displayName, 'Mobile Phone']) expect(user).toContain(words);
  await engine.click('.actions .secondary');
  // The field, or the button where the address stands there still.
  await expectAt(engine, '/', ':is(#address, [type=submit]):focus');
  expect(await engine.see('.notice')).toMatch(/signed out/);
}

for (const [name, start] of Object.entries(ENGINES)) {
  test(`${name} signs in with two-factor authentication, from the server's page and from another origin's`, async ({
    server,
    elsewhere,
    mail,
  }) => {
    const begun = performance.now();
    const engine = await start();
    try {
      const started = performance.now();
      await engine.open(server.origin);
      await engine.see('#address:focus');
      // The page's own server stands there already.
      await engine.type('\n');
      await signInAndOut(engine, mail);
      const own = performance.now();
      await engine.open(elsewhere.origin);
      await engine.see('#address:focus');
      await engine.type(`${server.origin}\n`);
      await signInAndOut(engine, mail);
      const seconds = (from: number, to: number): string => `${((to - from) / 1000).toFixed(1)} s`;
      console.log(
        `${engine.name}: started in ${seconds(begun, started)}, signed in and out with cookies in ` +
          `${seconds(started, own)}, with tokens in ${seconds(own, performance.now())}`,
      );
    } finally {
      await engine.close();
    }
  });
}
