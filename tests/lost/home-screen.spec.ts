import { expect, test } from '../fixtures/lost.ts';

test('the page can be put on the home screen', async ({ startPhone }) => {
  const { phone, person } = await startPhone();
  await person.open('connect');
  await expect(phone.page.locator('link[rel=manifest]')).toBeAttached();
  const devtools = await phone.context.newCDPSession(phone.page);
  const { errors, data, url } = await devtools.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  expect(url).toBe(`${person.server}/manifest.webmanifest`);
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
  expect(installabilityErrors).toEqual([]);

  const manifest = JSON.parse(data ?? '') as { start_url: string; icons: { src: string; sizes: string }[] };
  expect(new URL(manifest.start_url, url).href).toBe(`${person.server}/`);
  for (const { src, sizes } of manifest.icons) {
    const answer = await phone.page.request.get(new URL(src, url).href);
    expect(answer.ok(), src).toBe(true);
    if (src.endsWith('.svg')) expect(answer.headers()['cache-control']).toContain('immutable');
    if (!src.endsWith('.png')) continue;
    // PNG specification, 11.2.2: width and height follow signature, length and name of the first chunk.
    const image = await answer.body();
    expect(`${image.readUInt32BE(16)}x${image.readUInt32BE(20)}`).toBe(sizes);
  }
});

test('the icon is asked for once, however many stages and loads a browser sees', async ({ page, behindProxy }) => {
  const { proxy, person } = await behindProxy();
  await person.open('user');
  await page.reload();
  await person.expectAt('user');
  // The worker has it from where the browser has it.
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  expect(proxy.asked.filter((url) => /icon-[0-9a-f]{16}\.svg$/.test(url))).toHaveLength(1);
});
