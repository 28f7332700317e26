import { createRemoteJWKSet, jwtVerify, SignJWT, exportJWK } from 'jose';
import * as oauth from 'oauth4webapi';
import type { MailServer } from '../fixtures/mail.ts';
import { ADA, CLIENT, expect, GRACE, SERVICE, test } from './client-test.ts';
import { signIn } from './sign-in.ts';

/** The server is on this machine. */
const plain = { [oauth.allowInsecureRequests]: true };
const client: oauth.Client = { client_id: CLIENT };
const service: oauth.Client = { client_id: SERVICE.id };
const nobody = oauth.None();

async function discover(origin: string): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(origin);
  return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...plain }));
}

function endpoint(as: oauth.AuthorizationServer): string {
  return String(as['authorization_challenge_endpoint']);
}

async function redeem(
  as: oauth.AuthorizationServer,
  code: string,
  verifier: string,
  options: oauth.TokenEndpointRequestOptions = {},
): Promise<oauth.TokenEndpointResponse> {
  const callback = oauth.validateAuthResponse(as, client, new URLSearchParams({ code }), oauth.expectNoState);
  const request = () =>
    oauth.authorizationCodeGrantRequest(as, client, nobody, callback, 'http://localhost/unused', verifier, {
      ...plain,
      ...options,
    });
  const process = async () => oauth.processAuthorizationCodeResponse(as, client, await request());
  return process().catch((error: unknown) => (oauth.isDPoPNonceError(error) ? process() : Promise.reject(error)));
}

async function refresh(
  as: oauth.AuthorizationServer,
  token: string,
  options: oauth.TokenEndpointRequestOptions = {},
): Promise<oauth.TokenEndpointResponse> {
  const response = await oauth.refreshTokenGrantRequest(as, client, nobody, token, { ...plain, ...options });
  return oauth.processRefreshTokenResponse(as, client, response);
}

async function me(origin: string, token: string, options: oauth.ProtectedResourceRequestOptions = {}) {
  const url = new URL('/api/me', origin);
  const request = () => oauth.protectedResourceRequest(token, 'GET', url, undefined, undefined, { ...plain, ...options });
  const response = await request().catch((error: unknown) =>
    oauth.isDPoPNonceError(error) ? request() : Promise.reject(error),
  );
  return (await response.json()) as { username: string };
}

async function introspect(as: oauth.AuthorizationServer, token: string, authentication: oauth.ClientAuth) {
  const response = await oauth.introspectionRequest(as, service, authentication, token, plain);
  return oauth.processIntrospectionResponse(as, service, response);
}

async function signedIn(as: oauth.AuthorizationServer, mail: MailServer, account = ADA) {
  const verifier = oauth.generateRandomCodeVerifier();
  const codeChallenge = await oauth.calculatePKCECodeChallenge(verifier);
  const code = await signIn({ endpoint: endpoint(as), clientId: CLIENT, codeChallenge }, account, mail);
  return { code, verifier };
}

function required(token: string | undefined): string {
  if (token === undefined) throw new Error('no refresh token');
  return token;
}

test('discovery says what the library needs', async ({ server }) => {
  const as = await discover(server.origin);
  expect(as.issuer).toBe(server.origin);
  expect(as.dpop_signing_alg_values_supported).toEqual(['ES256']);
  expect(as.code_challenge_methods_supported).toEqual(['S256']);
  expect(as.introspection_endpoint_auth_methods_supported).toEqual(['client_secret_basic', 'client_secret_post']);
});

