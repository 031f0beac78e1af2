/** Secrets: kept where they are safe, found again, never in plain text on the disk. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { Vault, type VaultOptions } from '../../main/vault/vault.ts';
import { scratch } from '../support/disks.ts';

const SECRET = 'Tr0ub4dor & 3 – ünïcode';
const ID = 'src_000000000001';
const onlyFile = { GUTS_VAULT: 'file' };

const fileVault = (dataDir: string, passphrase: string | null, more: Partial<VaultOptions> = {}): Vault =>
  new Vault({ dataDir, askPassphrase: () => Promise.resolve(passphrase), env: onlyFile, ...more });

describe('the sealed file', () => {
  test('gives a secret back to the right passphrase, and only under its own name', async () => {
    using tmp = scratch();
    expect(await fileVault(tmp.dir, 'correct horse').set(ID, SECRET)).toBe('sealedFile');

    const later = fileVault(tmp.dir, 'correct horse');

    expect(await later.get(ID)).toBe(SECRET);
    expect(await later.get('src_000000000002')).toBeNull();
    expect(await later.whereIs(ID)).toBe('sealedFile');
    await expect(fileVault(tmp.dir, 'wrong horse').get(ID)).rejects.toMatchObject({ code: 'vault.wrong-passphrase' });
    await expect(fileVault(tmp.dir, null).get(ID)).rejects.toMatchObject({ code: 'vault.sealed' });
  });

  test('holds nothing in plain text and lets nobody else read it', async () => {
    using tmp = scratch();
    await fileVault(tmp.dir, 'correct horse').set(ID, SECRET);

    const file = tmp.file('vault/vault.json');
    const text = readFileSync(file, 'utf8');

    for (const plain of [SECRET, 'correct horse']) {
      expect(text).not.toContain(plain);
      expect(text).not.toContain(Buffer.from(plain).toString('base64'));
    }
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(tmp.file('vault')).mode & 0o777).toBe(0o700);
    expect(readdirSync(tmp.file('vault'))).toEqual(['vault.json']);
  });

  test('keeps no copy of what was deleted, and needs no passphrase to forget', async () => {
    using tmp = scratch();
    const vault = fileVault(tmp.dir, 'correct horse');
    await vault.set(ID, SECRET);
    await vault.set('dst_000000000001', 'other');

    await fileVault(tmp.dir, null).delete(ID);

    expect(await vault.get(ID)).toBeNull();
    expect(await vault.get('dst_000000000001')).toBe('other');
    for (const name of readdirSync(tmp.file('vault')))
      expect(readFileSync(tmp.file(`vault/${name}`), 'utf8')).not.toContain(ID);
  });

  test('finds out that entries were swapped or changed', async () => {
    using tmp = scratch();
    const vault = fileVault(tmp.dir, 'correct horse');
    await vault.set('a', 'secret of a');
    await vault.set('b', 'secret of b');
    const file = tmp.file('vault/vault.json');
    const { entries, ...rest } = JSON.parse(readFileSync(file, 'utf8')) as { entries: Record<string, object> };
    writeFileSync(file, JSON.stringify({ ...rest, entries: { a: entries['b'], b: entries['a'] } }));

    await expect(vault.get('a')).rejects.toMatchObject({ code: 'vault.damaged' });
  });

  test('takes its passphrase from a file, and says when there is none', async () => {
    using tmp = scratch();
    const ask = (): never => {
      throw new Error('nobody is to be asked');
    };
    const env = { ...onlyFile, GUTS_VAULT_PASSPHRASE_FILE: tmp.file('passphrase') };
    const vault = (): Vault => new Vault({ dataDir: tmp.dir, askPassphrase: ask, env });

    await expect(vault().set(ID, SECRET)).rejects.toMatchObject({ code: 'vault.passphrase-file' });
    writeFileSync(tmp.file('passphrase'), '\n');
    await expect(vault().set(ID, SECRET)).rejects.toMatchObject({ code: 'vault.passphrase-file' });
    writeFileSync(tmp.file('passphrase'), 'correct horse\n');
    await vault().set(ID, SECRET);

    expect(await vault().get(ID)).toBe(SECRET);
    expect(await fileVault(tmp.dir, 'correct horse').get(ID)).toBe(SECRET); // the line’s end is no part of it
  });
});

test('without key store and passphrase a secret lives as long as the process, and no longer', async () => {
  using tmp = scratch();
  const vault = fileVault(tmp.dir, null);

  expect(await vault.set(ID, SECRET)).toBe('memory');

  expect(await vault.get(ID)).toBe(SECRET);
  expect(await fileVault(tmp.dir, null).get(ID)).toBeNull();
  expect(existsSync(tmp.file('vault/vault.json'))).toBe(false);
});

test('a vault that nobody knows is refused', () => {
  expect(() => fileVault('/nowhere', null, { env: { GUTS_VAULT: 'vault' } })).toThrow(/keystore|no such vault/);
});

const keytar = path.resolve(import.meta.dirname, '../../node_modules/keytar/build/Release/keytar.node');
const hasSecretService =
  existsSync(keytar) &&
  ['gnome-keyring-daemon', 'dbus-run-session'].every((name) => spawnSync('which', [name]).status === 0);

test.runIf(hasSecretService)('a key store that works keeps the secret, and nothing is on the disk', () => {
  using tmp = scratch();
  const home = tmp.file('home');
  mkdirSync(home, { mode: 0o700 });
  writeFileSync(
    tmp.file('story.mjs'),
    `import { Vault } from ${JSON.stringify(path.resolve(import.meta.dirname, '../../main/vault/vault.ts'))};
     const ask = () => { throw new Error('nobody is to be asked'); };
     const vault = () => new Vault({ dataDir: ${JSON.stringify(tmp.file('data'))}, askPassphrase: ask, env: {} });
     const kept = await vault().set('${ID}', 'a secret');
     const found = await vault().get('${ID}');
     const where = await vault().whereIs('${ID}');
     await vault().delete('${ID}');
     const after = await vault().get('${ID}');
     process.stdout.write(JSON.stringify({ kept, found, where, after }));`,
  );
  const { GUTS_VAULT: _vault, GUTS_VAULT_PASSPHRASE_FILE: _file, ...env } = process.env;

  const done = spawnSync(
    'dbus-run-session',
    [
      '--',
      'bash',
      '-c',
      'printf "test\\n" | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null 2>&1; exec "$@"',
      'sh',
      process.execPath,
      tmp.file('story.mjs'),
    ],
    {
      encoding: 'utf8',
      env: { ...env, XDG_DATA_HOME: `${home}/data`, XDG_RUNTIME_DIR: home, XDG_CONFIG_HOME: `${home}/config` },
    },
  );

  expect(done.stdout, done.stderr).toBe('{"kept":"keyStore","found":"a secret","where":"keyStore","after":null}');
  expect(existsSync(tmp.file('data/vault'))).toBe(false);
});
