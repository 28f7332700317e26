import type { Locator } from '@playwright/test';
import { Stage } from './stage.ts';

export class CredentialsPage extends Stage {
  protected readonly path = '/credentials';
  protected readonly heading = 'Credentials';
  readonly username: Locator = this.page.getByRole('textbox', { name: 'Username or e-mail' });
  readonly password: Locator = this.page.getByLabel('Password', { exact: true });
  readonly signInButton: Locator = this.page.getByRole('button', { name: 'Sign in', exact: true });

  readonly showPassword: Locator = this.page.getByRole('button', { name: 'Show password' });
  readonly hidePassword: Locator = this.page.getByRole('button', { name: 'Hide password' });

  /** With the user name that stands there already. */
  async signIn(password: string): Promise<void> {
    await this.password.fill(password);
    await this.signInButton.click();
  }

  async signInAs(username: string, password: string): Promise<void> {
    await this.username.fill(username);
    await this.signIn(password);
  }
}
