import { expect, type Locator } from '@playwright/test';
import { Stage } from './stage.ts';

export type Device = 'Desk Phone' | 'Mobile Phone' | 'Auto-Pilot';

export class UserPage extends Stage {
  protected readonly path = '/user';
  protected readonly heading = 'User';
  readonly preferredDevice: Locator = this.page.getByRole('group', { name: 'Preferred device' });
  readonly routeCallsToCell: Locator = this.page.getByRole('checkbox', { name: 'Route Calls to Cell' });
  readonly signOutButton: Locator = this.page.getByRole('button', { name: 'Sign out' });

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

  async signOut(): Promise<void> {
    await this.signOutButton.click();
  }
}
