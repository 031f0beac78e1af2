/** The whole command line against the built-in vCenter and OpenStack: set up, look, plan, move, follow, cancel, retry. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MigrationRecord } from '../../main/shared/migration.ts';
import { startOpenstack, type OpenstackLab } from '../lab/openstack/start.ts';
import { startVcenter, type Vcenter } from '../lab/vcenter/vcenter.ts';
import { scratch } from '../support/disks.ts';
import { gutsWith, type Outcome } from '../support/guts.ts';
import { gutsOnTerminal } from '../support/terminal.ts';

const PASSPHRASE = 'a passphrase for the tests';

describe('guts', { timeout: 180_000 }, () => {
  let vc: Vcenter;
  let cloud: OpenstackLab;
  const tmp = scratch();
  /** Nova's word for every server, as long as it is set. */
  let buildFault: string | null = null;
  const said: string[] = [];
  const env = {
    GUTS_DATA_DIR: tmp.file('data'),
    GUTS_VAULT: 'file',
    GUTS_VAULT_PASSPHRASE_FILE: tmp.file('passphrase'),
  };

  const guts = async (...args: string[]): Promise<Outcome> => {
    const done = await gutsWith(env, '', ...args);
    said.push(done.stdout, done.stderr);
    return done;
  };
  const record = (done: Outcome): MigrationRecord => {
    expect(done.stdout, done.stderr).not.toBe('');
    return MigrationRecord.parse(JSON.parse(done.stdout));
  };
  const move = (vm: string, ...more: string[]): Promise<Outcome> =>
    guts('create', '--vm', vm, '--map', 'lan', '--may-pull-plug', '--json', ...more);
  const proveNothingLeft = (): void => {
    const { images, volumes, ports, servers } = cloud.state();
    expect({ images, volumes, ports, servers }).toEqual({ images: [], volumes: [], ports: [], servers: [] });
    expect(vc.state().leases.filter(({ state }) => state === 'ready' || state === 'initializing')).toEqual([]);
  };
  const letGo = async (): Promise<void> => {
    for (const { request, stage } of await all()) {
      if (stage !== 'done') await guts('cancel', request.id);
      await guts('delete', request.id);
    }
  };
  const all = async (): Promise<MigrationRecord[]> =>
    (JSON.parse((await guts('list', '--json')).stdout) as { migrations: MigrationRecord[] }).migrations;

  beforeAll(async () => {
    writeFileSync(tmp.file('passphrase'), PASSPHRASE);
    vc = await startVcenter();
    cloud = await startOpenstack({ failsToBuild: () => buildFault });
    writeFileSync(tmp.file('vc-password'), vc.password);
    writeFileSync(tmp.file('cloud-secret'), cloud.applicationCredential.secret);
    const made = [
      await guts(
        'source',
        'create',
        'vc1',
        '--url',
        vc.url,
        '--user',
        vc.user,
        '--password-file',
        tmp.file('vc-password'),
        '--fingerprint',
        vc.fingerprint,
      ),
      await guts(
        'destination',
        'create',
        'os1',
        '--auth-url',
        cloud.authUrl,
        '--application-credential',
        cloud.applicationCredential.id,
        '--password-file',
        tmp.file('cloud-secret'),
        '--fingerprint',
        cloud.fingerprint,
      ),
    ];
    for (const { code, stderr } of made) if (code !== 0) throw new Error(stderr);
  });
  beforeEach(() => {
    buildFault = null;
    vc.faults.clear();
  });
  afterAll(async () => {
    await cloud[Symbol.asyncDispose]();
    await vc[Symbol.asyncDispose]();
    tmp[Symbol.dispose]();
  });

  test('shows both sides without being told to read them first', async () => {
    const networks = JSON.parse((await guts('network', 'list', '--json')).stdout) as {
      networks: { side: string; name: string }[];
    };
    const test = await guts('source', 'test', 'vc1');

    expect(networks.networks).toContainEqual(expect.objectContaining({ side: 'source', name: 'VM Network' }));
    expect(networks.networks).toContainEqual(expect.objectContaining({ side: 'destination', name: 'lan' }));
    expect(test.stdout).toContain('signed in: VMware vCenter Server');
    const refresh = await guts('source', 'refresh', 'vc1', '--json');
    expect(JSON.parse(refresh.stdout)).toMatchObject({ vms: 65, warnings: [] });
  });

  test('finds machines by the tags of the vCenter, and says when they cannot be read', async () => {
    const tagged = async (tag: string): Promise<string[]> => {
      const { stdout } = await guts('instance', 'list', '--tag', tag, '--json');
      return (JSON.parse(stdout) as { instances: { name: string }[] }).instances.map(({ name }) => name);
    };
    expect(await tagged('Wave:1')).toEqual(['web-10', 'web-11', 'web-12', 'web-13']);
    expect(await tagged('branch')).toHaveLength(4);

    vc.faults.add({ where: 'rest', kind: 'deny', count: -1 });
    const refresh = await guts('source', 'refresh', 'vc1');

    expect(refresh).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/65 machines[^]*warning: [^]*global perm/),
    });
    expect(await tagged('Wave:1')).toEqual([]);
  });

  test('pins a certificate that somebody on a terminal agrees to, and signs in', async () => {
    const create = ['source', 'create', 'vc-asked', '--url', vc.url, '--user', vc.user];

    const screen = await gutsOnTerminal(env, create, [
      ['[y/N]', 'yes\r'],
      ['Password of', `${vc.password}\r`],
    ]);

    expect(screen.code, screen.text).toBe(0);
    expect(screen.text).toContain(vc.fingerprint);
    expect(screen.text).not.toContain(vc.password);
    const wrong = await gutsOnTerminal(
      env,
      ['source', 'create', 'x', ...create.slice(3)],
      [
        ['[y/N]', 'y\r'],
        ['Password of', 'wrong\r'],
      ],
    );
    expect(wrong.code).toBe(1);
    expect(wrong.text).toMatch(/guts: vsphere\.[a-z-]+: /);
    expect((await guts('source', 'list', '--json')).stdout).not.toContain('"x"');
    expect(await guts('source', 'delete', 'vc-asked')).toMatchObject({ code: 0 });
  });

  test('plans without doing, keeps no dry run, and refuses what preflight stops', async () => {
    const dry = await move('files-01', '--dry-run');
    const blocked = await guts('create', '--vm', 'odd-rdm-physical', '--map', 'lan');

    expect(JSON.parse(dry.stdout)).toMatchObject({ mayStart: true, plan: { targetName: 'files-01' } });
    expect(blocked).toMatchObject({ code: 1 });
    expect(blocked.stderr).toMatch(/stops it DSK-04[^]*what to do[^]*migration\.blocked/);
    expect(await all()).toEqual([]);
    proveNothingLeft();
  });

  test('moves a machine in the foreground and keeps its record', async () => {
    const done = await move('files-01', '--start');

    expect(done, done.stderr).toMatchObject({ code: 0 });
    const { request, outcome } = record(done);
    expect(outcome).toMatchObject({ serverName: 'files-01', boot: { verdict: 'running' } });
    expect(done.stderr).toMatch(/Copying the disks[^]*Starting the server/);
    expect(cloud.state().servers).toHaveLength(1);
    const show = await guts('show', 'files-01');
    expect(show.stdout).toMatch(/stage +done[^]*✓ What was read is what the host says it sent/);
    const again = await guts('start', request.id);
    expect(again).toMatchObject({ code: 1 });
    expect(again.stderr).toContain('migration.no-such-step');
    expect((await guts('cutover', request.id)).stderr).toMatch(
      /migration\.no-such-step.*“done”, so “cutover” does not fit/,
    );
    const table = await guts('list', '--vm', 'files-*', '--stage', 'done');
    expect(table.stdout).toMatch(/files-01 +vc1 +os1 +done/);
    expect(await guts('delete', request.id)).toMatchObject({ code: 0 });
    expect(await all()).toEqual([]);
  });

  test('says why a disk had to be sent once more', async () => {
    cloud.faults.add({ where: 'image', kind: 'cut', match: '^PUT .*/file', afterBytes: 10_000 });

    const done = await move('files-01', '--start', '--target-name', 'sent-twice', '--new-mac');

    expect(done, done.stderr).toMatchObject({ code: 0 });
    expect(cloud.faults.rules.map(({ met }) => met)).toEqual([1]);
    cloud.faults.clear();
    expect((await guts('show', 'files-01')).stdout).toMatch(/\n {2}sent anew: .+\n {2}✓/);
    await letGo();
  });

  test('runs what was planned, with what was wished', async () => {
    const planned = record(
      await guts('create', '--vm', 'ledger-01', '--map', 'VM Network=lan:auto', '--map', 'dv-db-200=servers-120', '--volumes', '--target-name', 'books', '--accept', 'all', '--json'), // prettier-ignore
    );
    expect(planned.stage).toBe('planned');
    const refused = await guts('source', 'delete', 'vc1');
    expect(refused.stderr).toMatch(/connection\.in-use[^]*mig_/);

    const done = record(await guts('start', planned.request.id.slice(0, 12), '--json'));

    expect(done.outcome).toMatchObject({ serverName: 'books' });
    expect(done.request.options).toMatchObject({ boot: 'volume', networks: [{ ip: 'auto' }, { ip: 'keep' }] });
    expect(done.outcome?.disks.map(({ volumeId }) => volumeId).toSorted()).toEqual(
      cloud
        .state()
        .volumes.map(({ id }) => id)
        .toSorted(),
    );
    await letGo();
  });

  // The copies of one that was off went with the failure, and a retry believed in them still.
  test.each([
    ['runs', 'shop-01'],
    ['is off', 'files-01'],
  ])('retries what has failed, after saying why and what to do: a machine that %s', async (_power, vm) => {
    buildFault = 'No valid host was found.';
    const failed = await move(vm, '--start', '--target-name', `${vm}-again`, '--new-mac');

    expect(failed).toMatchObject({ code: 1 });
    expect(failed.stderr).toMatch(/No valid host was found[^]*What to do/);
    const before = record(failed);
    expect(before).toMatchObject({ stage: 'failed', isRunning: false });

    buildFault = null;
    const done = await guts('retry', before.request.id, '--json');

    expect(done, done.stderr).toMatchObject({ code: 0 });
    expect(record(done).stage).toBe('done');
    await letGo();
  });

  test('cancels from another terminal, while a third one follows', async () => {
    const before = cloud.state();
    vc.faults.add({ where: 'nfc', kind: 'stall', afterBytes: 100_000, delayMs: 300_000, count: -1 });
    const { request } = record(await move('files-01', '--target-name', 'held', '--new-mac'));
    const running = guts('start', request.id, '--json');
    await expect.poll(async () => (await all())[0]?.stage, { timeout: 60_000 }).toBe('copying');
    const watching = guts('watch', request.id, '--json');
    const second = await guts('start', request.id);
    expect(second.stderr).toMatch(/migration\.no-such-step[^]*guts watch/);

    const cancelled = await guts('cancel', 'files-01', '--json');

    expect(cancelled, cancelled.stderr).toMatchObject({ code: 0 });
    expect(record(cancelled)).toMatchObject({ stage: 'cancelled', ledger: [] });
    for (const one of [await running, await watching]) {
      expect(one).toMatchObject({ code: 1 });
      expect(record(one).stage).toBe('cancelled');
      expect(one.stderr).toContain('migration.cancelled');
    }
    expect(cloud.state()).toEqual(before);
    expect((await guts('tidy')).stdout).toContain('Nothing is left over.');
    await letGo();
  });

  test('has told its secrets to nobody', () => {
    const files = readdirSync(tmp.file('data'), { recursive: true, encoding: 'utf8' })
      .map((name) => path.join(tmp.file('data'), name))
      .filter((file) => statSync(file).isFile());
    const everything = [...said, ...files.map((file) => readFileSync(file, 'latin1'))].join('\n');

    expect(files.length).toBeGreaterThan(2);
    for (const secret of [vc.password, cloud.applicationCredential.secret, PASSPHRASE])
      for (const form of [secret, Buffer.from(secret).toString('base64')]) expect(everything).not.toContain(form);
    expect(everything).not.toMatch(/vmware_soap_session|x-auth-token/i);
  });
});
