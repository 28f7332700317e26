import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Certificate } from '../fixtures/certificate.ts';
import { freePort, ROOT } from '../fixtures/files.ts';

/** `tests/bench/forms`, as `cargo xtask bench page` builds it. */
const BINARY = join(ROOT, 'target/release/vestibule-forms');

/** The same sign-in as plain HTML forms. */
export class Forms {
  readonly #codes: string[] = [];

  private constructor(
    readonly origin: string,
    private readonly process: ChildProcess,
  ) {}

  static async start({ certificate, key }: Certificate, password: string): Promise<Forms> {
    const port = await freePort();
    const child = spawn(BINARY, [`127.0.0.1:${port}`, certificate, key, password], { stdio: ['ignore', 'pipe', 'inherit'] });
    const forms = new Forms(`https://localhost:${port}`, child);
    await new Promise<void>((ready, failed) => {
      child.once('error', failed);
      child.once('exit', (code) => failed(new Error(`the forms ended (${code})`)));
      createInterface(child.stdout).on('line', (line) => {
        const code = /^code (\d+)$/.exec(line)?.[1];
        if (code !== undefined) forms.#codes.push(code);
        else ready();
      });
    });
    return forms;
  }

  /** The newest code, which is written before the page that asks for it. */
  code(): string {
    const code = this.#codes.pop();
    if (code === undefined) throw new Error('no code was written');
    return code;
  }

  async stop(): Promise<void> {
    const ended = once(this.process, 'exit');
    this.process.kill();
    await ended;
  }
}
