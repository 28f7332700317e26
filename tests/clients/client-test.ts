import { test as base } from '@playwright/test';
import { freePort, temporaryFolder } from '../fixtures/files.ts';
import { MailServer } from '../fixtures/mail.ts';
import { Server, type Account, type Config } from '../fixtures/server.ts';

export { expect } from '@playwright/test';

/** Signs in with a password alone. */
export const ADA: Account = {
  name: 'ada',
  email: 'ada@example.com',
  password: 'correct horse battery',
  displayName: 'Ada Example',
  twoFactor: false,
};

/** Signs in with a password and a code. */
export const GRACE: Account = {
  name: 'grace',
  email: 'grace@example.com',
  password: 'staple moth lantern',
  displayName: 'Grace Example',
  twoFactor: true,
};

/** A first-party client besides the page. */
export const CLIENT = 'desktop-client';
/** A service behind, which asks about tokens and gets some. */
export const SERVICE = { id: 'media-server', secret: 'a secret: 100% long enough', claims: ['uc_configuration'] };

/** The real server without any browser. */
export const test = base.extend<{ config: Config; mail: MailServer; server: Server }>({
  config: [{}, { option: true }],

  mail: async ({}, use) => {
    const mail = await MailServer.start();
    await use(mail);
    await mail.stop();
  },

  server: async ({ config, mail }, use) => {
    const folder = await temporaryFolder();
    const server = await Server.configure(folder.path, `http://localhost:${await freePort()}`, {
      'mail.smtp.host': '127.0.0.1',
      'mail.smtp.port': mail.port,
      'mail.smtp.security': 'plain',
      clients: [{ id: CLIENT, scopes: ['profile'] }],
      services: [SERVICE],
      ...config,
    });
    await server.addAccount(ADA);
    await server.addAccount(GRACE);
    await server.start();
    await use(server);
    await server.stop();
    await folder.remove();
  },
});
