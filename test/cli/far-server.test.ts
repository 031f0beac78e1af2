/** `guts --server https://…`: whose certificate counts, by the authorities or the fingerprint that the operator names. */
import { writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeCertificate } from '../lab/certificate.ts';
import { Daemon } from '../support/daemon.ts';
import { scratch } from '../support/disks.ts';
import { gutsWith, type Outcome } from '../support/guts.ts';

describe('a server elsewhere', () => {
  const tmp = scratch();
  let daemon: Daemon;
  let fingerprint = '';

  beforeAll(async () => {
    writeFileSync(tmp.file('passphrase'), 'a passphrase for tests\n', { mode: 0o600 });
    const [own, another] = [await makeCertificate(), await makeCertificate()];
    fingerprint = own.sha256;
    writeFileSync(tmp.file('guts.pem'), own.pem);
    writeFileSync(tmp.file('guts.key'), own.key, { mode: 0o600 });
    writeFileSync(tmp.file('another.pem'), another.pem);
    writeFileSync(tmp.file('words.pem'), 'no certificate\n');
    const flags = ['--tls-certificate', tmp.file('guts.pem'), '--tls-key', tmp.file('guts.key')];
    daemon = await Daemon.start({ dataDir: tmp.file('data'), passphraseFile: tmp.file('passphrase'), flags });
  });
  afterAll(async () => {
    await daemon.stop();
    tmp[Symbol.dispose]();
  });

  const env = { GUTS_DATA_DIR: tmp.file('desk'), GUTS_VAULT: 'memory' };
  const token = (): string => path.join(tmp.file('data'), 'api-token');
  const ask = async (...trust: string[]): Promise<Outcome> =>
    await gutsWith(env, '', '--server', daemon.url, '--token-file', token(), ...trust, 'list');

  test('is asked where its authority, or it itself, is trusted', async () => {
    expect(await ask('--server-ca-file', tmp.file('guts.pem'))).toMatchObject({ code: 0, stderr: '' });
    expect(await ask('--server-fingerprint', fingerprint)).toMatchObject({ code: 0, stderr: '' });
  });

  test('is told nothing where nobody vouches for it, and the way out is named', async () => {
    for (const trust of [[], ['--server-ca-file', tmp.file('another.pem')]]) {
      const refused = await ask(...trust);
      expect(refused).toMatchObject({ code: 1, stdout: '' });
      expect(refused.stderr).toMatch(/server\.untrusted[^]*--server-ca-file/);
    }
  });

  test.each([
    [['--server-ca-file', 'guts.pem', '--server-fingerprint', 'AB'], 2, /not both/],
    [['--server-ca-file', 'words.pem'], 1, /net\.ca-file/],
    [['--server-ca-file', 'missing.pem'], 1, /net\.ca-file/],
  ] as const)('words that do not fit are refused: %j', async (words, code, says) => {
    const refused = await ask(...words.map((word) => (word.endsWith('.pem') ? tmp.file(word) : word)));

    expect(refused.code).toBe(code);
    expect(refused.stderr).toMatch(says);
  });
});
