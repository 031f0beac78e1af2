/** What root writes into a data folder that belongs to somebody else is theirs afterwards; what is not is named. */
import { spawn } from 'node:child_process';
import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scratch } from '../support/disks.ts';
import { gutsWithOn, type Outcome } from '../support/guts.ts';

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
if (!isRoot) console.warn('what root writes into folders of others is looked at only where root runs the tests');

describe.runIf(isRoot)('a data folder of another user', () => {
  const tmp = scratch();
  const folder = tmp.file('guts');
  const guts = async (...words: string[]): Promise<Outcome> =>
    await gutsWithOn(
      process.execPath, // which brings SQLite
      { GUTS_DATA_DIR: folder, GUTS_VAULT: 'file', GUTS_VAULT_PASSPHRASE_FILE: tmp.file('passphrase') },
      'a password',
      ...words,
    );
  const foreign = (): string[] =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => {
      const { uid, gid } = lstatSync(path.join(folder, name));
      return uid !== NOBODY || gid !== NOBODY;
    });
  beforeAll(() => {
    writeFileSync(tmp.file('passphrase'), 'a passphrase for tests\n', { mode: 0o600 });
    writeFileSync(tmp.file('join.key'), Buffer.alloc(32, 1).toString('base64'), { mode: 0o600 });
    mkdirSync(folder, { mode: 0o700 });
    chmodSync(tmp.dir, 0o755);
    chownSync(folder, NOBODY, NOBODY);
  });
  afterAll(() => tmp[Symbol.dispose]());

  test('keeps its owner’s files, whatever root does with it', async () => {
    const source = ['--url', 'vc.example.net', '--user', 'u', '--no-test', '--password-stdin'];

    const done = [
      await guts('source', 'create', 'vc1', ...source),
      await guts('source', 'create', 'vc2', ...source), // now there is a generation before
      await guts('node', 'key', '--take', tmp.file('join.key')),
      await guts('state', 'migrate', '--to', `sqlite:${path.join(folder, 'guts.db')}`),
    ];

    for (const { code, stderr } of done) expect(code, stderr).toBe(0);
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(['guts.db', 'shared-state.json', 'vault']));
    expect(foreign()).toEqual([]);
    expect(readdirSync(folder)).not.toContain('connections.json.bak'); // set aside with the state
    expect(done[2]?.stdout).toMatch(/start the daemon again\.\n$/);
  });

  test('that holds something of root’s says which, not only where', async () => {
    const strange = path.join(folder, 'strange');
    mkdirSync(strange, { mode: 0o700 });
    const script = `
      import { DataLock } from ${JSON.stringify(path.resolve(import.meta.dirname, '../../main/store/data-lock.ts'))};
      await DataLock.take(${JSON.stringify(folder)}).catch((error) => process.stdout.write(error.message));`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      uid: NOBODY,
      gid: NOBODY,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let says = '';
    for await (const piece of child.stdout.setEncoding('utf8')) says += String(piece);

    expect(says).toBe(`“${strange}” cannot be read (EACCES).`);
  });
});
