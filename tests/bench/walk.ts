import { TAP } from './probe.ts';
import { look, until, type Visitor } from './visitor.ts';

/** One field of the sign-in, and what is there once the stage after it can be used. */
export interface Step {
  readonly field: string;
  readonly text: () => Promise<string> | string;
  readonly next: string;
  /** The last digit sends by itself. */
  readonly sendsItself?: boolean;
}

/** What a whole sign-in took. */
export interface Walk {
  /** Milliseconds from each tap to the next stage being usable. */
  readonly waits: number[];
  /** Layout shifts of the last document without a tap shortly before. */
  readonly shift: number;
  /** The longest task of more than 50 ms of the last document after the first tap. */
  readonly longest: number;
}

/** What somebody takes to read a screen, and from key to key, in milliseconds. */
const READING = 1_000;
const TYPING = 50;

/** Signs in, at a person's pace. */
export async function walk(visitor: Visitor, url: string, steps: readonly Step[]): Promise<Walk> {
  const { page } = await visitor.open();
  await page.goto(url, { waitUntil: 'commit' });
  await until(page, (seen) => seen.usable !== undefined);
  const taps: number[] = [];
  const waits: number[] = [];
  for (const step of steps) {
    await page.waitForTimeout(READING);
    const field = page.locator(step.field);
    await field.focus();
    // What stands there already is replaced.
    await field.selectText();
    await page.keyboard.type(await step.text(), { delay: TYPING });
    // With keys alone: their moment can be told in the same way on both sides.
    if (step.sendsItself !== true) await page.keyboard.press('Enter');
    const { stages } = await until(page, (seen) => step.next in seen.stages);
    const tap = await page.evaluate((key) => Number(sessionStorage.getItem(key)), TAP);
    taps.push(tap);
    waits.push((stages[step.next] ?? Number.NaN) - tap);
  }
  const { shift, tasks } = await look(page);
  const origin = await page.evaluate(() => performance.timeOrigin);
  const between = tasks.filter(([begin]) => origin + begin > (taps[0] ?? 0)).map(([, length]) => length);
  await page.close();
  return { waits, shift, longest: Math.max(0, ...between) };
}
