/** `guts logs bundle`: all that helps whoever mends Guts, shown before it is written, and no secret even where one slipped in. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultOptions, MigrationId, type MigrationRequest } from '../../main/shared/migration.ts';
import { DestinationId } from '../../main/shared/connections.ts';
import { ConnectionStore } from '../../main/store/connections.ts';
import { InventoryStore } from '../../main/store/inventory.ts';
import { Vault } from '../../main/vault/vault.ts';
import { Shelf } from '../../worker/engine/migrate/shelf.ts';
import { run, scratch } from '../support/disks.ts';
import { gutsWith, type Outcome } from '../support/guts.ts';
import { gutsOnTerminal } from '../support/terminal.ts';
import { smallInventory, source } from '../store/samples.ts';
import { inventoryLines } from '../../main/shared/inventory-lines.ts';

const SECRET = 'Tr0ub4dor & 3';
const TOKEN = 'gut_the-token-of-this-machine';

describe('guts logs bundle', () => {
  const tmp = scratch();
  const dataDir = tmp.file('data');
  const env = {
    GUTS_DATA_DIR: dataDir,
    GUTS_VAULT: 'file',
    GUTS_VAULT_PASSPHRASE_FILE: tmp.file('passphrase'),
  };
  const guts = (...args: string[]): Promise<Outcome> => gutsWith(env, '', 'logs', 'bundle', ...args);
  /** What is in an archive, by name, as another program unpacks it. */
  function unpacked(archive: string, to: string): Map<string, string> {
    mkdirSync(to);
    run('tar', '-xzf', archive, '--strip-components=1', '-C', to);
    const names = readdirSync(to, { recursive: true, encoding: 'utf8' });
    const files = names.filter((name) => statSync(path.join(to, name)).isFile());
    return new Map(files.map((name) => [name, readFileSync(path.join(to, name), 'utf8')]));
  }

  beforeAll(async () => {
    writeFileSync(tmp.file('passphrase'), 'correct horse');
    const connection = source('vc1');
    await new ConnectionStore(dataDir).put('source', connection);
    const vault = new Vault({
      dataDir,
      askPassphrase: () => Promise.resolve('correct horse'),
      env: { GUTS_VAULT: 'file' },
    });
    await vault.set(connection.id, SECRET);
    const request: MigrationRequest = {
      id: MigrationId.parse('mig_000000000001'),
      source: connection.id,
      destination: DestinationId.parse('dst_000000000001'),
      vm: { ref: 'vm-1', name: 'web' },
      options: { ...defaultOptions, userData: '#cloud-config\npassword: of-the-guest' },
      createdAt: '2026-11-22T00:00:00.000Z',
    };
    const shelf = new Shelf(dataDir);
    await shelf.put(request);
    {
      await using taken = await shelf.take(request.id);
      // What nobody should write down, in case somebody does.
      const error = { code: 'x', message: `401 for u:${SECRET}`, remedy: encodeURIComponent(SECRET), retryable: false };
      await taken.journal.write({ what: 'failed', error });
    }
    await using writer = await new InventoryStore(dataDir).writer(connection.id);
    writer.addLines(inventoryLines(smallInventory).text);
    await writer.finish();
    mkdirSync(path.join(dataDir, 'logs'));
    const basic = Buffer.from(`u:${SECRET}`).toString('base64');
    writeFileSync(path.join(dataDir, 'logs/guts.log'), `${JSON.stringify({ what: 'odd', basic, TOKEN })}\n`);
    writeFileSync(path.join(dataDir, 'api-token'), `${TOKEN}\n`);
    writeFileSync(path.join(dataDir, 'tokens.json'), '{"hashes":[]}');
    writeFileSync(path.join(dataDir, 'plans.json'), '{"plans":[{"options":{"userData":"of-the-guest"}}]}');
    writeFileSync(path.join(dataDir, 'settings.json'), 'torn {');
    writeFileSync(path.join(dataDir, 'notes-of-mine.txt'), SECRET);
  });
  afterAll(() => tmp[Symbol.dispose]());

  test('tells what would go into it, and writes nothing', async () => {
    const before = readdirSync(dataDir, { recursive: true });
    const shown = await guts('--preview');
    const asData = await guts('--preview', '--json');

    expect(shown, shown.stderr).toMatchObject({ code: 0 });
    expect(shown.stdout).toMatch(/doctor\.json[^]+migrations\/mig_000000000001\.jsonl[^]+the journal of a migration/);
    expect(shown.stdout).toContain('Each of 2 known secrets was looked for');
    expect(JSON.parse(asData.stdout)).toMatchObject({ file: null, secretsLookedFor: 2, notLookedFor: [] });
    expect(readdirSync(dataDir, { recursive: true })).toEqual(before);
  });

  test('has what helps and no secret, however it got there', async () => {
    const archive = tmp.file('bundle.tar.gz');
    const done = await guts('--yes', '--output', archive);

    expect(done, done.stderr).toMatchObject({ code: 0 });
    expect(statSync(archive).mode & 0o077).toBe(0);
    const files = unpacked(archive, tmp.file('unpacked'));
    expect([...files.keys()].toSorted()).toEqual([
      'connections.json',
      'doctor.json',
      'logs/guts.log',
      'migrations/mig_000000000001.jsonl',
      'plans.json',
      'settings.json',
    ]);
    const all = [...files.values()].join('\n');
    for (const secret of [SECRET, TOKEN, 'correct horse', 'of-the-guest'])
      for (const spelled of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64').slice(0, 12)])
        expect(all).not.toContain(spelled);
    expect(all).not.toContain(Buffer.from(`u:${SECRET}`).toString('base64').slice(3, 15));
    const journal = files.get('migrations/mig_000000000001.jsonl') ?? '';
    expect(journal).toContain('401 for u:[secret]');
    expect(JSON.parse(journal.split('\n')[0] ?? '')).toMatchObject({
      request: { vm: { name: 'web' }, options: { userData: expect.stringMatching(/left out: \d+ characters/) } },
    });
    const doctor: unknown = JSON.parse(files.get('doctor.json') ?? '');
    expect(doctor).toMatchObject({
      versions: { guts: expect.stringMatching(/^\d+\.\d+/), node: expect.any(String) },
      dataFolder: { folder: dataDir, mode: '700', isOwn: true, freeBytes: expect.any(Number) },
      vault: { keepsIn: 'sealedFile' },
      daemon: null,
    });
    expect(JSON.stringify(doctor)).toContain('notes-of-mine.txt');
  });

  test('asks somebody on a terminal, after showing it', async () => {
    const archive = tmp.file('asked.tar.gz');
    const no = await gutsOnTerminal(env, ['logs', 'bundle', '--output', archive], [['Write it? [y/N]', 'n\r']]);
    expect(no.text).toMatch(/doctor\.json[^]+Write it\?/);
    expect(existsSync(archive)).toBe(false);

    const yes = await gutsOnTerminal(env, ['logs', 'bundle', '--output', archive], [['Write it? [y/N]', 'y\r']]);
    expect(yes.code, yes.text).toBe(0);
    expect(existsSync(archive)).toBe(true);
  });

  test('says so when nobody can be asked, and when a secret could not be looked for', async () => {
    const nobody = await guts();
    const locked = await gutsWith({ GUTS_DATA_DIR: dataDir, GUTS_VAULT: 'file' }, '', 'logs', 'bundle', '--preview');

    expect(nobody).toMatchObject({ code: 2, stderr: expect.stringMatching(/--preview[^]+--yes/) });
    expect(locked.stdout).toMatch(/The secret of “vc1” could not be looked for: The vault is sealed/);
  });
});
