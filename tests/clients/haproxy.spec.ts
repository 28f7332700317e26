import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { BINARY, freePort, temporaryFolder } from '../fixtures/files.ts';
import { HaProxy } from '../fixtures/haproxy.ts';
import { Server } from '../fixtures/server.ts';
import { ADA, expect, GRACE, test as base } from './client-test.ts';

/** Whoever asks. The proxy itself is at 127.0.0.1. */
const CLIENT_ADDRESS = '127.0.0.9';

interface Entry {
  readonly event: string;
  readonly username: string | null;
  readonly client_address: string | null;
}

interface Front {
  readonly proxy: HaProxy;
  readonly server: Server;
  audit(): Promise<Entry[]>;
}

/** `limit` is how many requests an address may make in ten seconds, where it is not what is deployed. */
const test = base.extend<{ limit: number | undefined; front: Front }>({
  limit: [undefined, { option: true }],

  front: async ({ limit }, use) => {
    const folder = await temporaryFolder();
    const ports = { https: await freePort(), server: await freePort(), management: await freePort() };
    const server = await Server.configure(folder.path, `http://127.0.0.1:${ports.server}`, {
      public_addresses: [`https://localhost:${ports.https}`],
      management_listen: `127.0.0.1:${ports.management}`,
      'proxy.trusted': ['127.0.0.1'],
      'proxy.header': 'x-forwarded-for',
      'mail.outbox': `${folder.path}/outbox`,
    });
    await server.addAccount(ADA);
    await server.addAccount(GRACE);
    await server.start();
    const limited = limit === undefined ? [] : [['gt 10000 }', `gt ${limit} }`] as const];
    const proxy = await HaProxy.start(folder.path, ports, undefined, limited);
    const audit = async (): Promise<Entry[]> => {
      const { stdout } = await promisify(execFile)(BINARY, ['--config', server.configFile, 'audit', '--json']);
      // Commands have no client.
      return (JSON.parse(stdout) as Entry[]).filter(({ client_address: address }) => address !== null);
    };
    await use({ proxy, server, audit });
    await proxy.stop();
    await server.stop();
    await folder.remove();
  },
});

/** The account step of a sign-in, byte for byte, with these header lines before its own. */
function begin(front: Front, username: string, lines: readonly string[], connection = 'close'): string {
  const body = [
    `client_id=vestibule&response_type=code&username=${username}&code_challenge_method=S256`,
    `code_challenge=${'A'.repeat(43)}`,
  ].join('&');
  return [
    'POST /oauth/authorize-challenge HTTP/1.1',
    `Host: localhost:${front.proxy.port}`,
    ...lines,
    'Content-Type: application/x-www-form-urlencoded',
    `Content-Length: ${body.length}`,
    `Connection: ${connection}`,
    '',
    body,
  ].join('\r\n');
}

const count = (text: string): number => text.split('HTTP/1.1 ').length - 1;

test('what a client writes about where it is counts for nothing', async ({ front }) => {
  const forged = [
    ['X-Forwarded-For: 203.0.113.9'],
    ['X-Forwarded-For: 203.0.113.9, 127.0.0.1'],
    ['X-Forwarded-For: 203.0.113.9', 'X-Forwarded-For: 127.0.0.1'],
    ['x-forwarded-for:203.0.113.9', 'X-FORWARDED-FOR:\t203.0.113.10'],
    ['Forwarded: for=203.0.113.9'],
    ['Forwarded: for=203.0.113.9', 'X-Forwarded-For: 203.0.113.9'],
    ['X_Forwarded_For: 203.0.113.9'],
    ['X-Real-IP: 203.0.113.9', 'True-Client-IP: 203.0.113.9'],
    ['Connection: X-Forwarded-For'],
  ];
  for (const lines of forged) {
    const answer = await front.proxy.talk(begin(front, 'ada', lines), CLIENT_ADDRESS);
    expect(answer, lines.join()).toMatch(/^HTTP\/1\.1 403 /);
    expect(answer).toContain('insufficient_authorization');
  }
  const begun = (await front.audit()).filter(({ event }) => event === 'signin-begun');
  expect(begun.map(({ client_address: address }) => address)).toEqual(forged.map(() => CLIENT_ADDRESS));
});

