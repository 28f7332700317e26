import { expect, type Locator, type Page } from '@playwright/test';

/** What all stages have in common. */
export abstract class Stage {
  /** What went wrong, under a field or above them all. */
  readonly error: Locator;
  protected abstract readonly path: string;
  protected abstract readonly heading: string;

  /** `base` is the path that the page's routes are below, without a slash at its end. */
  constructor(
    protected readonly page: Page,
    private readonly base = '',
  ) {
    this.error = page.getByRole('alert');
  }

  /** Expects the person to be at this stage, with nothing beside it that says the page could not start. */
  async expectShown(): Promise<void> {
    await expect(this.page.locator('#trouble')).toBeHidden();
    await expect(this.page.getByRole('heading', { level: 1 })).toHaveText(this.heading);
    await expect(this.page).toHaveURL((url) => url.pathname === this.base + this.path);
  }

  /** Expects what went wrong to be told under its field, tied to it, and the focus to be there. */
  async expectRefused(field: Locator, told: RegExp): Promise<void> {
    await expect(field).toHaveAttribute('aria-invalid', 'true');
    await expect(field).toHaveAccessibleDescription(told);
    await expect(field).toBeFocused();
  }
}
