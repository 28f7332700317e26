import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { ROOT } from '../fixtures/files.ts';
import { expect } from './client-test.ts';
import { ask, bearer, claims, exchanged, signed, takeKeys, takeText, test, token, verified } from './uc-services.ts';
import { ACCESS_TOKEN, EXCHANGE } from './uc-services.ts';

test('a page gets a token for a service, and the service sees who it is', async ({ front }) => {
  const answer = await ask(front, [bearer(await exchanged(front, 'media')), 'Cookie: a=b', 'DPoP: x']);
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  expect(answer).toContain('served');
  expect(front.service.asked).toEqual(['GET /calls']);
  expect(front.seen[0]).toMatchObject({
    'x-uc-user': 'ada',
    'x-uc-name': 'Ada%20Example',
    'x-uc-configuration': 'integrated',
    'x-uc-preferred-device': 'desk-phone',
    'x-forwarded-for': '127.0.0.9',
    'x-forwarded-proto': 'https',
  });
  expect(front.seen[0]?.['x-uc-account']).toMatch(/^[\w-]{22}$/);
  for (const gone of ['authorization', 'cookie', 'dpop', 'x-uc-phone-number', 'x-uc-route-calls-to-cell']) {
    expect(front.seen[0]).not.toHaveProperty(gone);
  }
});

test('a client with a key gets one too, and its own token is none for the service', async ({ front }) => {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = await exportJWK(publicKey);
  const proof = (path: string) => (nonce: string | undefined) =>
    new SignJWT({ htm: 'POST', htu: `${front.issuer}${path}`, ...(nonce === undefined ? {} : { nonce }) })
      .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk })
      .setJti(crypto.randomUUID())
      .setIssuedAt()
      .sign(privateKey);
  const { code, verifier } = await verified(front, proof('/oauth/authorize-challenge'));
  const prove = async (members: Record<string, string>) => {
    const metadata = await fetch(`${front.inside}/.well-known/oauth-authorization-server`);
    const nonce = String(metadata.headers.get('dpop-nonce'));
    return (await token(front, members, { DPoP: await proof('/oauth/token')(nonce) })).body;
  };
  const bound = await prove({ grant_type: 'authorization_code', code, code_verifier: verifier });
  expect(bound['token_type']).toBe('DPoP');
  const subject = { subject_token: String(bound['access_token']), subject_token_type: ACCESS_TOKEN };
  const given = await prove({ grant_type: EXCHANGE, audience: 'media', ...subject });
  expect(await ask(front, [bearer(String(given['access_token']))])).toMatch(/^HTTP\/1\.1 200 /);
  expect(front.seen[0]).toMatchObject({ 'x-uc-user': 'ada' });
  for (const scheme of ['Bearer', 'DPoP']) {
    expect(await ask(front, [`Authorization: ${scheme} ${bound['access_token']}`])).toMatch(/^HTTP\/1\.1 401 /);
  }
  const jkt = await calculateJwkThumbprint(jwk);
  expect(await ask(front, [bearer(await signed(front, { cnf: { jkt } }))])).toMatch(/^HTTP\/1\.1 401 /);
  expect(front.seen).toHaveLength(1);
});

