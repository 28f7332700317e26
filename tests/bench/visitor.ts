import { chromium, type BrowserContext, type CDPSession, type Page } from '@playwright/test';
import { createHash, X509Certificate } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { readFile } from 'node:fs/promises';
import { ARGUMENTS, EXECUTABLE } from '../fixtures/chromium.ts';
import { temporaryFolder } from '../fixtures/files.ts';
import { probe, TAP, TELL, type Seen, type Watched } from './probe.ts';

/** With what somebody comes. */
export type Profile = 'phone' | 'desktop';

const SCREENS = {
  phone: { viewport: { width: 412, height: 915 }, deviceScaleFactor: 2.6, isMobile: true, hasTouch: true },
  desktop: { viewport: { width: 1280, height: 800 } },
} as const;
/** A slow phone on a slow network: bits a second as CDP counts them, in bytes. */
const SLOW = { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 0.75e6 / 8 };
const SLOWER = 4;
/** Milliseconds without a request after which nothing more comes. */
const QUIET = 1_500;
/** Milliseconds after which nothing more is expected of a page. */
const LONGEST = 60_000;

/** What a page has told. */
interface Told {
  latest?: Seen;
  readonly news: EventEmitter;
}
const TOLD = new WeakMap<Page, Told>();

/** What one visit took: times in milliseconds since the navigation, bytes with their headers. */
export interface Visit {
  readonly paint: number;
  readonly input: number;
  readonly usable: number;
  readonly bytes: number;
  readonly requests: number;
  readonly shift: number;
  /** What tasks of more than 50 ms took beyond them. */
  readonly blocked: number;
}

/** The hash by which Chromium trusts a certificate as if it were anybody's: “ignoring errors” would switch its cache off. */
export async function pin(certificate: string): Promise<string> {
  const key = new X509Certificate(await readFile(certificate)).publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(key).digest('base64');
}

/** Somebody with a browser that has never been anywhere. */
export class Visitor {
  private constructor(
    private readonly context: BrowserContext,
    private readonly profile: Profile,
    private readonly remove: () => Promise<void>,
  ) {}

  static async come(profile: Profile, spki: string, watched: Watched): Promise<Visitor> {
    const folder = await temporaryFolder();
    const context = await chromium.launchPersistentContext(folder.path, {
      ...(EXECUTABLE === undefined ? {} : { executablePath: EXECUTABLE }),
      ...SCREENS[profile],
      args: [...ARGUMENTS, `--ignore-certificate-errors-spki-list=${spki}`],
      locale: 'en-US',
      // The network is not made slow for a worker: what it fetches would come faster than it does in life.
      serviceWorkers: 'block',
    });
    await context.addInitScript(probe, { ...watched, tap: TAP, tell: TELL });
    return new Visitor(context, profile, folder.remove);
  }

  async leave(): Promise<void> {
    await this.context.close();
    await this.remove();
  }

  /** A page with the profile's network and processor. */
  async open(): Promise<{ page: Page; cdp: CDPSession }> {
    const page = await this.context.newPage();
    const cdp = await this.context.newCDPSession(page);
    await cdp.send('Network.enable');
    await cdp.send('Runtime.enable');
    await cdp.send('Runtime.addBinding', { name: TELL });
    const told: Told = { news: new EventEmitter() };
    cdp.on('Runtime.bindingCalled', ({ name, payload }) => {
      if (name !== TELL) return;
      told.latest = JSON.parse(payload) as Seen;
      told.news.emit(TELL);
    });
    TOLD.set(page, told);
    if (this.profile === 'phone') {
      await cdp.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
      await cdp.send('Network.emulateNetworkConditions', SLOW);
    }
    return { page, cdp };
  }

  /** Opens the page and waits until nothing more comes. */
  async visit(url: string): Promise<Visit> {
    const { page, cdp } = await this.open();
    let [bytes, requests, last] = [0, 0, performance.now()];
    const open = new Set<string>();
    const fromCache = new Set<string>();
    cdp.on('Network.requestWillBeSent', ({ requestId }) => {
      open.add(requestId);
      requests += 1;
      last = performance.now();
    });
    cdp.on('Network.requestServedFromCache', ({ requestId }) => fromCache.add(requestId));
    cdp.on('Network.responseReceived', ({ requestId, response }) => {
      if (response.fromDiskCache === true) fromCache.add(requestId);
    });
    cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      open.delete(requestId);
      if (fromCache.delete(requestId)) requests -= 1;
      else bytes += encodedDataLength;
      last = performance.now();
    });
    cdp.on('Network.loadingFailed', ({ requestId }) => open.delete(requestId));
    await page.goto(url, { waitUntil: 'commit' });
    await until(page, (seen) => seen.usable !== undefined);
    while (open.size > 0 || performance.now() - last < QUIET) await page.waitForTimeout(100);
    const { paint, input, usable, shift, tasks } = await look(page);
    await page.close();
    if (input === undefined || usable === undefined) throw new Error(`${url} was never usable`);
    const blocked = tasks.reduce((sum, [, length]) => sum + length - 50, 0);
    // Nothing is of use before it is painted.
    return { paint, input: Math.max(input, paint), usable: Math.max(usable, paint), bytes, requests, shift, blocked };
  }
}

/** What the page has been seen to do so far. */
export function look(page: Page): Promise<Seen> {
  return page.evaluate(() => (globalThis as unknown as { seen: Seen }).seen);
}

/** Waits until the page tells of it, in any of its documents: one that is asked again and again is slower. */
export function until(page: Page, isSo: (seen: Seen) => boolean): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const told = TOLD.get(page);
    const late = setTimeout(() => reject(new Error(`${page.url()} did not come so far`)), LONGEST);
    const see = (): void => {
      const latest = told?.latest;
      if (latest === undefined || !isSo(latest)) return;
      clearTimeout(late);
      told?.news.off(TELL, see);
      resolve(latest);
    };
    told?.news.on(TELL, see);
    see();
  });
}
