import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ROOT } from '../fixtures/files.ts';
import { ADA, expect, SERVICE, test } from './client-test.ts';

/** Where `cargo xtask test clients` puts what requirements.txt names. */
const SCHEMATHESIS = join(ROOT, 'target/tools/python/bin/st');

const CLIENTS = join(ROOT, 'tests/clients');

/** Examples for each operation; a longer run takes more. */
const EXAMPLES = process.env['SCHEMATHESIS_EXAMPLES'] ?? '420';

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
  const args = ['--config-file', join(CLIENTS, 'schemathesis.toml'), 'run', `${server.origin}/openapi.json`];
  const options = ['--checks', 'all', '--max-examples', EXAMPLES, '--report', 'json', '--report-dir', server.folder];
  const st = spawn(SCHEMATHESIS, [...args, ...options, '--no-color'], {
    cwd: server.folder,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      SCHEMATHESIS_HOOKS: join(CLIENTS, 'schemathesis_hooks.py'),
      ORIGIN: server.origin,
      ACCOUNT: JSON.stringify(ADA),
      SERVICE: JSON.stringify(SERVICE),
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
  expect(server.log.filter((line) => /"ERROR"|panic/.test(line))).toEqual([]);
});
