/** `guts` and `guts serve` together: what is asked of whom, what ends, and what is refused before anything is written. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startOpenstack, type OpenstackLab } from '../lab/openstack/start.ts';
import { startVcenter, type Vcenter } from '../lab/vcenter/vcenter.ts';
import { Daemon } from '../support/daemon.ts';
import { scratch } from '../support/disks.ts';
import { gutsWith, systemNode, type Outcome } from '../support/guts.ts';

const cli = path.resolve(import.meta.dirname, '../../out/cli.cjs');
const tmp = scratch();
let vc: Vcenter;
let cloud: OpenstackLab;

beforeAll(async () => {
  vc = await startVcenter();
  cloud = await startOpenstack({ buildMs: 20 });
  writeFileSync(tmp.file('vc-password'), vc.password, { mode: 0o600 });
  writeFileSync(tmp.file('cloud-secret'), cloud.applicationCredential.secret, { mode: 0o600 });
  writeFileSync(tmp.file('passphrase'), 'a passphrase for tests\n', { mode: 0o600 });
});
beforeEach(() => vc.faults.clear());
afterAll(async () => {
  await Promise.all([vc[Symbol.asyncDispose](), cloud[Symbol.asyncDispose]()]);
  tmp[Symbol.dispose]();
});

const envOf = (name: string, vault = 'file'): Record<string, string> => ({
  GUTS_DATA_DIR: tmp.file(name),
  GUTS_VAULT: vault,
  GUTS_VAULT_PASSPHRASE_FILE: tmp.file('passphrase'),
});

/** Sets up both sides, by whoever answers. */
async function setUp(env: Readonly<Record<string, string>>): Promise<void> {
  const source = ['source', 'create', 'vc1', '--url', vc.url, '--user', vc.user, '--fingerprint', vc.fingerprint];
  const credential = ['--application-credential', cloud.applicationCredential.id];
  const destination = ['destination', 'create', 'os1', '--auth-url', cloud.authUrl, '--fingerprint', cloud.fingerprint];
  const made = [
    await gutsWith(env, '', ...source, '--password-file', tmp.file('vc-password')),
    await gutsWith(env, '', ...destination, ...credential, '--password-file', tmp.file('cloud-secret')),
    await gutsWith(env, '', 'source', 'refresh', 'vc1'),
  ];
  for (const { code, stderr } of made) if (code !== 0) throw new Error(stderr);
}

const migrationsIn = async (env: Readonly<Record<string, string>>): Promise<{ stage: string }[]> =>
  (JSON.parse((await gutsWith(env, '', 'list', '--json')).stdout) as { migrations: { stage: string }[] }).migrations;

