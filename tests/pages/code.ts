import type { Locator } from '@playwright/test';
import { Stage } from './stage.ts';

export class CodePage extends Stage {
  protected readonly path = '/code';
  readonly accessCode: Locator = this.page.getByRole('textbox', { name: 'Access code' });
  readonly submitButton: Locator = this.page.getByRole('button', { name: 'Submit', exact: true });
  readonly resendButton: Locator = this.page.getByRole('button', { name: 'Resend Code' });

  /** The last digit submits by itself. */
  async enter(code: string): Promise<void> {
    await this.accessCode.fill(code);
  }

  async submit(code: string): Promise<void> {
    await this.accessCode.fill(code);
    await this.submitButton.click();
  }

  async resend(): Promise<void> {
    await this.resendButton.click();
  }
}