test('whatever is no good token for this service is turned away', async ({ front }) => {
  const { code, verifier } = await verified(front);
  const ordinary = await token(front, { grant_type: 'authorization_code', code, code_verifier: verifier });
  const good = await exchanged(front, 'media');
  const [header, payload, signature] = good.split('.') as [string, string, string];
  const now = Math.floor(Date.now() / 1000);
  const { privateKey: stranger } = await generateKeyPair('ES256');
  const { privateKey: other } = await generateKeyPair('ES384');
  const { privateKey: rsa } = await generateKeyPair('RS256');
  const shared = async (key: string, alg = 'HS256') =>
    new SignJWT(claims(front)).setProtectedHeader({ alg, typ: 'at+jwt' }).sign(new TextEncoder().encode(key));
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const by = (key: CryptoKey, alg: string) => new SignJWT(claims(front)).setProtectedHeader({ alg, typ: 'at+jwt' }).sign(key);
  const pem = await readFile(join(front.keys, '1.pem'), 'utf8');
  const turnedAway: [string, readonly string[]][] = [
    ['no token', []],
    ['an empty one', ['Authorization: Bearer ']],
    ['no scheme', [`Authorization: ${good}`]],
    ['another scheme', [`Authorization: DPoP ${good}`]],
    ['Basic', ['Authorization: Basic YWRhOmFkYQ==']],
    ['two tokens', [bearer(good), bearer(good)]],
    ['two tokens, one of them good', [bearer(good), bearer('x')]],
    ['two tokens, one of them good, the other way round', ['Authorization: Basic YWRhOmFkYQ==', bearer(good)]],
    ['two tokens on one line', [`${bearer(good)}, Bearer ${good}`]],
    ['an underscore', [`Authorization_: Bearer ${good}`]],
    ['a token in a cookie', [`Cookie: token=${good}`]],
    ['a spoilt signature', [bearer(`${header}.${payload}.${signature.slice(0, -4)}AAAA`)]],
    ['a signature of another token', [bearer(`${header}.${payload}.${(await exchanged(front, 'media')).split('.')[2]}`)]],
    ['another user', [bearer(`${header}.${encode(claims(front, { preferred_username: 'grace' }))}.${signature}`)]],
    ['no signature', [bearer(`${header}.${payload}.`)]],
    ['no signature at all', [bearer(`${header}.${payload}`)]],
    ['no algorithm', [bearer(new UnsecuredJWT(claims(front)).encode())]],
    ['no algorithm, with a signature', [bearer(`${encode({ alg: 'none', typ: 'at+jwt' })}.${payload}.${signature}`)]],
    ['no algorithm, spelt otherwise', [bearer(`${encode({ alg: 'nOnE', typ: 'at+jwt' })}.${payload}.`)]],
    ['the public key as a secret', [bearer(await shared(pem))]],
    ['the public key as a secret, without its last line feed', [bearer(await shared(pem.trimEnd()))]],
    ['the path of the key as a secret', [bearer(await shared(join(front.keys, '1.pem')))]],
    ['a secret', [bearer(await shared('x'.repeat(32)))]],
    ['another key', [bearer(await by(stranger, 'ES256'))]],
    ['another curve', [bearer(await by(other, 'ES384'))]],
    ['RSA', [bearer(await by(rsa, 'RS256'))]],
    ['no JWT', [bearer('x')]],
    ['dots', [bearer('..')]],
    ['ten kilobytes', [bearer('x'.repeat(10_000))]],
    ['an ordinary access token', [bearer(String(ordinary.body['access_token']))]],
    ['a refresh token', [bearer(String(ordinary.body['refresh_token']))]],
    ['for another service', [bearer(await exchanged(front, 'calls'))]],
    ['for no service', [bearer(await signed(front, { aud: undefined }))]],
    ['for a list of services', [bearer(await signed(front, { aud: ['media'] }))]],
    ['for a service of a longer name', [bearer(await signed(front, { aud: 'media2' }))]],
    ['another issuer', [bearer(await signed(front, { iss: 'https://evil.example.org' }))]],
    ['a longer issuer', [bearer(await signed(front, { iss: `${front.issuer}.evil.example.org` }))]],
    ['no issuer', [bearer(await signed(front, { iss: undefined }))]],
    ['ended', [bearer(await signed(front, { exp: now - 1 }))]],
    ['without an end', [bearer(await signed(front, { exp: undefined }))]],
    ['with an end that is no number', [bearer(await signed(front, { exp: 'never' }))]],
    ['from the future', [bearer(await signed(front, { iat: now + 3600, exp: now + 7200 }))]],
    ['not yet', [bearer(await signed(front, { nbf: now + 3600, exp: now + 7200 }))]],
    ['bound to a key', [bearer(await signed(front, { cnf: { jkt: 'x' } }))]],
    ['bound to a certificate', [bearer(await signed(front, { cnf: { 'x5t#S256': 'x' } }))]],
    ['bound to nothing', [bearer(await signed(front, { cnf: null }))]],
    ['an id token', [bearer(await signed(front, {}, { typ: 'JWT' }))]],
    ['a proof', [bearer(await signed(front, {}, { typ: 'dpop+jwt' }))]],
    ['of nobody', [bearer(await signed(front, { preferred_username: undefined }))]],
    ['of an empty name', [bearer(await signed(front, { preferred_username: '' }))]],
  ];
  for (const [what, lines] of turnedAway) {
    const answer = await ask(front, lines);
    expect(answer, what).toMatch(/^HTTP\/1\.1 40[01] /);
    if (answer.startsWith('HTTP/1.1 401')) expect(answer.toLowerCase(), what).toContain('www-authenticate: bearer');
  }
  expect(front.seen).toEqual([]);
  // Nothing else was wrong, and so many refusals have not closed the door.
  expect(await ask(front, [bearer(await signed(front))])).toMatch(/^HTTP\/1\.1 200 /);
  expect(await ask(front, [bearer(good)])).toMatch(/^HTTP\/1\.1 200 /);
});