test('no request is smuggled in within another', async ({ front }) => {
  const smuggled = begin(front, 'grace', []);
  const inner = `0\r\n\r\n${smuggled}`;
  const disguised: [string, string[]][] = [
    ['both lengths', [`Content-Length: ${inner.length}`, 'Transfer-Encoding: chunked']],
    ['both, the other way round', ['Transfer-Encoding: chunked', `Content-Length: ${inner.length}`]],
    ['a blank before the colon', [`Content-Length: ${inner.length}`, 'Transfer-Encoding : chunked']],
    ['an unknown coding', [`Content-Length: ${inner.length}`, 'Transfer-Encoding: xchunked']],
    ['a second coding', [`Content-Length: ${inner.length}`, 'Transfer-Encoding: chunked, identity']],
    ['a coding on two lines', ['Transfer-Encoding: identity', 'Transfer-Encoding: chunked']],
    ['a folded line', [`Content-Length: ${inner.length}`, 'Transfer-Encoding:\r\n chunked']],
    ['a vertical tab', [`Content-Length: ${inner.length}`, 'Transfer-Encoding: \x0bchunked']],
    ['an underscore', [`Content-Length: ${inner.length}`, 'Transfer_Encoding: chunked']],
    ['two lengths', ['Content-Length: 5', `Content-Length: ${inner.length}`]],
    ['a length with a sign', [`Content-Length: +${inner.length}`]],
    ['a length in hexadecimal', [`Content-Length: 0x${inner.length.toString(16)}`]],
    ['a lone line feed', [`Content-Length: ${inner.length}\nTransfer-Encoding: chunked`]],
  ];
  for (const [name, lines] of disguised) {
    const head = ['POST /oauth/token HTTP/1.1', `Host: localhost:${front.proxy.port}`, ...lines, 'Connection: close'];
    const answer = await front.proxy.talk(`${head.join('\r\n')}\r\n\r\n${inner}`, CLIENT_ADDRESS);
    expect(count(answer), `${name}: ${answer}`).toBeLessThanOrEqual(1);
    expect(answer, name).not.toMatch(/^HTTP\/1\.1 [25]/);
    // Whoever comes next over the connection behind the proxy gets an answer of their own.
    const next = await front.proxy.talk(begin(front, 'ada', []), CLIENT_ADDRESS);
    expect(next, name).toMatch(/^HTTP\/1\.1 403 /);
    expect(count(next), name).toBe(1);
  }
  const begun = (await front.audit()).filter(({ event }) => event === 'signin-begun');
  expect(begun.map(({ username }) => username)).toEqual(disguised.map(() => ADA.name));
});

test('a request is for one host', async ({ front }) => {
  const other = await front.proxy.talk(begin(front, 'ada', ['Host: evil.example.org']), CLIENT_ADDRESS);
  expect(other).toMatch(/^HTTP\/1\.1 400 /);
  expect(await front.audit()).toEqual([]);
});

test('two requests over one connection are two', async ({ front }) => {
  const both = begin(front, 'ada', [], 'keep-alive') + begin(front, 'grace', []);
  expect(count(await front.proxy.talk(both, CLIENT_ADDRESS))).toBe(2);
  const begun = (await front.audit()).filter(({ event }) => event === 'signin-begun');
  expect(begun.map(({ username }) => username)).toEqual([ADA.name, GRACE.name]);
});

test.describe('an address that asks too often', () => {
  test.use({ limit: 20 });

  test('is told to wait, and nobody else is', async ({ front }) => {
    // Refusals, each of them: what they are has nothing to do with it.
    for (let asked = 0; asked < 20; asked++) {
      expect(await front.proxy.talk(begin(front, 'ada', []), CLIENT_ADDRESS)).toMatch(/^HTTP\/1\.1 403 /);
    }
    const refused = await front.proxy.talk(begin(front, 'ada', []), CLIENT_ADDRESS);
    expect(refused).toMatch(/^HTTP\/1\.1 429 /);
    expect(refused).toContain('{"error":"rate_limited"}');
    expect(refused.toLowerCase()).toContain('retry-after: 10');
    expect(refused.toLowerCase()).toContain('access-control-allow-origin: *');
    expect(await front.proxy.talk(begin(front, 'ada', []), '127.0.0.10')).toMatch(/^HTTP\/1\.1 403 /);
  });
});
