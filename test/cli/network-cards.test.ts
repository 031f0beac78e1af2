/** A member of a cluster, from the first look at its network cards to ports that let its shared address pass. */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NicTwin } from '../../main/shared/twin.ts';
import { startOpenstack, type OpenstackLab } from '../lab/openstack/start.ts';
import { startVcenter, type Vcenter } from '../lab/vcenter/vcenter.ts';
import { scratch } from '../support/disks.ts';
import { gutsWith, type Outcome } from '../support/guts.ts';

const MiB = 2 ** 20;

describe('guts', () => {
  let vc: Vcenter;
  let cloud: OpenstackLab;
  const tmp = scratch();
  const env = {
    GUTS_DATA_DIR: tmp.file('data'),
    GUTS_VAULT: 'file',
    GUTS_VAULT_PASSPHRASE_FILE: tmp.file('passphrase'),
  };
  const guts = async (...args: string[]): Promise<Outcome> => await gutsWith(env, '', ...args);
  const checked = async (...args: string[]): Promise<{ ids: string[]; twins: NicTwin[] }> => {
    const { stdout } = await guts('check', 'balancer-1', ...args, '--json');
    const [one] = (JSON.parse(stdout) as { checks: { findings: { id: string }[]; twins: NicTwin[] }[] }).checks;
    return { ids: (one?.findings ?? []).map(({ id }) => id), twins: one?.twins ?? [] };
  };

  beforeAll(async () => {
    vc = await startVcenter({
      withOthers: false,
      machines: [
        {
          name: 'balancer-1',
          power: 'on',
          memoryBytes: 512 * MiB,
          disks: [{ sizeBytes: 8 * MiB }],
          nics: [
            { network: 'VM Network', addresses: ['192.0.2.20'], floatingAddresses: ['192.0.2.50'] },
            { network: 'dv-trunk' },
          ],
        },
      ],
    });
    cloud = await startOpenstack();
    const secrets = { passphrase: 'a passphrase', vc: vc.password, cloud: cloud.applicationCredential.secret };
    for (const [name, secret] of Object.entries(secrets)) writeFileSync(tmp.file(name), secret);
    const source = ['--url', vc.url, '--user', vc.user, '--password-file', tmp.file('vc')];
    const credential = [
      '--application-credential',
      cloud.applicationCredential.id,
      '--password-file',
      tmp.file('cloud'),
    ];
    const made = [
      await guts('source', 'create', 'vc1', ...source, '--fingerprint', vc.fingerprint),
      await guts('destination', 'create', 'os1', '--auth-url', cloud.authUrl, ...credential, '--fingerprint', cloud.fingerprint), // prettier-ignore
    ];
    for (const { code, stderr } of made) if (code !== 0) throw new Error(stderr);
  });
  afterAll(async () => {
    await cloud[Symbol.asyncDispose]();
    await vc[Symbol.asyncDispose]();
    tmp[Symbol.dispose]();
  });

  test('tells of each card what the cloud would drop, and what to do about it', async () => {
    const { stdout, stderr } = await guts('check', 'balancer-1', '--map', 'lan');

    expect(stdout, stderr).toMatch(/warning NEW-04: [^]*about: Network adapter 1: 192\.0\.2\.50/);
    expect(stdout).toMatch(
      /Network adapter 1: “VM Network” becomes “lan”\n {2}dropped: The guest holds 192\.0\.2\.50 /,
    );
    expect(stdout).toMatch(/→ Let the port send from 192\.0\.2\.50 as well\./);
    expect(stdout).toMatch(/dropped: The switch takes frames of 1500 bytes\.\n {4}The network “lan” takes 1450\./);
    expect(stdout).toMatch(/may be dropped: The switch lets the guest send from MAC addresses that are not its card’s/);
    expect(stdout).toMatch(/Network adapter 2: “dv-trunk” becomes “lan”\n {2}dropped: The card is a trunk: .*0-4094/);
  });

  test('says nothing more of what its options let pass', async () => {
    const before = await checked('--map', 'lan');
    const after = await checked('--map', 'lan', '--address-pair', 'VM Network=192.0.2.50', '--port-security', 'dv-trunk=off'); // prettier-ignore

    expect(before.ids).toEqual(expect.arrayContaining(['NEW-04', 'NET-25', 'NET-26']));
    expect(after.ids).not.toContain('NEW-04');
    expect(after.twins.map(({ isGuarded }) => isGuarded)).toEqual([true, false]);
  });

  test('makes the ports accordingly, and proves it', async () => {
    const done = await guts('create', '--vm', 'balancer-1', '--map', 'lan', '--address-pair', 'VM Network=192.0.2.50', '--port-security', 'dv-trunk=off', '--start', '--json'); // prettier-ignore

    expect(done, done.stderr).toMatchObject({ code: 0 });
    expect(cloud.state().ports).toMatchObject([
      { fixedIps: [{ ip_address: '192.0.2.20' }], addressPairs: [{ ip_address: '192.0.2.50' }], hasPortSecurity: true },
      { addressPairs: [], hasPortSecurity: false },
    ]);
    expect(done.stdout).toMatch(/may send from 192\.0\.2\.50 as well\./);
    expect((await guts('show', 'balancer-1')).stdout).toMatch(
      /BESIDES[^]*may send from 192\.0\.2\.50[^]*no port security/,
    );
  });

  test('refuses wishes of which it does not know where they belong', async () => {
    const unmapped = await guts('check', 'balancer-1', '--address-pair', 'VM Network=192.0.2.50');
    const noAddress = await guts('check', 'balancer-1', '--map', 'lan', '--address-pair', 'VM Network=here');
    const noNetwork = await guts('check', 'balancer-1', '--port-security', 'off');
    const notOff = await guts('check', 'balancer-1', '--port-security', 'VM Network=on');

    for (const refused of [unmapped, noAddress, noNetwork, notOff]) expect(refused.code).toBe(2);
    expect(unmapped.stderr).toContain('Say where “VM Network” goes as well');
    expect(noAddress.stderr).toContain('is no address');
  });
});
