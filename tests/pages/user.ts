import { expect, type Locator } from '@playwright/test';
import { Stage } from './stage.ts';

export type Device = 'Desk Phone' | 'Mobile Phone' | 'Auto-Pilot';

export class UserPage extends Stage {
  protected readonly path = '/user';
  protected readonly heading = 'User';
  readonly preferredDevice: Locator = this.page.getByRole('group', { name: 'Preferred device' });
  readonly routeCallsToCell: Locator = this.page.getByRole('checkbox', { name: 'Route Calls to Cell' });
  readonly signOutButton: Locator = this.page.getByRole('button', { name: 'Sign out', exact: true });
  readonly cancelButton: Locator = this.page.getByRole('button', { name: 'Cancel' }).filter({ visible: true });

  readonly sessionsControl: Locator = this.page.getByRole('button', { name: 'Where you are signed in' });
  /** One for each place, newest first. */
  readonly places: Locator = this.page.getByRole('listitem');

  readonly passwordControl: Locator = this.page.getByRole('button', { name: 'Change password', expanded: false });
  readonly passwordForm: Locator = this.page.locator('form');
  readonly currentPassword: Locator = this.page.getByLabel('Current password', { exact: true });
  readonly newPassword: Locator = this.page.getByLabel('New password', { exact: true });
  readonly changeButton: Locator = this.passwordForm.getByRole('button', { name: 'Change password' });

  device(name: Device): Locator {
    return this.preferredDevice.getByRole('radio', { name });
  }

  /** Waits until the server has it. */
  async #saved(setting: string, act: () => Promise<void>): Promise<void> {
    const answer = this.page.waitForResponse(
      (response) => response.request().method() === 'PUT' && response.url().endsWith(`/api/me/${setting}`),
    );
    await act();
    expect((await answer).ok()).toBe(true);
  }

  async prefer(name: Device): Promise<void> {
    await this.#saved('preferred-device', () => this.device(name).click());
    await expect(this.device(name)).toBeChecked();
  }

  async toggleRouteCallsToCell(): Promise<void> {
    const wanted = !(await this.routeCallsToCell.isChecked());
    await this.#saved('route-calls-to-cell', () => this.routeCallsToCell.click());
    await expect(this.routeCallsToCell).toBeChecked({ checked: wanted });
  }

  /** Opens the list, and expects so many places in it. */
  async listSessions(count: number): Promise<void> {
    await this.sessionsControl.click();
    await expect(this.places).toHaveCount(count);
  }

  /** The button beside the place of this browser. */
  signOutThere(browser: RegExp): Locator {
    return this.places.filter({ hasText: browser }).getByRole('button', { name: /^Sign out there/ });
  }

  async openPasswordForm(): Promise<void> {
    await this.passwordControl.click();
    await expect(this.currentPassword).toBeFocused();
  }

  /** In the form, which is open. */
  async changePassword(current: string, wanted: string): Promise<void> {
    await this.currentPassword.fill(current);
    await this.newPassword.fill(wanted);
    await this.changeButton.click();
  }

  async signOut(): Promise<void> {
    await this.signOutButton.click();
  }
}
