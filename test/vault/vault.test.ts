/** Secrets: kept where they are safe, found again, never in plain text on the disk. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
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

describe('where secrets are kept', () => {
  test('is said with the reasons why not in a better place', async () => {
    using tmp = scratch();
    const memory = await fileVault(tmp.dir, null, { env: { GUTS_VAULT: 'memory' } }).status();
    const empty = await fileVault(tmp.dir, null).status();
    await fileVault(tmp.dir, 'correct horse').set(ID, SECRET);
    const sealed = await fileVault(tmp.dir, null).status();

    expect(memory).toMatchObject({ keepsIn: 'memory', says: expect.stringContaining('NOWHERE') });
    expect(memory.notUsed).toContainEqual({ place: 'sealedFile', why: 'GUTS_VAULT is “memory”' });
    expect(empty).toMatchObject({ keepsIn: 'memory' });
    expect(empty.notUsed).toContainEqual({ place: 'sealedFile', why: 'nobody has given a passphrase for it' });
    expect(sealed).toMatchObject({
      keepsIn: 'sealedFile',
      says: expect.stringMatching(/vault\.json”; its passphrase is asked/),
    });
    expect(sealed.notUsed).toEqual([{ place: 'keyStore', why: 'GUTS_VAULT is “file”' }]);
  });

  test('is told to whoever writes logs, so that no secret gets into them', async () => {
    using tmp = scratch();
    const known: string[] = [];
    const vault = fileVault(tmp.dir, 'correct horse', { onSecret: (secret) => known.push(secret) });
    await vault.set(ID, SECRET);
    vault.hold('src_000000000002', 'held');
    const later: string[] = [];
    await fileVault(tmp.dir, 'correct horse', { onSecret: (secret) => later.push(secret) }).get(ID);

    expect(known.toSorted()).toEqual([SECRET, 'correct horse', 'held'].toSorted());
    expect(later).toEqual(['correct horse', SECRET]);
  });
});

describe('a daemon', () => {
  /** What a process says that unlocks its vault with a passphrase from standard input, asks for it again, and goes on. */
  async function unlocking(dataDir: string, input: string): Promise<string> {
    const vault = path.resolve(import.meta.dirname, '../../main/vault');
    const story = `
      import { Vault } from ${JSON.stringify(`${vault}/vault.ts`)};
      import { passphraseFromStdin } from ${JSON.stringify(`${vault}/stdin-passphrase.ts`)};
      const vault = new Vault({ dataDir: ${JSON.stringify(dataDir)}, askPassphrase: passphraseFromStdin(), env: { GUTS_VAULT: 'file' } });
      try {
        await vault.unlock();
        const before = (await vault.status()).says;
        const kept = await vault.set('${ID}', 'from the daemon');
        process.stdout.write([kept, await vault.get('${ID}'), before].join(' | '));
      } catch (error) {
        process.stdout.write(error.code);
      }`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', story], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.write(input); // it stays open: whoever reads only a line does not wait for more
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    if (!input.includes('\n')) child.stdin.end();
    await once(child, 'close');
    return said;
  }

  test('takes the passphrase from standard input, one line and once', async () => {
    using tmp = scratch();

    expect(await unlocking(tmp.dir, 'correct horse\nand more')).toMatch(
      /^sealedFile \| from the daemon \| .*it is open$/,
    );
    expect(await unlocking(tmp.dir, 'correct horse\n')).toMatch(/^sealedFile/);
    expect(await unlocking(tmp.dir, 'wrong horse\n')).toBe('vault.wrong-passphrase');
    expect(await unlocking(tmp.dir, '')).toBe('vault.passphrase-stdin');
    expect(await fileVault(tmp.dir, 'correct horse').get(ID)).toBe('from the daemon');
  });
});

const keytar = path.resolve(import.meta.dirname, '../../node_modules/keytar/build/Release/keytar.node');
const missing = [
  ...(existsSync(keytar) ? [] : ['keytar']),
  ...['gnome-keyring-daemon', 'dbus-run-session'].filter((name) => spawnSync('which', [name]).status !== 0),
];
if (missing.length > 0) process.stdout.write(`key stores are left out: missing ${missing.join(', ')}\n`);

