import { codeIn, type MailServer } from '../fixtures/mail.ts';
import type { Account } from '../fixtures/server.ts';
import type { Page } from '@playwright/test';
import { AccountPage } from './account.ts';
import { CodePage } from './code.ts';
import { ConnectPage } from './connect.ts';
import { CredentialsPage } from './credentials.ts';
import { UserPage } from './user.ts';

/** The stages in the order in which a person meets them. */
export const STAGES = ['connect', 'account', 'credentials', 'code', 'user'] as const;
export type StageName = (typeof STAGES)[number];

/** Who signs in with two-factor authentication at one page, and has the mailbox at hand. */
export class Person {
  readonly connect: ConnectPage;
  readonly account: AccountPage;
  readonly credentials: CredentialsPage;
  readonly code: CodePage;
  readonly user: UserPage;
  #accessCode: Promise<string> | undefined;

  /** `server` is the address that is typed, `base` the path that the page is below. */
  constructor(
    readonly page: Page,
    readonly who: Account,
    readonly mail: MailServer,
    readonly server: string,
    readonly base = '',
  ) {
    this.connect = new ConnectPage(page, base);
    this.account = new AccountPage(page, base);
    this.credentials = new CredentialsPage(page, base);
    this.code = new CodePage(page, base);
    this.user = new UserPage(page, base);
  }

  /** The code of the first mail, however often it is looked at. */
  accessCode(): Promise<string> {
    this.#accessCode ??= this.mail.next(this.who.email).then(codeIn);
    return this.#accessCode;
  }

  /** Does what the stage asks for, and arrives at the next one. */
  async pass(stage: StageName): Promise<void> {
    switch (stage) {
      case 'connect':
        await this.connect.connect(this.server);
        return this.account.expectShown();
      case 'account':
        await this.account.signIn(this.who.name);
        return this.credentials.expectShown();
      case 'credentials':
        await this.credentials.signIn(this.who.password);
        return this.code.expectShown();
      case 'code':
        await this.code.enter(await this.accessCode());
        return this.user.expectShown();
      case 'user':
        return;
    }
  }

  /** From one stage to a later one. */
  async walk(from: StageName, to: StageName): Promise<void> {
    for (const stage of STAGES.slice(STAGES.indexOf(from), STAGES.indexOf(to))) await this.pass(stage);
  }

  /** Opens the page, which may be elsewhere than the server, and goes to a stage. */
  async open(to: StageName, origin = this.server): Promise<void> {
    await this.connect.open(origin);
    await this.walk('connect', to);
  }

  async expectAt(stage: StageName): Promise<void> {
    await this[stage].expectShown();
  }
}