test('nobody says who they are but by a token', async ({ front }) => {
  const token = bearer(await exchanged(front, 'media'));
  const names = ['X-UC-User', 'x-uc-user', 'X_UC_USER', 'X-UC_User', 'x_uc-user', 'X.UC.User', 'X~UC~User', 'X-UC-Account', 'X-UC-Phone-Number'];
  const others = ['X-UC-Anything', 'Remote-User', 'REMOTE_USER', 'X-Forwarded-User', 'X_Forwarded_User', 'X-Remote-User'];
  for (const name of [...names, ...others]) {
    for (const lines of [[`${name}: grace`, token], [token, `${name}: grace`], [token, `${name}: a`, `${name}:grace`]]) {
      expect(await ask(front, lines), name).toMatch(/^HTTP\/1\.1 200 /);
      const seen = front.seen.pop();
      expect(seen, name).toMatchObject({ 'x-uc-user': 'ada' });
      expect(Object.entries(seen ?? {}).filter(([, value]) => /grace/.test(String(value))), name).toEqual([]);
    }
    expect(await ask(front, [`${name}: grace`]), name).toMatch(/^HTTP\/1\.1 401 /);
  }
  expect(await ask(front, [token, 'Connection: X-UC-User, X-UC-Account'])).toMatch(/^HTTP\/1\.1 200 /);
  expect(front.seen.pop()).toMatchObject({ 'x-uc-user': 'ada' });
  expect(front.seen).toEqual([]);
});

test('no name is more than one line, whatever is in it', async ({ front }) => {
  const name = 'zoë "cnf":\r\nX-UC-Account: grace';
  const token = await signed(front, { preferred_username: name, name: '"cnf"', route_calls_to_cell: true });
  expect(await ask(front, [bearer(token)])).toMatch(/^HTTP\/1\.1 200 /);
  const [seen] = front.seen;
  expect(decodeURIComponent(String(seen?.['x-uc-user']))).toBe(name);
  expect(seen).toMatchObject({ 'x-uc-account': 'x', 'x-uc-name': '%22cnf%22', 'x-uc-route-calls-to-cell': '1' });
});

test('the service is asked by its own name alone, and Vestibule by every other', async ({ front }) => {
  const token = bearer(await exchanged(front, 'media'));
  for (const host of ['MEDIA.example.com', 'media', `media.example.com:${front.proxy.port}`]) {
    expect(await ask(front, [token], 'GET / HTTP/1.1', host), host).toContain('served');
  }
  expect(front.seen.splice(0)).toHaveLength(3);
  for (const host of ['uc.example.com', 'uc_media.example.com', 'calls.example.com', '.media', 'vestibule', '127.0.0.1']) {
    expect(await ask(front, [token], 'GET /api/me HTTP/1.1', host), host).toContain('urn:vestibule:problem');
  }
  expect(front.seen).toEqual([]);
});

