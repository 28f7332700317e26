import { sessionCookies } from '../fixtures/cookies.ts';
import { Asked, proofOf, sha256, Thief } from '../fixtures/dpop.ts';
import { Intruder } from '../fixtures/intruder.ts';
import { expect, GRACE, test } from '../fixtures/lost.ts';
import { readRecords } from '../fixtures/record.ts';

// Where a service worker takes over, a test does not get hold of the requests of that moment.
test.use({ serviceWorkers: 'block' });

const CHALLENGE = '/oauth/authorize-challenge';
const TOKEN = '/oauth/token';
const ME = '/api/me';
const PREFERENCE = '/api/me/preferred-device';
const A_JWT = /eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+/;
const A_TOKEN = /"(access|refresh)_token":/;

/** The server's word that an access token has run out, once. */
const RUN_OUT = {
  status: 401,
  contentType: 'application/problem+json',
  body: JSON.stringify({ type: 'urn:vestibule:problem:not-signed-in', title: 'not signed in', status: 401 }),
};

test.describe('on another origin', () => {
  test('the whole sign-in and its tokens are bound to one key', async ({ page, person, elsewhere, server }) => {
    const asked = new Asked(page, server.origin);
    await person.open('user', elsewhere.origin);
    const bound = [...asked.to(CHALLENGE), ...asked.to(TOKEN), ...asked.to(ME)];
    expect(bound.map((request) => request.method())).toEqual(['POST', 'POST', 'POST', 'POST', 'GET']);
    const proofs = bound.map(proofOf);
    for (const [index, proof] of proofs.entries()) {
      expect(proof?.header).toMatchObject({ typ: 'dpop+jwt', alg: 'ES256' });
      expect(proof?.header.jwk).toEqual(proofs[0]?.header.jwk);
      expect(proof?.header.jwk.d).toBeUndefined();
      expect(proof?.claims).toMatchObject({ htm: bound[index]?.method(), htu: bound[index]?.url() });
    }
    expect(new Set(proofs.map((proof) => proof?.claims.jti)).size).toBe(proofs.length);
    const tokens = await asked.answered(TOKEN);
    expect(tokens['token_type']).toBe('DPoP');
    const token = tokens['access_token'] ?? '';
    expect(asked.to(ME)[0]?.headers()['authorization']).toBe(`DPoP ${token}`);
    expect(proofs.at(-1)?.claims.ath).toBe(sha256(token));
  });

  test('the session survives a reload, by the same key', async ({ page, person, elsewhere, server, mail, axe }) => {
    const asked = new Asked(page, server.origin);
    await person.open('user', elsewhere.origin);
    for (const address of [page.url(), elsewhere.origin]) {
      await page.goto(address);
      await person.expectAt('user');
      await expect(page.getByText(GRACE.displayName).first()).toBeVisible();
    }
    await axe();
    const keys = asked.requests.map((request) => proofOf(request)?.header.jwk.x).filter((x) => x !== undefined);
    expect(new Set(keys).size).toBe(1);
    expect(asked.to(TOKEN)).toHaveLength(3);
    expect(mail.received).toHaveLength(1);
  });

  test('what a script takes away is refused without the key, and the key stays', async ({
    page,
    person,
    elsewhere,
    server,
    request,
  }) => {
    const intruder = await Intruder.into(page);
    await person.open('user', elsewhere.origin);
    const { texts, key } = await intruder.loot();
    expect(key).toEqual({ jwk: 'InvalidAccessError', pkcs8: 'InvalidAccessError', raw: expect.stringMatching(/Error$/) });

    const answer = texts.find((text) => A_TOKEN.test(text)) ?? '';
    const { access_token: access, refresh_token: refresh } = JSON.parse(answer) as Record<string, string>;
    if (access === undefined || refresh === undefined) throw new Error('there is nothing to take away');
    expect(access).toMatch(A_JWT);

    const thief = await Thief.come();
    const me = server.origin + ME;
    const token = server.origin + TOKEN;
    const nonce = (await request.get(me)).headers()['dpop-nonce'] ?? '';
    const proof = await thief.proof('GET', me, nonce, access);
    for (const headers of [
      { Authorization: `Bearer ${access}` },
      { Authorization: `DPoP ${access}` },
      { Authorization: `DPoP ${access}`, DPoP: proof },
    ]) {
      expect((await request.get(me, { headers })).status()).toBe(401);
    }
    const form = { grant_type: 'refresh_token', client_id: 'vestibule', refresh_token: refresh };
    for (const headers of [{}, { DPoP: await thief.proof('POST', token, nonce) }]) {
      const refused = await request.post(token, { form, headers });
      expect([refused.status(), ((await refused.json()) as { error: string }).error]).toEqual([400, 'invalid_grant']);
    }

    await page.reload();
    await person.expectAt('user');
  });

  test('a nonce that is wanted is sent, at every endpoint', async ({ page, person, elsewhere, server }) => {
    const asked = new Asked(page, server.origin);
    // Whatever the page has heard before, it is not what the server takes.
    for (const path of ['/.well-known/oauth-authorization-server', CHALLENGE, TOKEN]) {
      await page.route(server.origin + path, async (route) => {
        const response = await route.fetch();
        const isRefused = (await response.text()).includes('use_dpop_nonce');
        const headers = response.headers();
        await route.fulfill({ response, headers: isRefused ? headers : { ...headers, 'dpop-nonce': 'of-yesterday' } });
      });
    }
    await person.open('user', elsewhere.origin);
    for (const [path, steps] of [
      [CHALLENGE, 3],
      [TOKEN, 1],
      [ME, 1],
    ] as const) {
      const nonces = asked.to(path).map((each) => proofOf(each)?.claims.nonce);
      expect(nonces, path).toHaveLength(2 * steps);
      expect(nonces.filter((nonce) => nonce === 'of-yesterday')).toHaveLength(steps);
      // Each time the wrong one first, then the one that came along with the refusal.
      expect(nonces.map((nonce) => nonce === 'of-yesterday')).toEqual(nonces.map((_, index) => index % 2 === 0));
    }
  });

  test('an access token that has run out is renewed, in two tabs at once', async ({
    page,
    person,
    otherTab,
    elsewhere,
    context,
    server,
  }) => {
    await person.open('user', elsewhere.origin);
    const other = await otherTab();
    await other.page.goto(page.url());
    await other.expectAt('user');
    const tabs = [person, other];
    const asked = tabs.map((tab) => new Asked(tab.page, server.origin));
    for (const tab of tabs) {
      // Once, and whatever the browser asks beforehand does not count.
      let isOut = false;
      await tab.page.route(`**${PREFERENCE}`, (route) => {
        if (isOut || route.request().method() !== 'PUT') return route.continue();
        isOut = true;
        return route.fulfill({ ...RUN_OUT, headers: { 'Access-Control-Allow-Origin': elsewhere.origin } });
      });
    }
    await Promise.all([person.user.device('Auto-Pilot').click(), other.user.device('Auto-Pilot').click()]);
    for (const [index, tab] of tabs.entries()) {
      await expect(tab.user.device('Auto-Pilot')).toBeChecked();
      await expect.poll(() => asked[index]?.to(PREFERENCE).length).toBe(2);
      expect(asked[index]?.to(TOKEN)).toHaveLength(1);
    }
    for (const tab of tabs) {
      await tab.page.reload();
      await tab.expectAt('user');
      await expect(tab.user.device('Auto-Pilot')).toBeChecked();
    }
    expect(await sessionCookies(context)).toEqual([]);
  });

  test('signing out forgets the tokens and keeps the key', async ({ page, person, elsewhere, server }) => {
    const asked = new Asked(page, server.origin);
    await person.open('user', elsewhere.origin);
    expect(await readRecords(page)).toContain('"refresh"');
    await person.user.signOut();
    await person.expectAt('connect');
    const records = await readRecords(page);
    expect(records).not.toContain('"refresh"');
    expect(records).toContain('[object Object]');
    await page.reload();
    await person.expectAt('connect');
    await person.walk('connect', 'credentials');
    const keys = asked.to(CHALLENGE).map((each) => proofOf(each)?.header.jwk.x);
    expect(keys).not.toContain(undefined);
    expect(new Set(keys).size).toBe(1);
  });

  test('without WebCrypto the sign-in goes on, with tokens in memory only', async ({
    page,
    person,
    elsewhere,
    server,
  }) => {
    await page.addInitScript(() => Object.defineProperty(crypto, 'subtle', { value: undefined }));
    const asked = new Asked(page, server.origin);
    await person.open('user', elsewhere.origin);
    expect(asked.requests.filter((each) => proofOf(each) !== undefined)).toEqual([]);
    expect((await asked.answered(TOKEN))['token_type']).toBe('Bearer');
    expect(await readRecords(page)).not.toContain('"refresh"');
    await person.user.signOut();
    await person.expectAt('connect');
  });

  for (const [what, takeAway] of [
    ['there is no IndexedDB', () => Object.defineProperty(globalThis, 'indexedDB', { value: undefined })],
    [
      'IndexedDB never answers',
      () => {
        IDBFactory.prototype.open = () => new EventTarget() as IDBOpenDBRequest;
      },
    ],
    [
      'IndexedDB takes no keys',
      () => {
        IDBObjectStore.prototype.add = () => {
          throw new DOMException('keys cannot be stored', 'DataCloneError');
        };
      },
    ],
  ] as const) {
    test(`where ${what} a key of the page binds all, and nothing is stored`, async ({
      page,
      person,
      elsewhere,
      server,
    }) => {
      await page.addInitScript(takeAway);
      const asked = new Asked(page, server.origin);
      await person.open('user', elsewhere.origin);
      const proofs = [...asked.to(CHALLENGE), ...asked.to(TOKEN), ...asked.to(ME)].map(proofOf);
      expect(proofs).toHaveLength(5);
      expect(new Set(proofs.map((proof) => proof?.header.jwk.x ?? 'none')).size).toBe(1);
      expect(proofs[0]?.header.jwk.x).toBeDefined();
      expect((await asked.answered(TOKEN))['token_type']).toBe('DPoP');
      if (what === 'IndexedDB takes no keys') expect(await readRecords(page)).not.toContain('"refresh"');
      await person.user.device('Auto-Pilot').click();
      await expect(person.user.device('Auto-Pilot')).toBeChecked();
      await person.user.signOut();
      await person.expectAt('connect');
    });
  }

  test('a sign-in whose key went with the page is begun anew, in words', async ({
    page,
    person,
    elsewhere,
    server,
    axe,
  }) => {
    await page.addInitScript(() => {
      IDBObjectStore.prototype.add = () => {
        throw new DOMException('keys cannot be stored', 'DataCloneError');
      };
    });
    const asked = new Asked(page, server.origin);
    await person.open('credentials', elsewhere.origin);
    const before = asked.to(CHALLENGE).length;
    await page.reload();
    await person.expectAt('account');
    await expect(page.getByRole('alert')).toHaveText(/no longer has the key that your sign-in needs/);
    expect(asked.to(CHALLENGE)).toHaveLength(before);
    await axe();
    await person.walk('account', 'user');
    expect((await asked.answered(TOKEN))['token_type']).toBe('DPoP');
  });
});

test('on its own origin a script in the page finds no token at all', async ({ page, person, context }) => {
  const intruder = await Intruder.into(page);
  await person.open('user');
  const [cookie] = await sessionCookies(context);
  if (cookie === undefined) throw new Error('there is no session to look for');
  for (let visit = 0; visit < 2; visit += 1) {
    const { texts, key } = await intruder.loot();
    // It did read along.
    expect(texts.filter((text) => text.includes(GRACE.displayName))).not.toEqual([]);
    expect(texts.filter((text) => A_JWT.test(text) || A_TOKEN.test(text) || text.includes(cookie.value))).toEqual([]);
    expect(key).toEqual({});
    await page.reload();
    await person.expectAt('user');
  }
});