for (const account of [ADA, GRACE]) {
  test(`${account.name} signs in, refreshes, is asked about and signs out, by Bearer tokens`, async ({ server, mail }) => {
    const as = await discover(server.origin);
    const { code, verifier } = await signedIn(as, mail, account);
    const first = await redeem(as, code, verifier);
    expect(first).toMatchObject({ token_type: 'bearer', expires_in: 600, scope: 'profile' });
    expect(await me(server.origin, first.access_token)).toMatchObject({ username: account.name });
    await expect(redeem(as, code, verifier)).rejects.toMatchObject({ error: 'invalid_grant' });

    const second = await refresh(as, required(first.refresh_token));
    for (const authentication of [oauth.ClientSecretBasic(SERVICE.secret), oauth.ClientSecretPost(SERVICE.secret)]) {
      const told = await introspect(as, second.access_token, authentication);
      expect(told).toMatchObject({ active: true, username: account.name, client_id: CLIENT, iss: server.origin });
    }
    await expect(introspect(as, second.access_token, oauth.ClientSecretBasic('wrong'))).rejects.toMatchObject({
      status: 401,
    });

    const out = await oauth.revocationRequest(as, client, nobody, required(second.refresh_token), plain);
    await oauth.processRevocationResponse(out);
    expect(await introspect(as, second.access_token, oauth.ClientSecretBasic(SERVICE.secret))).toEqual({ active: false });
    await expect(me(server.origin, second.access_token)).rejects.toMatchObject({ status: 401 });
    await expect(refresh(as, required(second.refresh_token))).rejects.toMatchObject({ error: 'invalid_grant' });
  });
}

test('a refresh token that comes again ends its family', async ({ server, mail }) => {
  const as = await discover(server.origin);
  const { code, verifier } = await signedIn(as, mail);
  const first = await redeem(as, code, verifier);
  const second = await refresh(as, required(first.refresh_token));
  await expect(refresh(as, required(first.refresh_token))).rejects.toMatchObject({ error: 'invalid_grant' });
  await expect(refresh(as, required(second.refresh_token))).rejects.toMatchObject({ error: 'invalid_grant' });
});

test('tokens are bound to the key that the library proves', async ({ server, mail }) => {
  const as = await discover(server.origin);
  const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));
  const { code, verifier } = await signedIn(as, mail);
  const tokens = await redeem(as, code, verifier, { DPoP });
  expect(tokens.token_type).toBe('dpop');
  expect(await me(server.origin, tokens.access_token, { DPoP })).toMatchObject({ username: 'ada' });

  const stranger = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));
  await expect(me(server.origin, tokens.access_token)).rejects.toMatchObject({ status: 401 });
  await expect(me(server.origin, tokens.access_token, { DPoP: stranger })).rejects.toMatchObject({ status: 401 });
  const told = await introspect(as, tokens.access_token, oauth.ClientSecretBasic(SERVICE.secret));
  expect(told).toMatchObject({ active: true, token_type: 'DPoP', cnf: { jkt: await DPoP.calculateThumbprint() } });

  const refreshed = await refresh(as, required(tokens.refresh_token), { DPoP });
  expect(refreshed.token_type).toBe('dpop');
  // The answer was lost: within 30 s the same key gets another one.
  const again = await refresh(as, required(tokens.refresh_token), { DPoP });
  await expect(refresh(as, required(again.refresh_token), { DPoP: stranger })).rejects.toBeDefined();
  expect((await refresh(as, required(again.refresh_token), { DPoP })).token_type).toBe('dpop');
});

test('a sign-in is bound from its first step on', async ({ server, mail }) => {
  const as = await discover(server.origin);
  const keys = await oauth.generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(keys.publicKey);
  const verifier = oauth.generateRandomCodeVerifier();
  const code = await signIn(
    {
      endpoint: endpoint(as),
      clientId: CLIENT,
      codeChallenge: await oauth.calculatePKCECodeChallenge(verifier),
      proof: (nonce) =>
        new SignJWT({ htm: 'POST', htu: endpoint(as), ...(nonce === undefined ? {} : { nonce }) })
          .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk })
          .setJti(crypto.randomUUID())
          // A device whose clock is three years behind.
          .setIssuedAt(Math.floor(Date.now() / 1000) - 3 * 365 * 86_400)
          .sign(keys.privateKey),
    },
    GRACE,
    mail,
  );
  const stranger = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));
  await expect(redeem(as, code, verifier)).rejects.toMatchObject({ error: 'invalid_grant' });
  await expect(redeem(as, code, verifier, { DPoP: stranger })).rejects.toMatchObject({ error: 'invalid_grant' });
  const tokens = await redeem(as, code, verifier, { DPoP: oauth.DPoP(client, keys) });
  expect(tokens.token_type).toBe('dpop');
});

