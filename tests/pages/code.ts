import { expect, type Locator } from '@playwright/test';
import { Stage } from './stage.ts';

export class CodePage extends Stage {
  protected readonly path = '/code';
  protected readonly heading = 'Access code';
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

  /** As from the clipboard, which a test may not write. */
  async paste(text: string): Promise<void> {
    await this.accessCode.evaluate((field, pasted) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', pasted);
      field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }, text);
  }

  async expectAttemptsLeft(left: number): Promise<void> {
    const words = left === 1 ? '1 attempt left' : `${left} attempts left`;
    await expect(this.page.getByText(words, { exact: true })).toBeVisible();
  }

  async resend(): Promise<void> {
    await this.resendButton.click();
  }
}
