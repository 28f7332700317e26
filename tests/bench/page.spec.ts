import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gate } from '../fixtures/hold.ts';
import { codeIn, expect, GRACE, test } from '../fixtures/test.ts';
import { Forms } from './forms.ts';
import type { Watched } from './probe.ts';
import { pin, until, Visitor, type Profile, type Visit } from './visitor.ts';
import { walk, type Step, type Walk } from './walk.ts';

/** Where the figures go, and how often each is taken. */
const INTO = process.env['BENCH_INTO'];
const RUNS = Number(process.env['BENCH_RUNS'] ?? 5);

/** The page itself says so, not its boot scripts. */
const PAGE: Watched = {
  field: '#address',
  wired: '#connect[data-ready]',
  stages: ['#username', '#password', '#code', '.user .person'],
};
const FORM: Watched = { field: '#username', wired: null, stages: [] };
const FORMS: Watched = { ...PAGE, wired: null, stages: ['#username', '#password', '#code', '.user button'] };

type Side = 'page' | 'form';
type Load = Visit & { side: Side; profile: Profile; isRepeat: boolean };

test.use({
  scheme: 'https',
  config: {
    // As the server is by itself; the tests of everything else make this one cheap.
    'password_hash.memory_kib': 19_456,
    'password_hash.passes': 2,
    // One person signs in every time.
    'code.sends_per_hour': RUNS,
  },
});

test('how soon the page can be used, beside plain HTML', async ({ server, mail, folder }) => {
  test.setTimeout(RUNS * 240_000);
  const own = { certificate: join(folder, 'certificate.pem'), key: join(folder, 'key.pem') };
  const spki = await pin(own.certificate);
  const forms = await Forms.start(own, GRACE.password);
  const loads: Load[] = [];
  const walks: (Walk & { side: Side })[] = [];
  const sides = [
    ['page', `${server.origin}/`, PAGE],
    ['form', `${forms.origin}/form`, FORM],
  ] as const;
  const code = async (): Promise<string> => codeIn(await mail.next(GRACE.email));
  const steps = (codeOf: Step['text'], end: string, sendsItself: boolean): Step[] => [
    { field: '#address', text: () => server.origin, next: '#username' },
    { field: '#username', text: () => GRACE.name, next: '#password' },
    { field: '#password', text: () => GRACE.password, next: '#code' },
    { field: '#code', text: codeOf, next: end, sendsItself },
  ];
  const flows = [
    ['page', `${server.origin}/`, PAGE, steps(code, '.user .person', true)],
    ['form', `${forms.origin}/`, FORMS, steps(() => forms.code(), '.user button', false)],
  ] as const;
  // The sides take turns, so that whatever else the machine does is shared between them.
  for (let run = 0; run < RUNS; run += 1) {
    for (const profile of ['phone', 'desktop'] as const) {
      for (const [side, url, watched] of sides) {
        const visitor = await Visitor.come(profile, spki, watched);
        for (const isRepeat of [false, true]) loads.push({ ...(await visitor.visit(url)), side, profile, isRepeat });
        await visitor.leave();
      }
    }
    for (const [side, url, watched, path] of flows) {
      const visitor = await Visitor.come('phone', spki, watched);
      walks.push({ ...(await walk(visitor, url, path)), side });
      await visitor.leave();
    }
  }
  await forms.stop();
  if (INTO !== undefined) await writeFile(join(INTO, 'samples.json'), JSON.stringify({ loads, walks }));

  // “Usable” is to be believed: what is typed and tapped as soon as the field is there is kept, and done. The program is held
  // back until then, for a slow machine types later than it starts.
  const visitor = await Visitor.come('phone', spki, PAGE);
  const { page } = await visitor.open();
  const { opened, open: deliver } = gate();
  await page.route(/\.wasm$/, async (route) => {
    await opened;
    await route.continue();
  });
  await page.goto(`${server.origin}/`, { waitUntil: 'commit' });
  await until(page, (seen) => seen.input !== undefined);
  await page.locator('#address').fill(server.origin);
  await page.keyboard.press('Enter');
  await expect(page.locator('#connect')).toHaveAttribute('data-early', '');
  deliver();
  await until(page, (seen) => '#username' in seen.stages);
  await visitor.leave();
});