describe('beside a daemon', () => {
  const env = envOf('beside');
  const guts = (...args: string[]): Promise<Outcome> => gutsWith(env, '', ...args);
  let daemon: Daemon;

  beforeAll(async () => {
    daemon = await Daemon.start({ dataDir: tmp.file('beside'), passphraseFile: tmp.file('passphrase') });
    await setUp(env);
  });
  afterAll(async () => {
    await daemon[Symbol.asyncDispose]();
  });

  test('a command has the daemon do it, and follows', async () => {
    const done = await guts('create', '--vm', 'files-01', '--map', 'lan', '--start', '--json');

    expect(done, done.stderr).toMatchObject({ code: 0 });
    expect(JSON.parse(done.stdout)).toMatchObject({ stage: 'done', placement: { reservedBytes: expect.any(Number) } });
    expect(done.stderr).toMatch(/Copying the disks[^]*Looking whether the guest runs/);
    expect((await guts('show', 'files-01')).stdout).toMatch(/node +\S+ \(It is the only node/);
    expect((await guts('audit', '--what', 'migrations.*')).stdout).toMatch(/migrations\.create .*done/);
  });

  test('another daemon is told who has the data folder', async () => {
    const second = await guts('serve', '--port', '0');

    expect(second).toMatchObject({ code: 1 });
    expect(second.stderr).toMatch(new RegExp(`store\\.held: .*process ${daemon.pid}.*${daemon.url}`));
  });

  test('settings that are not named stay as they are', async () => {
    const when = { opens: '0 8 * * 1-5', minutes: 600, timeZone: 'Europe/Berlin' };
    writeFileSync(
      tmp.file('settings.json'),
      JSON.stringify({
        bandwidth: {
          global: { otherwise: null, table: [{ when, bytesPerSecond: 1_000_000 }] },
          perSource: {},
          perMigration: { otherwise: null, table: [] },
        },
      }),
    );

    await guts('settings', 'set', '--file', tmp.file('settings.json'));
    const set = await guts('settings', 'set', '--bandwidth', '400Mbit', '--per-host', '3', '--json');
    const nothing = await guts('settings', 'set');

    expect(JSON.parse(set.stdout)).toMatchObject({
      slots: { global: 4, perHost: 3 },
      bandwidth: { global: { otherwise: 50_000_000, table: [{ bytesPerSecond: 1_000_000 }] } },
    });
    expect(nothing).toMatchObject({ code: 2 });
    await guts('settings', 'set', '--bandwidth', 'none');
  });

  test('several are held, let go and cancelled with one wish', async () => {
    await guts('settings', 'set', '--hold');
    for (const name of ['one', 'two']) {
      const machine = ['--vm', 'shop-01', '--map', 'lan', '--target-name', name, '--new-mac', '--json'];
      const { stdout } = await guts('create', ...machine);
      await daemon.client.call('migrations.action', {
        id: (JSON.parse(stdout) as { request: { id: never } }).request.id,
        action: 'start',
      });
    }

    const held = await guts('hold', '--all', '--json');
    const cancelled = await guts('cancel', '--all', '--json');
    const nobody = await guts('cancel');

    expect(JSON.parse(held.stdout)).toMatchObject({ results: [{ error: null }, { error: null }] });
    expect(JSON.parse(cancelled.stdout)).toMatchObject({ results: [{ error: null }, { error: null }] });
    expect(nobody).toMatchObject({ code: 2 });
    await expect
      .poll(async () => (await migrationsIn(env)).filter(({ stage }) => stage === 'cancelled').length, {
        timeout: 30_000,
      })
      .toBe(2);
    await guts('settings', 'set', '--release');
  });

  test('the token of this machine goes to nobody else', async () => {
    const plain = await guts('--server', 'http://192.0.2.1:7000', 'list');
    const other = await guts('--server', 'https://192.0.2.1:7000', 'list');

    expect(plain.stderr).toContain('server.plain');
    expect(other).toMatchObject({ code: 2 });
    expect(other.stderr).toContain('--token-file');
  });
});

describe('a daemon that cannot start', () => {
  test('says why and ends: the wrong passphrase', async () => {
    const env = envOf('sealed');
    await setUp(env);
    writeFileSync(tmp.file('wrong'), 'another one\n', { mode: 0o600 });

    const ended = await gutsWith({ ...env, GUTS_VAULT_PASSPHRASE_FILE: tmp.file('wrong') }, '', 'serve', '--port', '0');

    expect(ended).toMatchObject({ code: 1 });
    expect(ended.stderr).toContain('vault.wrong-passphrase');
    expect((await gutsWith(env, '', 'source', 'list')).stdout).toContain('vc1');
  });

  test('says why and ends: settings that are none', async () => {
    const env = envOf('damaged');
    await setUp(env);
    writeFileSync(path.join(tmp.file('damaged'), 'settings.json'), '{"schemaVersion": 1');

    const ended = await gutsWith(env, '', 'serve', '--port', '0');

    expect(ended).toMatchObject({ code: 1 });
    expect(ended.stderr).toMatch(/store\.damaged.*settings\.json[^]*What to do/);
  });
});

describe('without a daemon', () => {
  test('what takes one says so', async () => {
    const env = envOf('alone');
    const said = await Promise.all(
      [
        ['plan', 'list'],
        ['settings', 'show'],
        ['node', 'list'],
        ['token', 'list'],
      ].map((words) => gutsWith(env, '', ...words)),
    );

    for (const { code, stderr } of said) {
      expect(code).toBe(1);
      expect(stderr).toMatch(/daemon\.needed[^]*guts serve/);
    }
  });

  test('nothing is written where a secret that is not kept cannot be asked for', async () => {
    const env = envOf('unkept');
    await setUp(env);
    const memory = { ...env, GUTS_VAULT: 'memory' };

    const refused = await gutsWith(memory, '', 'create', '--vm', 'files-01', '--map', 'lan', '--start');

    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stderr).toContain('vault.no-secret');
    expect(await migrationsIn(env)).toEqual([]);
  });

  test('Ctrl-C at any moment of a start ends the command, with nothing left', async () => {
    const env = envOf('stopped');
    await setUp(env);
    const before = cloud.state();
    // No copy ends before the last moment: on a fast computer, too, there is something to stop.
    for (const where of ['folder', 'nfc']) vc.faults.add({ where, kind: 'stall', count: -1, delayMs: 5000 });

    for (const afterMs of [300, 700, 1200]) {
      const words = [
        'create',
        '--vm',
        'files-01',
        '--map',
        'lan',
        '--target-name',
        `s-${afterMs}`,
        '--new-mac',
        '--start',
      ];
      const child = spawn(systemNode, [cli, ...words], { env: { ...process.env, ...env }, stdio: 'ignore' });
      const ended = once(child, 'exit');
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      child.kill('SIGINT');
      await ended;
    }

    const stages = (await migrationsIn(env)).map(({ stage }) => stage);
    expect(stages.filter((stage) => !['planned', 'cancelled'].includes(stage))).toEqual([]);
    expect(cloud.state()).toEqual(before);
  });
});
