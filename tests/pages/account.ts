import type { Locator } from '@playwright/test';
import { Stage } from './stage.ts';

export class AccountPage extends Stage {
  protected readonly path = '/account';
  protected readonly heading = 'Account';
  readonly username: Locator = this.page.getByRole('textbox', { name: 'Username' });
  readonly cellNumberControl: Locator = this.page.getByRole('button', { name: 'Cell Number' });
  readonly cellNumber: Locator = this.page.getByRole('textbox', { name: 'Cell Number' });
  readonly signInButton: Locator = this.page.getByRole('button', { name: 'Sign in', exact: true });

  async openCellNumber(): Promise<void> {
    await this.cellNumberControl.click();
  }

  async signIn(username: string, cellNumber?: string): Promise<void> {
    await this.username.fill(username);
    if (cellNumber !== undefined) {
      await this.openCellNumber();
      await this.cellNumber.fill(cellNumber);
    }
    await this.signInButton.click();
  }

  /** Takes a number that the page has remembered out of its field. */
  async removeCellNumber(): Promise<void> {
    if (!(await this.cellNumber.isVisible())) await this.openCellNumber();
    await this.cellNumber.fill('');
  }
}
