import type { Account } from '../fixtures/server.ts';
import { codeIn, type MailServer } from '../fixtures/mail.ts';

/** What a client begins a sign-in with. */
export interface Begin {
  readonly endpoint: string;
  readonly clientId: string;
  readonly codeChallenge: string;
  /** A DPoP proof for each request, where the sign-in is to be bound; the nonce is that of the last answer. */
  readonly proof?: (nonce: string | undefined) => Promise<string>;
}

/** Drives the Authorization Challenge Endpoint by hand, for no library knows it yet; gives the authorization code. */
export async function signIn(begin: Begin, account: Account, mail?: MailServer): Promise<string> {
  let nonce: string | undefined;
  const step = async (members: Record<string, string>): Promise<Record<string, unknown>> => {
    const headers: Record<string, string> = begin.proof === undefined ? {} : { DPoP: await begin.proof(nonce) };
    const answer = await fetch(begin.endpoint, { method: 'POST', body: new URLSearchParams(members), headers });
    nonce = answer.headers.get('dpop-nonce') ?? undefined;
    const body = (await answer.json()) as Record<string, unknown>;
    return body['error'] === 'use_dpop_nonce' ? step(members) : body;
  };
  const { auth_session: session } = await step({
    response_type: 'code',
    client_id: begin.clientId,
    code_challenge: begin.codeChallenge,
    code_challenge_method: 'S256',
    username: account.name,
  });
  let answer = await step({ auth_session: String(session), uc_username: account.name, password: account.password });
  if (answer['otp_required'] === true) {
    if (mail === undefined) throw new Error(`${account.name} is mailed a code, and nobody reads it`);
    answer = await step({ auth_session: String(session), otp: codeIn(await mail.next(account.email)) });
  }
  if (typeof answer['authorization_code'] !== 'string') throw new Error(JSON.stringify(answer));
  return answer['authorization_code'];
}
