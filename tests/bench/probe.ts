/** What is watched in a page. */
export interface Watched {
  /** The first field, by a selector. */
  readonly field: string;
  /** What is there once the program has taken the form over; `null` for a form that needs no program. */
  readonly wired: string | null;
  /** What is there once a stage of the sign-in can be used, by selectors. */
  readonly stages: readonly string[];
}

/** The constants below: what runs in a page has nothing around it. */
export interface Names {
  readonly tap: string;
  readonly tell: string;
}

/** What was seen, in milliseconds since the navigation; stages in milliseconds since 1970. */
export interface Seen {
  paint: number;
  input?: number;
  usable?: number;
  shift: number;
  /** Begin and length of tasks longer than 50 ms. */
  tasks: [number, number][];
  stages: Record<string, number>;
}

/** Where a document leaves the moment of the last key for the one after it. */
export const TAP = 'bench-tap';

/** What the probe calls with what it has seen, as JSON: to be asked would cost a slow page more than to tell. */
export const TELL = 'benchTell';

/** Runs in the page before any of its own scripts. */
export function probe(watched: Watched & Names): void {
  const seen: Seen = { paint: 0, shift: 0, tasks: [], stages: {} };
  (globalThis as unknown as { seen: Seen }).seen = seen;
  const observe = (type: string, see: (entry: PerformanceEntry) => void): void =>
    new PerformanceObserver((list) => list.getEntries().forEach(see)).observe({ type, buffered: true });
  observe('paint', ({ name, startTime }) => {
    if (name === 'first-contentful-paint') seen.paint = startTime;
  });
  observe('longtask', ({ startTime, duration }) => seen.tasks.push([startTime, duration]));
  observe('layout-shift', (entry) => {
    const { hadRecentInput, value } = entry as PerformanceEntry & { hadRecentInput: boolean; value: number };
    if (!hadRecentInput) seen.shift += value;
  });
  const keep = (event: Event): void => sessionStorage.setItem(watched.tap, `${performance.timeOrigin + event.timeStamp}`);
  addEventListener('keydown', keep, { capture: true });

  /** Painted, and not covered by anything else. */
  const isReady = (selector: string): boolean => {
    const element = document.querySelector(selector);
    if (element === null || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
    const { x, y, width, height } = element.getBoundingClientRect();
    if (width < 2 || height < 2) return false;
    const middle = [x + width / 2, y + height / 2] as const;
    // What is below the fold is there, but cannot be hit.
    if (middle[1] > innerHeight) return true;
    const hit = document.elementFromPoint(...middle);
    return hit !== null && (element.contains(hit) || hit.contains(element));
  };
  const isWired = (): boolean => {
    if (watched.wired !== null) return document.querySelector(watched.wired) !== null;
    // Once something comes after it, it is there as a whole.
    return document.readyState !== 'loading' || document.forms[0]?.nextSibling !== null;
  };
  const afterFrame = new MessageChannel();
  let pending: (() => void)[] = [];
  afterFrame.port1.onmessage = () => {
    const now = pending;
    pending = [];
    for (const act of now) act();
  };
  const look = (): void => {
    const waiting = watched.stages.filter((stage) => !(stage in seen.stages) && isReady(stage));
    const isInput = seen.usable === undefined && isReady(watched.field);
    const isUsable = isInput && isWired();
    const isNews = waiting.length > 0 || (isInput && seen.input === undefined) || isUsable;
    pending.push(() => {
      const now = performance.now();
      for (const stage of waiting) seen.stages[stage] ??= performance.timeOrigin + now;
      if (isInput) seen.input ??= now;
      if (isUsable) seen.usable ??= now;
      if (isNews) (globalThis as unknown as Record<string, (seen: string) => void>)[watched.tell]?.(JSON.stringify(seen));
    });
    afterFrame.port2.postMessage(0);
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
