import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ROOT } from '../fixtures/files.ts';
import { ADA, CLIENT, expect, SERVICE, test } from './client-test.ts';

/** Where `cargo xtask test clients` puts what requirements.txt names. */
const PYTHON = join(ROOT, 'target/tools/python/bin/python');

test('Authlib discovers, redeems, refreshes, asks and revokes', async ({ server }) => {
  const script = spawn(PYTHON, [join(ROOT, 'tests/clients/authlib_client.py')], {
    env: { ...process.env, AUTHLIB_INSECURE_TRANSPORT: '1' },
  });
  const given = { origin: server.origin, client: CLIENT, service: SERVICE.id, secret: SERVICE.secret, account: ADA };
  script.stdin.end(JSON.stringify(given));
  const [out, errors] = await Promise.all([text(script.stdout), text(script.stderr), once(script, 'close')]);
  expect(errors).toBe('');
  expect(out.trim().split('\n')).toEqual([
    'discovery',
    'redemption',
    'resource',
    'signature',
    'refresh',
    'introspection',
    'revocation',
    'the end',
  ]);
});
