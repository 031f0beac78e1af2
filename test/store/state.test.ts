/** `guts state`: everything goes to another machine byte for byte, except for secrets, which go nowhere. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { beforeAll, afterAll, describe, expect, test } from 'vitest';
import { DestinationId, SourceId } from '../../main/shared/connections.ts';
import { defaultOptions, MigrationId } from '../../main/shared/migration.ts';
import { AppendLog } from '../../main/store/append-log.ts';
import { ConnectionStore } from '../../main/store/connections.ts';
import { DataLock } from '../../main/store/data-lock.ts';
import { InventoryStore } from '../../main/store/inventory.ts';
import { Vault } from '../../main/vault/vault.ts';
import { Shelf } from '../../worker/engine/migrate/shelf.ts';
import { z } from 'zod';
import { scratch } from '../support/disks.ts';
import { gutsWith, type Outcome } from '../support/guts.ts';
import { smallInventory, source } from './samples.ts';
import { inventoryLines } from '../../main/shared/inventory-lines.ts';

const SECRET = 'Tr0ub4dor & 3';
const TORN = 'mig_000000000002';

describe('guts state', () => {
  const tmp = scratch();
  const from = tmp.file('from');
  const exported = tmp.file('state.jsonl');
  const guts = (dataDir: string, ...args: string[]): Promise<Outcome> =>
    gutsWith({ GUTS_DATA_DIR: dataDir, GUTS_VAULT: 'memory' }, '', 'state', ...args);
  const bytesOf = (dataDir: string, name: string): Buffer => readFileSync(path.join(dataDir, name));
  const linesOf = (file: string): string[] => readFileSync(file, 'utf8').trimEnd().split('\n');

  beforeAll(async () => {
    const connection = source('vc1');
    await new ConnectionStore(from).put('source', connection);
    await new ConnectionStore(from).put('source', source('vc2'));
    await new Vault({
      dataDir: from,
      askPassphrase: () => Promise.resolve('correct horse'),
      env: { GUTS_VAULT: 'file' },
    }).set(connection.id, SECRET);
    const shelf = new Shelf(from);
    for (const id of ['mig_000000000001', TORN])
      await shelf.put({
        id: MigrationId.parse(id),
        source: SourceId.parse('src_000000000001'),
        destination: DestinationId.parse('dst_000000000001'),
        vm: { ref: 'vm-1', name: 'wöb' },
        options: defaultOptions,
        createdAt: '2026-11-22T00:00:00.000Z',
      });
    writeFileSync(path.join(from, `migrations/${TORN}.jsonl`), Buffer.from([0x30, 0xff, 0xfe, 0x0a, 0xe2]), {
      flag: 'a',
    });
    writeFileSync(path.join(from, `migrations/${TORN}.lock`), '{}');
    const log = await AppendLog.open(
      { file: path.join(from, 'queue.jsonl'), name: 'queue', schema: z.object({ id: z.string() }), schemaVersion: 1 },
      () => {},
    );
    await log.append({ id: TORN });
    await log[Symbol.asyncDispose]();
    await using writer = await new InventoryStore(from).writer(connection.id);
    writer.addLines(inventoryLines(smallInventory).text);
    await writer.finish();
    for (const name of ['plans', 'settings', 'policy', 'tokens'])
      writeFileSync(path.join(from, `${name}.json`), `{"schemaVersion":1,"name":"${name}"}`);
    writeFileSync(path.join(from, 'api-token'), 'gut_a-token-of-this-machine');
    writeFileSync(path.join(from, 'audit.jsonl'), 'who did what');
    writeFileSync(path.join(from, 'unheard-of.json'), `{"password":"${SECRET}"}`);
  });
  afterAll(() => tmp[Symbol.dispose]());

  test('brings everything back byte for byte, and no secret along', async () => {
    const done = await guts(from, 'export', exported);
    const back = await guts(tmp.file('to'), 'import', exported, '--json');

    expect(done, done.stderr).toMatchObject({ code: 0 });
    expect(done.stdout).toMatch(/journal of a migration × 2[^]*Secrets are not in it/);
    expect(back, back.stderr).toMatchObject({ code: 0 });
    const all = [
      'connections.json',
      'migrations/mig_000000000001.jsonl',
      `migrations/${TORN}.jsonl`,
      'plans.json',
      'policy.json',
      'queue.jsonl',
      'settings.json',
    ];
    const names = readdirSync(tmp.file('to'), { recursive: true, encoding: 'utf8' });
    expect(names.filter((name) => statSync(tmp.file(`to/${name}`)).isFile()).toSorted()).toEqual(all);
    for (const name of all) {
      expect(bytesOf(tmp.file('to'), name)).toEqual(bytesOf(from, name));
      expect(statSync(tmp.file(`to/${name}`)).mode & 0o777).toBe(0o600);
    }
    expect(await new ConnectionStore(tmp.file('to')).list('source')).toHaveLength(2);
    expect(await new Shelf(tmp.file('to')).all()).toHaveLength(2);
    expect(statSync(exported).mode & 0o077).toBe(0);
    const text = readFileSync(exported, 'utf8');
    for (const secret of [
      SECRET,
      'correct horse',
      'gut_a-token',
      bytesOf(from, 'vault/vault.json').toString().slice(0, 40),
    ])
      for (const spelled of [secret, Buffer.from(secret).toString('base64'), encodeURIComponent(secret)])
        expect(text).not.toContain(spelled);
  });

  test('takes the audit log and tokens along only when it is asked to', async () => {
    const file = tmp.file('more.jsonl');
    await guts(from, 'export', file, '--with-audit', '--with-tokens');
    await guts(tmp.file('more'), 'import', file);

    expect(readdirSync(tmp.file('more'))).toEqual(expect.arrayContaining(['audit.jsonl', 'tokens.json']));
    expect(linesOf(exported).join()).not.toContain('audit.jsonl');
  });

  test('replaces nothing that is there', async () => {
    await guts(from, 'export', tmp.file('once.jsonl'));
    const again = await guts(from, 'export', tmp.file('once.jsonl'));
    const onto = await guts(from, 'import', exported);

    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('destination.exists') });
    expect(onto).toMatchObject({ code: 1, stderr: expect.stringMatching(/state\.not-empty[^]+GUTS_DATA_DIR/) });
    expect(existsSync(path.join(from, 'daemon.lock'))).toBe(false);
  });

  test('keeps out of a folder that a daemon has', async () => {
    await using _daemon = await DataLock.take(tmp.file('held'));

    const done = await guts(tmp.file('held'), 'import', exported);

    expect(done).toMatchObject({ code: 1, stderr: expect.stringContaining('store.held') });
  });

  test.each([
    ['cut off', (lines: string[]) => lines.slice(0, -1), 'its end is missing'],
    ['cut in a line', (lines: string[]) => [...lines.slice(0, 2), lines[2]?.slice(0, 50) ?? ''], 'line 3'],
    ['without a file', (lines: string[]) => lines.toSpliced(2, 1), 'some of its files are missing'],
    ['changed', (lines: string[]) => lines.map((line) => line.replace('vc1', 'vc9')), '“connections.json” is damaged'],
    ['something else', () => ['{"name":"x"}'], 'it does not begin as one'],
    ['empty', () => [''], 'its end is missing'],
  ])('refuses a file that was %s, and writes nothing', async (_, damage, says) => {
    writeFileSync(tmp.file('bad.jsonl'), damage(linesOf(exported)).join('\n'));
    const done = await guts(tmp.file('bad'), 'import', tmp.file('bad.jsonl'));

    expect(done).toMatchObject({ code: 1, stderr: expect.stringMatching(/state\.damaged/) });
    expect(done.stderr).toContain(says);
    expect(existsSync(tmp.file('bad'))).toBe(false);
  });

  test.each(['../escaped.json', '/tmp/escaped.json', 'vault/vault.json', 'migrations/../../escaped.json', 'x.json'])(
    'refuses to write %s',
    async (name) => {
      const content = '{}';
      const sha256 = createHash('sha256').update(content).digest('hex');
      const [head = ''] = linesOf(exported);
      const lines = [head, JSON.stringify({ name, sha256, encoding: 'utf8', content }), '{"end":true,"files":1}'];
      writeFileSync(tmp.file('evil.jsonl'), lines.join('\n'));
      mkdirSync(tmp.file('evil'), { recursive: true });

      const done = await guts(tmp.file('evil/data'), 'import', tmp.file('evil.jsonl'));

      expect(done).toMatchObject({ code: 1, stderr: expect.stringContaining('has no place in a state') });
      expect(readdirSync(tmp.file('evil'))).toEqual([]);
    },
  );

  test('of a newer Guts is left alone', async () => {
    const [head = '', ...rest] = linesOf(exported);
    writeFileSync(tmp.file('new.jsonl'), [head.replace('"schemaVersion":1', '"schemaVersion":2'), ...rest].join('\n'));

    const done = await guts(tmp.file('new'), 'import', tmp.file('new.jsonl'));

    expect(done).toMatchObject({ code: 1, stderr: expect.stringContaining('store.too-new') });
  });
});
