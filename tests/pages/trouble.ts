import { expect, type Locator, type Page } from '@playwright/test';

/** Why the page cannot start, each with the words of its heading. */
const HEADINGS = {
  unsupported: 'This browser cannot sign you in',
  blocked: 'The page was not allowed to start',
  missing: 'A part of the page is missing',
  offline: 'No network',
  slow: 'This takes unusually long',
  panic: 'The page has stopped',
} as const;

export type Cause = keyof typeof HEADINGS;

/** What shows where the page itself cannot. */
export class TroublePage {
  readonly screen: Locator;
  readonly reloadButton: Locator;
  /** How often a document was asked for. */
  loads = 0;

  constructor(page: Page) {
    this.screen = page.getByRole('alert').filter({ has: page.getByRole('button', { name: 'Reload' }) });
    this.reloadButton = this.screen.getByRole('button', { name: 'Reload' });
    page.on('request', (request) => {
      if (request.isNavigationRequest() && request.frame() === page.mainFrame()) this.loads += 1;
    });
  }

  async expectShown(cause: Cause): Promise<void> {
    // The first screen may stand beside it, and has the heading of the page.
    await expect(this.screen.getByRole('heading', { level: 2 })).toHaveText(HEADINGS[cause]);
    await expect(this.screen.getByRole('paragraph').first()).toBeVisible();
    await expect(this.reloadButton).toBeVisible();
  }

  async expectHidden(): Promise<void> {
    await expect(this.screen).toHaveCount(0);
  }
}
