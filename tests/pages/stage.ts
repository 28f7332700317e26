import { expect, type Locator, type Page } from '@playwright/test';

/** What all stages have in common. */
export abstract class Stage {
  /** The error under the stage's fields, or above them. */
  readonly error: Locator;
  protected abstract readonly path: string;

  constructor(protected readonly page: Page) {
    this.error = page.getByRole('alert');
  }

  /** Expects the person to be at this stage: the address, the heading, the focus where work goes on. */
  async expectShown(): Promise<void> {
    await expect(this.page).toHaveURL((url) => url.pathname === this.path);
    await expect(this.page.getByRole('heading', { level: 1 })).toHaveCount(1);
  }
}
