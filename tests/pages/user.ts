import type { Locator } from '@playwright/test';
import { Stage } from './stage.ts';

export class UserPage extends Stage {
  protected readonly path = '/user';
  readonly preferredDevice: Locator = this.page.getByRole('group', { name: 'Preferred device' });
  readonly routeCallsToCell: Locator = this.page.getByRole('checkbox', { name: 'Route Calls to Cell' });
  readonly signOutButton: Locator = this.page.getByRole('button', { name: 'Sign out' });

  device(name: 'Desk Phone' | 'Mobile Phone' | 'Auto-Pilot'): Locator {
    return this.preferredDevice.getByRole('radio', { name });
  }

  async signOut(): Promise<void> {
    await this.signOutButton.click();
  }
}
