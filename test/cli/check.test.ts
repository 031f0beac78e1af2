/** `guts check`: findings with what Guts can do, all that was held on request, and fixes that are shown before they are carried out. */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startOpenstack, type OpenstackLab } from '../lab/openstack/start.ts';
import { startVcenter, type Vcenter } from '../lab/vcenter/vcenter.ts';
import { scratch } from '../support/disks.ts';
import { gutsWith, type Outcome } from '../support/guts.ts';

const MiB = 2 ** 20;

describe('guts check', () => {
  const tmp = scratch();
  let vc: Vcenter;
  let cloud: OpenstackLab;
  const env = {
    GUTS_DATA_DIR: tmp.file('data'),
    GUTS_VAULT: 'file',
    GUTS_VAULT_PASSPHRASE_FILE: tmp.file('passphrase'),
  };
  const guts = async (...args: string[]): Promise<Outcome> => await gutsWith(env, '', ...args);
  const isTracked = (): boolean | undefined => vc.state().machines[0]?.changeTracking;

  beforeAll(async () => {
    vc = await startVcenter({
      machines: [
        {
          name: 'web',
          power: 'off',
          disks: [{ sizeBytes: MiB, isThin: true }],
          nics: [{ network: 'VM Network' }],
        },
      ],
      withOthers: false,
    });
    cloud = await startOpenstack();
    writeFileSync(tmp.file('passphrase'), 'a passphrase for the tests');
    writeFileSync(tmp.file('vc'), vc.password);
    writeFileSync(tmp.file('os'), cloud.applicationCredential.secret);
    const source = [
      '--url',
      vc.url,
      '--user',
      vc.user,
      '--password-file',
      tmp.file('vc'),
      '--fingerprint',
      vc.fingerprint,
    ];
    const { id } = cloud.applicationCredential;
    const credential = ['--application-credential', id, '--password-file', tmp.file('os')];
    const destination = ['--auth-url', cloud.authUrl, ...credential, '--fingerprint', cloud.fingerprint];
    for (const { code, stderr } of [
      await guts('source', 'create', 'vc1', ...source),
      await guts('destination', 'create', 'os1', ...destination),
    ])
      if (code !== 0) throw new Error(stderr);
  });
  afterAll(async () => {
    await cloud[Symbol.asyncDispose]();
    await vc[Symbol.asyncDispose]();
    tmp[Symbol.dispose]();
  });

  test('says beside a finding what Guts can do, and how many rules found nothing', async () => {
    const { code, stdout } = await guts('check', 'web', '--map', 'lan', '--flavor', 'gone');

    expect(code).toBe(1);
    expect(stdout).toMatch(/^web \(vm-\d+\): CANNOT be moved like this\nstops it OST-02: There is no flavor/);
    expect(stdout).toMatch(/^ {2}Guts can: Take “.+”, the smallest that fits\. \(--flavor .+\)$/m);
    expect(stdout).toMatch(/^\d+ rules found nothing, \d+ could not be held \(--all tells which\)\.$/m);
  });

  test('tells every rule that found nothing, and why one could not be held', async () => {
    const { code, stdout } = await guts('check', 'web', '--map', 'lan', '--all');

    expect(code).toBe(0);
    expect(stdout).toMatch(/^DSK-04 +nothing +A disk is a device/m);
    expect(stdout).toMatch(/^HV-01 +not held +only Hyper-V has it$/m);
  });

  test('goes on with the options of a fix, and says which flags those are', async () => {
    const { code, stdout, stderr } = await guts(
      'check',
      'web',
      '--map',
      'lan',
      '--flavor',
      'gone',
      '--fix',
      'ost-02',
      '--json',
    );

    expect(code).toBe(0);
    expect(stderr).toMatch(/OST-02: Take “.+”, the smallest that fits\. For the migration: --flavor /);
    const [checked] = JSON.parse(stdout).checks;
    expect(checked).toMatchObject({ mayStart: true, fixed: [{ finding: 'OST-02', isDone: false }] });
    expect(checked.passed).toContain('OST-02');
  });

  test('shows the calls of a fix, and makes them only when told to', async () => {
    const asked = ['check', 'web', '--map', 'lan', '--read', 'areas', '--fix', 'CBT-01'];
    const dry = await guts(...asked, '--dry-run');
    const silent = await guts(...asked);
    const before = isTracked();
    const done = await guts(...asked, '--yes');

    expect(dry.stderr).toMatch(
      /CBT-01: Turn on change tracking\.\n {2}ReconfigVM_Task\(vm-\d+, changeTrackingEnabled = true\)\nNothing was done\./,
    );
    expect(silent.stderr).toContain('check.not-confirmed');
    expect([before, isTracked()]).toEqual([false, true]);
    expect([dry.code, silent.code, done.code]).toEqual([1, 1, 0]);
  });

  test('tries rules of a site before they count', async () => {
    writeFileSync(
      tmp.file('strict.yaml'),
      'rules:\n  - { id: SITE-01, severity: blocks, says: No., remedy: Ask., when: { name: w* } }\n',
    );
    const tried = await guts('check', 'web', '--map', 'lan', '--rules', tmp.file('strict.yaml'));
    const usual = await guts('check', 'web', '--map', 'lan');

    expect([tried.code, usual.code]).toEqual([1, 0]);
    expect(tried.stdout).toContain('stops it SITE-01: No.\n  about: name: “web”');
  });
});
