/** The command line on the oldest Node there is for it, the one inside Electron: what is too new for it fails here. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MigrationRecord } from '../../main/shared/migration.ts';
import { startOpenstack, type OpenstackLab } from '../lab/openstack/start.ts';
import { startVcenter, type Vcenter } from '../lab/vcenter/vcenter.ts';
import { scratch } from '../support/disks.ts';
import { gutsWithOn, type Outcome } from '../support/guts.ts';
import { rvtoolsSheets } from '../support/rvtools.ts';
import { workbookBytes } from '../support/workbook.ts';

/** Where Electron's program is: what its package says to Node. */
const electron = createRequire(import.meta.url)('electron') as unknown as string;

describe('the oldest Node', { timeout: 240_000 }, () => {
  const tmp = scratch();
  const env = {
    ELECTRON_RUN_AS_NODE: '1',
    GUTS_DATA_DIR: tmp.file('data'),
    GUTS_VAULT: 'file',
    GUTS_VAULT_PASSPHRASE_FILE: tmp.file('passphrase'),
  };
  let vc: Vcenter;
  let cloud: OpenstackLab;
  const guts = async (input: string, ...args: string[]): Promise<Outcome> => {
    const done = await gutsWithOn(electron, env, input, ...args);
    expect(done.code, `guts ${args.join(' ')}\n${done.stderr}`).toBe(0);
    return done;
  };

  beforeAll(async () => {
    writeFileSync(tmp.file('passphrase'), 'a passphrase for the tests');
    vc = await startVcenter();
    cloud = await startOpenstack();
  });
  afterAll(async () => {
    await vc[Symbol.asyncDispose]();
    await cloud[Symbol.asyncDispose]();
    tmp[Symbol.dispose]();
  });

  test('moves a machine, from setting up both sides to tidying', async () => {
    const source = ['--url', vc.url, '--user', vc.user, '--fingerprint', vc.fingerprint];
    await guts(vc.password, 'source', 'create', 'vc1', ...source, '--password-stdin');
    const { id, secret } = cloud.applicationCredential;
    const destination = ['--auth-url', cloud.authUrl, '--application-credential', id];
    const trust = ['--fingerprint', cloud.fingerprint, '--password-stdin'];
    await guts(secret, 'destination', 'create', 'os1', ...destination, ...trust);
    await guts('', 'source', 'refresh', 'vc1');
    const listed = await guts('', 'instance', 'list', '--name', 'files-*');
    expect(listed.stdout).toContain('files-01');

    const moved = await guts('', 'create', '--vm', 'files-01', '--map', 'lan', '--start', '--json');

    const { stage, outcome } = MigrationRecord.parse(JSON.parse(moved.stdout));
    expect(stage).toBe('done');
    expect(cloud.state().servers.map((server) => server.id)).toEqual([outcome?.serverId]);
    expect((await guts('', 'show', 'files-01')).stdout).toContain('✓');
    expect((await guts('', 'network', 'list')).stdout).toContain('lan');
    expect((await guts('', 'tidy')).stdout).toContain('Nothing is left over.');
  });

  test('assesses an export of RVTools', async () => {
    const disks = [{ gib: 20, thin: true }];
    const nics = [{ network: 'Prod', mac: '00:50:56:aa:00:01' }];
    const machines = [{ name: 'web-01', number: 1, disks, nics }];
    writeFileSync(tmp.file('export.xlsx'), workbookBytes(rvtoolsSheets({ machines }, '4.7')));

    const { stdout } = await guts('', 'assess', tmp.file('export.xlsx'), '--output', tmp.file('page.html'));

    expect(stdout).toContain('1 of 1 machine can move');
    expect(readFileSync(tmp.file('page.html'), 'utf8')).toContain('web-01');
  });

  test('runs the demo, simulators and all', async () => {
    const done = await guts('', 'demo', '--json', '--keep', tmp.file('demo'));

    const { stdout } = spawnSync(electron, ['-p', 'process.version'], { env: { ...process.env, ...env } });
    const versions = { node: stdout.toString().trim() };
    expect(JSON.parse(done.stdout)).toMatchObject({ report: { versions, error: null } });
  });
});
