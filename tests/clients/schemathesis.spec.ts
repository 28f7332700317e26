import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ROOT } from '../fixtures/files.ts';
import type { Account } from '../fixtures/server.ts';
import { ADA, expect, SERVICE, test } from './client-test.ts';

/** Where `cargo xtask test clients` puts what requirements.txt names. */
const SCHEMATHESIS = join(ROOT, 'target/tools/python/bin/st');

const CLIENTS = join(ROOT, 'tests/clients');

/** Examples for each operation; a longer run takes more. */
const EXAMPLES = process.env['SCHEMATHESIS_EXAMPLES'] ?? '420';
/** So many are made in all, at the least. */
const LEAST = 5_000;

/** Whose password changes while the others sign in. */
const JOAN: Account = {
  name: 'joan',
  email: 'joan@example.com',
  password: 'copper river piano',
  displayName: 'Joan Example',
  twoFactor: false,
};

interface Report {
  readonly operations: { readonly total: number; readonly tested: number };
  readonly test_cases: { readonly generated: number; readonly with_failures: number; readonly errored: number };
}

test.use({
  config: {
    // Guessing is what it does: the limits are not what is looked at here.
    'throttle.address_failures': 1_000_000,
    'throttle.device_failures': 1_000_000,
    'code.sends_per_hour': 1_000_000,
  },
});

test('Schemathesis finds every answer in the OpenAPI document', async ({ server }) => {
  test.setTimeout(60_000 + Number(EXAMPLES) * 1000);
  await server.addAccount(JOAN);
  const answers = join(server.folder, 'answers.json');
  const args = ['--config-file', join(CLIENTS, 'schemathesis.toml'), 'run', `${server.origin}/openapi.json`];
  const options = ['--checks', 'all', '--max-examples', EXAMPLES, '--report', 'json', '--report-dir', server.folder];
  const st = spawn(SCHEMATHESIS, [...args, ...options, '--no-color'], {
    cwd: server.folder,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      SCHEMATHESIS_HOOKS: join(CLIENTS, 'schemathesis_hooks.py'),
      ORIGIN: server.origin,
      // Where what the hooks import is, and nothing is to be left beside it.
      PYTHONPATH: CLIENTS,
      PYTHONDONTWRITEBYTECODE: '1',
      ACCOUNTS: JSON.stringify([ADA, JOAN]),
      SERVICE: JSON.stringify(SERVICE),
      ANSWERS: answers,
    },
  });
  const [out, [status]] = await Promise.all([text(st.stdout), once(st, 'close')]);
  const name = (await readdir(server.folder)).find((file) => /^json-.*\.json$/.test(file));
  const report = JSON.parse(await readFile(join(server.folder, name ?? ''), 'utf8')) as Report;
  const { generated, with_failures, errored } = report.test_cases;
  console.log(`Schemathesis: ${generated} examples of ${report.operations.tested} operations`);
  expect(status, out).toBe(0);
  expect(report.operations.tested).toBe(report.operations.total);
  expect({ with_failures, errored }, out).toEqual({ with_failures: 0, errored: 0 });
  expect(generated).toBeGreaterThanOrEqual(LEAST);
  const given = JSON.parse(await readFile(answers, 'utf8')) as Record<string, Record<string, number>>;
  const taken = Object.entries(given).filter(([, counts]) => Object.keys(counts).some((code) => code.startsWith('2')));
  expect(taken.length, JSON.stringify(given)).toBe(report.operations.total);
  expect(server.log.filter((line) => /"ERROR"|panic/.test(line))).toEqual([]);
});