test('a token for a service behind is given for a bound one, and is none for the server', async ({ server, mail }) => {
  const as = await discover(server.origin);
  const grant = 'urn:ietf:params:oauth:grant-type:token-exchange';
  const kind = 'urn:ietf:params:oauth:token-type:access_token';
  expect(as.grant_types_supported).toContain(grant);
  const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));
  const { code, verifier } = await signedIn(as, mail);
  const { access_token: subject } = await redeem(as, code, verifier, { DPoP });
  const exchange = async (token: string, audience: string, options: oauth.TokenEndpointRequestOptions = { DPoP }) => {
    const members = { subject_token: token, subject_token_type: kind, audience };
    const request = oauth.genericTokenEndpointRequest(as, client, nobody, grant, members, { ...plain, ...options });
    return oauth.processGenericTokenEndpointResponse(as, client, await request);
  };
  const given = await exchange(subject, SERVICE.id);
  expect(given).toMatchObject({ token_type: 'bearer', issued_token_type: kind, expires_in: 120 });
  const request = new Request('https://media.example.com/', { headers: { authorization: `Bearer ${given.access_token}` } });
  const options = { ...plain, signingAlgorithms: ['ES256'] };
  const claims = await oauth.validateJwtAccessToken(as, request, SERVICE.id, options);
  expect(claims).toMatchObject({ preferred_username: 'ada', uc_configuration: 'integrated', client_id: CLIENT });
  const told = await introspect(as, given.access_token, oauth.ClientSecretBasic(SERVICE.secret));
  expect(told).toMatchObject({ active: true, username: 'ada', aud: SERVICE.id });

  await expect(me(server.origin, given.access_token)).rejects.toMatchObject({ status: 401 });
  await expect(exchange(given.access_token, SERVICE.id)).rejects.toMatchObject({ error: 'invalid_request' });
  await expect(exchange(subject, 'nobody')).rejects.toMatchObject({ error: 'invalid_target' });
  await expect(exchange(subject, SERVICE.id, {})).rejects.toMatchObject({ error: 'invalid_request' });
});

test('resource servers check access tokens by themselves', async ({ server, mail }) => {
  const as = await discover(server.origin);
  const { code, verifier } = await signedIn(as, mail);
  const { access_token: token } = await redeem(as, code, verifier);
  const request = new Request(new URL('/calls', server.origin), { headers: { authorization: `Bearer ${token}` } });
  const claims = await oauth.validateJwtAccessToken(as, request, server.origin, {
    ...plain,
    signingAlgorithms: ['ES256'],
  });
  expect(claims).toMatchObject({ iss: server.origin, client_id: CLIENT, scope: 'profile' });

  const keys = createRemoteJWKSet(new URL(String(as.jwks_uri)));
  const expected = { issuer: server.origin, audience: server.origin, typ: 'at+jwt', algorithms: ['ES256'] };
  const { payload, protectedHeader } = await jwtVerify(token, keys, expected);
  expect(Number(payload.exp) - Number(payload.iat)).toBe(600);
  // Rotated keys sign nobody out: the old one is still published, and the new one already.
  await server.admin(['keys', 'rotate']);
  await server.stop();
  await server.start();
  const after = createRemoteJWKSet(new URL(String(as.jwks_uri)));
  expect((await jwtVerify(token, after, expected)).protectedHeader.kid).toBe(protectedHeader.kid);
  expect(await me(server.origin, token)).toMatchObject({ username: 'ada' });
  expect(((await (await fetch(String(as.jwks_uri))).json()) as { keys: unknown[] }).keys).toHaveLength(2);
});