describe.skipIf(missing.length > 0)('a key store', () => {
  /**
   * What a story about a vault prints that runs in a session of its own.
   * @param before what the session does first, in the shell
   */
  function inSession(tmp: ReturnType<typeof scratch>, before: string, story: string): string {
    const home = tmp.file('home');
    mkdirSync(home, { mode: 0o700, recursive: true });
    writeFileSync(
      tmp.file('story.mjs'),
      `import { Vault } from ${JSON.stringify(path.resolve(import.meta.dirname, '../../main/vault/vault.ts'))};
       const vault = (env = {}, passphrase = null) => new Vault({
         dataDir: ${JSON.stringify(tmp.file('data'))}, askPassphrase: async () => passphrase, env });
       ${story}`,
    );
    const { GUTS_VAULT: _vault, GUTS_VAULT_PASSPHRASE_FILE: _file, DISPLAY: _display, ...env } = process.env;
    const shell = `${before}; exec "$@"`;
    const done = spawnSync(
      'dbus-run-session',
      ['--', 'bash', '-c', shell, 'sh', process.execPath, tmp.file('story.mjs')],
      {
        encoding: 'utf8',
        env: { ...env, XDG_DATA_HOME: `${home}/data`, XDG_RUNTIME_DIR: home, XDG_CONFIG_HOME: `${home}/config` },
      },
    );
    expect(done.status, done.stderr).toBe(0);
    return done.stdout;
  }
  const unlocked = 'printf "test\\n" | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null 2>&1';

  test('that works keeps the secret, and nothing is on the disk', () => {
    using tmp = scratch();

    const said = inSession(
      tmp,
      unlocked,
      `const kept = await vault().set('${ID}', ${JSON.stringify(SECRET)});
       const found = await vault().get('${ID}');
       const where = await vault().whereIs('${ID}');
       const status = await vault().status();
       await vault().delete('${ID}');
       const after = await vault().get('${ID}');
       process.stdout.write(JSON.stringify({ kept, found, where, after, status }));`,
    );

    expect(JSON.parse(said)).toEqual({
      kept: 'keyStore',
      found: SECRET,
      where: 'keyStore',
      after: null,
      status: { keepsIn: 'keyStore', says: 'in the key store of this system', notUsed: [] },
    });
    expect(existsSync(tmp.file('data/vault'))).toBe(false);
  });

  test('that came later takes over what the sealed file had', () => {
    using tmp = scratch();

    const said = inSession(
      tmp,
      unlocked,
      `await vault({ GUTS_VAULT: 'file' }, 'correct horse').set('${ID}', 'of old');
       const before = await vault({}, 'correct horse').get('${ID}');
       const kept = await vault().set('${ID}', 'new');
       const places = [await vault().whereIs('${ID}'), await vault({ GUTS_VAULT: 'file' }).whereIs('${ID}')];
       process.stdout.write(JSON.stringify({ before, kept, places, found: await vault().get('${ID}') }));`,
    );

    expect(JSON.parse(said)).toEqual({ before: 'of old', kept: 'keyStore', places: ['keyStore', null], found: 'new' });
  });

  test.each([
    ['that nobody offers', 'true', /no program offers the Secret Service|locked/],
    ['whose keyring is locked', 'gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1', /locked|nobody/],
  ])('%s is passed over with the reason', (_, before, why) => {
    using tmp = scratch();

    const said = inSession(
      tmp,
      before,
      `const one = vault({}, 'correct horse');
       const kept = await one.set('${ID}', 'x');
       process.stdout.write(JSON.stringify({ kept, status: await one.status() }));`,
    );

    expect(JSON.parse(said)).toMatchObject({
      kept: 'sealedFile',
      status: { keepsIn: 'sealedFile', notUsed: [{ place: 'keyStore', why: expect.stringMatching(why) }] },
    });
  });
});
