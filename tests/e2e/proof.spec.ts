import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page, Request } from '@playwright/test';
import { EmbeddedJWK, jwtVerify } from 'jose';
import { proofOf, type Proof } from '../fixtures/dpop.ts';
import { ROOT } from '../fixtures/files.ts';
import { expect, test } from '../fixtures/test.ts';

const PLATFORM = join(ROOT, 'script/platform.js');
const ORIGIN = 'https://resource.example.org';

interface Call {
  readonly method: string;
  readonly url: string;
  readonly token?: string;
  /** What the server answers, one for each time that it is asked; nothing special after that. */
  readonly answers?: readonly { readonly status: number; readonly body: string; readonly nonce?: string }[];
}

/** What goes over the wire when the page's script sends this, without the program. */
async function sent(page: Page, { method, url, token, answers = [] }: Call): Promise<Request[]> {
  const requests: Request[] = [];
  await page.route(`${ORIGIN}/**`, (route, request) => {
    if (request.isNavigationRequest()) return route.fulfill({ contentType: 'text/html', body: '<base href="/">' });
    const { status = 200, body = '{}', nonce } = answers[requests.length] ?? {};
    requests.push(request);
    return route.fulfill({ status, body, headers: nonce === undefined ? {} : { 'DPoP-Nonce': nonce } });
  });
  await page.goto(`${ORIGIN}/page`);
  await page.addScriptTag({ content: await readFile(PLATFORM, 'utf8') });
  const parts = [method, url, token].map((part) => (part === undefined ? 'undefined' : JSON.stringify(part)));
  await page.evaluate(`new Promise((answered) => {
    platform.start((topic) => {
      if (topic === 1) platform.request(3, 1, ${parts.join()}, true);
      if (topic === 3) answered();
    }, 1, 2);
  })`);
  return requests;
}

async function proofs(page: Page, call: Call): Promise<Proof[]> {
  return (await sent(page, call)).map((request) => proofOf(request)).filter((proof) => proof !== undefined);
}

test('the token of the standard has the hash of the standard', async ({ page }) => {
  const token = 'Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU';
  const [proof] = await proofs(page, { method: 'GET', url: `${ORIGIN}/r`, token });
  expect(proof?.claims.ath).toBe('fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo');
  expect(proof?.claims).not.toHaveProperty('nonce');
});

for (const [given, named] of [
  ['/uc/api/me', '/uc/api/me'],
  ['/token?tenant=7#x', '/token'],
] as const) {
  test(`${given} is named as ${named} in a proof`, async ({ page }) => {
    const [proof] = await proofs(page, { method: 'GET', url: ORIGIN + given, token: 'a' });
    expect(proof?.claims.htu).toBe(ORIGIN + named);
  });
}

test('a proof names key, method and moment, and others can check its signature', async ({ page }) => {
  const [request] = await sent(page, { method: 'PUT', url: `${ORIGIN}/r`, token: 'a' });
  const { payload, protectedHeader } = await jwtVerify(request?.headers()['dpop'] ?? '', EmbeddedJWK, {
    typ: 'dpop+jwt',
    algorithms: ['ES256'],
    maxTokenAge: 60,
  });
  expect(Object.keys(protectedHeader.jwk ?? {}).sort()).toEqual(['crv', 'kty', 'x', 'y']);
  expect(payload).toMatchObject({ htm: 'PUT', jti: expect.stringMatching(/^[\w-]{43}$/) });
});

for (const [kind, status, body] of [
  ['a token endpoint that wants a nonce', 400, '{"error":"use_dpop_nonce"}'],
  ['an API that wants a nonce', 401, '{"type":"urn:vestibule:problem:use-dpop-nonce"}'],
  ['a server that has seen the proof before', 400, '{"error":"invalid_dpop_proof"}'],
] as const) {
  test(`${kind} is given another proof, once`, async ({ page, complaints }) => {
    complaints.allow(/40[01]/);
    const answer = { status, body, nonce: 'n' };
    const [first, second, ...more] = await proofs(page, { method: 'GET', url: `${ORIGIN}/r`, answers: [answer, answer] });
    expect([first?.claims.nonce, second?.claims.nonce]).toEqual([undefined, 'n']);
    expect(first?.claims.jti).not.toBe(second?.claims.jti);
    expect(more).toEqual([]);
  });
}

for (const body of ['', '{"error":"invalid_grant"}', 'null', '"use_dpop_nonce"']) {
  test(`a refusal of ${JSON.stringify(body)} is no reason to ask again`, async ({ page, complaints }) => {
    complaints.allow(/400/);
    const answers = [{ status: 400, body, nonce: 'n' }];
    expect(await proofs(page, { method: 'GET', url: `${ORIGIN}/r`, answers })).toHaveLength(1);
  });
}
