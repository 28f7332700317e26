import { expect, type Locator } from '@playwright/test';
import { Stage } from './stage.ts';

export class ConnectPage extends Stage {
  protected readonly path = '/';
  protected readonly heading = 'Connect';
  readonly serverAddress: Locator = this.page.getByRole('textbox', { name: 'Server Address' });
  readonly connectButton: Locator = this.page.getByRole('button', { name: 'Connect', exact: true });
  readonly cancelButton: Locator = this.page.getByRole('button', { name: 'Cancel' });

  /** Until the page's program has taken over the first screen, which stands there before it. */
  async open(origin: string): Promise<void> {
    await this.page.goto(`${origin}/`);
    await expect(this.page.locator('#connect')).toHaveAttribute('data-ready', '');
    await this.expectShown();
  }

  /** With this address, or with the one that the page has filled in. */
  async connect(address?: string): Promise<void> {
    if (address !== undefined) await this.serverAddress.fill(address);
    await this.connectButton.click();
  }
}
