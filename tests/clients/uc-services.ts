import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { calculatePKCECodeChallenge, generateRandomCodeVerifier } from 'oauth4webapi';
import { BINARY, freePort, ROOT, temporaryFolder } from '../fixtures/files.ts';
import { HaProxy } from '../fixtures/haproxy.ts';
import { Server } from '../fixtures/server.ts';
import { serveHttp, type Service } from '../fixtures/services.ts';
import { ADA, expect, test as base } from './client-test.ts';
import { signIn } from './sign-in.ts';

export const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
export const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
export const CLIENT = 'vestibule';
/** The host name that the service is asked by. */
export const MEDIA = 'media.example.com';

export interface Front {
  readonly server: Server;
  readonly proxy: HaProxy;
  /** What people sign in to. */
  readonly issuer: string;
  /** The server behind HAProxy. */
  readonly inside: string;
  readonly service: Service;
  /** The headers of every request that the service has got. */
  readonly seen: IncomingHttpHeaders[];
  /** Where HAProxy finds the keys. */
  readonly keys: string;
  /** Of a key of the test's own, which HAProxy takes for one of the server's. */
  readonly key: CryptoKey;
}

/** Has deploy/haproxy-keys.sh take the keys that the server signs with, and run a command. */
export async function takeKeys(server: Server, keys: string, ...command: string[]): Promise<void> {
  const { stdout } = await promisify(execFile)(BINARY, ['--config', server.configFile, 'keys', 'export', '--pem']);
  await takeText(stdout, keys, ...command);
}

export async function takeText(pem: string, keys: string, ...command: string[]): Promise<void> {
  const script = spawn(join(ROOT, 'deploy/haproxy-keys.sh'), [keys, ...command], { stdio: ['pipe', 'inherit', 'pipe'] });
  script.stdin.end(pem);
  const [errors, [code]] = await Promise.all([text(script.stderr), once(script, 'close')]);
  if (code !== 0) throw new Error(`haproxy-keys.sh ended (${code}): ${errors}`);
}

export const test = base.extend<{ front: Front }>({
  front: async ({}, use) => {
    const folder = await temporaryFolder();
    const ports = { https: await freePort(), server: await freePort(), management: await freePort() };
    const issuer = `https://localhost:${ports.https}`;
    const server = await Server.configure(folder.path, `http://127.0.0.1:${ports.server}`, {
      public_addresses: [issuer],
      management_listen: `127.0.0.1:${ports.management}`,
      'proxy.trusted': ['127.0.0.1'],
      'proxy.header': 'x-forwarded-for',
      'mail.outbox': `${folder.path}/outbox`,
      services: [
        { id: 'media', claims: ['name', 'uc_configuration', 'phone_number', 'preferred_device', 'route_calls_to_cell'] },
        { id: 'calls', claims: [] },
      ],
    });
    await server.addAccount(ADA);
    await server.start();
    const seen: IncomingHttpHeaders[] = [];
    const service = await serveHttp((request, response) => {
      seen.push(request.headers);
      response.end('served');
    });
    const keys = join(folder.path, 'keys');
    await takeKeys(server, keys, 'true');
    const { publicKey, privateKey: key } = await generateKeyPair('ES256');
    await writeFile(join(keys, '2.pem'), await exportSPKI(publicKey));
    const proxy = await HaProxy.start(folder.path, ports, { port: service.port, issuer, keys });
    await use({ server, proxy, issuer, inside: server.origin, service, seen, keys, key });
    await proxy.stop();
    await service.stop();
    await server.stop();
    await folder.remove();
  },
});

/** Asks the service through HAProxy, with these header lines. */
export function ask(front: Front, lines: readonly string[], line = 'GET /calls HTTP/1.1', host = MEDIA): Promise<string> {
  const head = [line, `Host: ${host}`, ...lines, 'Connection: close', '', ''];
  return front.proxy.talk(head.join('\r\n'), '127.0.0.9');
}

export const bearer = (token: string): string => `Authorization: Bearer ${token}`;

/** A verified sign-in: its code and the verifier. */
export async function verified(front: Front, proof?: (nonce: string | undefined) => Promise<string>) {
  const verifier = generateRandomCodeVerifier();
  const begin = {
    endpoint: `${front.inside}/oauth/authorize-challenge`,
    clientId: CLIENT,
    codeChallenge: await calculatePKCECodeChallenge(verifier),
    ...(proof === undefined ? {} : { proof }),
  };
  return { code: await signIn(begin, ADA), verifier };
}

export async function token(front: Front, members: Record<string, string>, headers: Record<string, string> = {}) {
  const body = new URLSearchParams({ client_id: CLIENT, ...members });
  const answer = await fetch(`${front.inside}/oauth/token`, { method: 'POST', body, headers });
  return { answer, body: (await answer.json()) as Record<string, string> };
}

/** The headers of a page that is signed in by cookie. */
export async function page(front: Front): Promise<Record<string, string>> {
  const { code, verifier } = await verified(front);
  const headers = { origin: front.issuer, 'x-vestibule': '1', 'content-type': 'application/json' };
  const body = JSON.stringify({ code, code_verifier: verifier });
  const answer = await fetch(`${front.inside}/api/session`, { method: 'POST', headers, body });
  const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
  return { origin: front.issuer, 'x-vestibule': '1', cookie: cookies.join('; ') };
}

export async function exchanged(front: Front, audience: string): Promise<string> {
  const { body } = await token(front, { grant_type: EXCHANGE, audience }, await page(front));
  expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 120, issued_token_type: ACCESS_TOKEN });
  return String(body['access_token']);
}

/** What a token for the service says, as the server writes it. */
export function claims(front: Front, changes: Record<string, unknown> = {}): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000);
  return {
    ...{ iss: front.issuer, sub: 'x', aud: 'media', client_id: CLIENT, sid: 'x', jti: 'x' },
    ...{ iat: now, exp: now + 120, preferred_username: 'ada', ...changes },
  };
}

export function signed(front: Front, changes: Record<string, unknown> = {}, header: Record<string, string> = {}) {
  const jwt = new SignJWT(claims(front, changes)).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', ...header });
  return jwt.sign(front.key);
}