test('a page on another origin may bring its token', async ({ front }) => {
  const asks = ['Origin: https://page.example.org', 'Access-Control-Request-Method: PUT'];
  const allowed = await ask(front, [...asks, 'Access-Control-Request-Headers: authorization'], 'OPTIONS / HTTP/1.1');
  expect(allowed).toMatch(/^HTTP\/1\.1 204 /);
  expect(allowed).toContain('access-control-allow-headers: authorization');
  expect(await ask(front, [], 'OPTIONS / HTTP/1.1')).toMatch(/^HTTP\/1\.1 401 /);
  const refused = await ask(front, ['Origin: https://page.example.org']);
  expect(refused).toContain('access-control-allow-origin: *');
  expect(refused).toContain('access-control-expose-headers: WWW-Authenticate');
  expect(front.seen).toEqual([]);
});

test('keys are replaced without turning anybody away', async ({ front }) => {
  const { server, keys, proxy } = front;
  const read = () => Promise.all(['1.pem', '2.pem'].map((name) => readFile(join(keys, name), 'utf8')));
  const reload = ['kill', '-USR2', String(proxy.pid)];
  await proxy.reloadedBy(() => takeKeys(server, keys, ...reload));
  const [alone, same] = await read();
  expect(same).toBe(alone);
  expect(await ask(front, [bearer(await signed(front))]), 'the key of the test is gone').toMatch(/^HTTP\/1\.1 401 /);
  // A command that fails would show that it was run.
  await takeKeys(server, keys, 'false');
  await expect(takeText('', keys, 'false')).rejects.toThrow();
  await expect(takeText(String(alone).slice(0, 60), keys, 'false')).rejects.toThrow();
  expect(await read()).toEqual([alone, alone]);

  await server.admin(['keys', 'rotate']);
  await proxy.reloadedBy(() => takeKeys(server, keys, ...reload));
  const [first, next] = await read();
  expect(first).toBe(alone);
  expect(next).not.toBe(alone);
  expect(await ask(front, [bearer(await exchanged(front, 'media'))])).toMatch(/^HTTP\/1\.1 200 /);
  // As it will be once the new key signs.
  await proxy.reloadedBy(() => takeText(`${next}${first}`, keys, ...reload));
  expect(await read()).toEqual([next, first]);
  const old = await exchanged(front, 'media');
  expect(await ask(front, [bearer(old)])).toMatch(/^HTTP\/1\.1 200 /);
});

test('a stolen key is replaced at once', async ({ front }) => {
  const { server, keys, proxy } = front;
  const old = await exchanged(front, 'media');
  await server.admin(['keys', 'rotate', '--at-once']);
  await server.stop();
  await server.start();
  await proxy.reloadedBy(() => takeKeys(server, keys, 'kill', '-USR2', String(proxy.pid)));
  expect(await ask(front, [bearer(old)])).toMatch(/^HTTP\/1\.1 401 /);
  expect(await ask(front, [bearer(await exchanged(front, 'media'))])).toMatch(/^HTTP\/1\.1 200 /);
});

test('the same rules are read after the configuration for three servers', async ({ front }) => {
  const file = join(front.server.folder, 'three.cfg');
  const three = await readFile(join(ROOT, 'deploy/three-servers/haproxy.cfg'), 'utf8');
  await writeFile(file, three.replace('/etc/haproxy/certificates/', join(front.server.folder, 'haproxy.pem')));
  const { stdout } = await promisify(execFile)('haproxy', ['-c', '-f', file, '-f', join(ROOT, 'deploy/uc-services.cfg')], {
    env: { PATH: `${process.env['PATH']}:/usr/sbin:/usr/local/sbin`, VESTIBULE_KEYS: front.keys },
  });
  expect(stdout).toContain('Configuration file is valid');
});
