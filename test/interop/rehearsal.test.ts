/** A wave is rehearsed against a real cloud's own quotas: what it names is what the services refuse, and what it lets go goes. */
import { constants, copyFileSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Rehearsal } from '../../main/shared/rehearsal.ts';
import { isOver } from '../../main/shared/stages.ts';
import { Daemon } from '../support/daemon.ts';
import { makeRaw, MiB, scratch } from '../support/disks.ts';
import { Mover } from '../support/mover.ts';
import { until } from '../support/until.ts';
import { Cloud } from './cloud.ts';
import { LowQuotas, type QuotaName } from './low-quotas.ts';
import { openstackPeer, type OpenstackPeer } from './openstack-peer.ts';
import { vspherePeer, type VspherePeer } from './vsphere-peer.ts';

const READY = 'GUEST-READY';
const TYPE = '__DEFAULT__';
const folder = scratch();
let openstack: OpenstackPeer;
let cloud: Cloud;
let vcenter: VspherePeer;
let daemon: Daemon;
let mover: Mover;
let quotas: LowQuotas;
/** With the cloud as it was found. */
let usual: Rehearsal;

beforeAll(async () => {
  openstack = await openstackPeer();
  cloud = await Cloud.signIn(openstack.member);
  quotas = await LowQuotas.open(openstack);
  copyFileSync(openstack.guestRaw, folder.file('guest.raw'), constants.COPYFILE_FICLONE);
  await makeRaw(folder.file('data.raw'), 32 * MiB, [{ offset: 0, length: MiB }]);
  const machine = { guestId: 'otherLinux64Guest', cpus: 1, memoryMiB: 256, nics: [''], tools: 'ok', powerOn: false };
  const boots = { file: 'guest.raw', thin: true };
  const hardware = { ...machine, firmware: 'bios', controller: 'pvscsi' };
  const vms = [
    { ...hardware, name: 'shop-web', disks: [boots] },
    { ...hardware, name: 'shop-db', disks: [boots, { file: 'data.raw', thin: true }] },
  ];
  writeFileSync(folder.file('manifest.json'), JSON.stringify({ vms }));
  vcenter = await vspherePeer('vcenter', '-manifest', folder.file('manifest.json'), '-zoo=false', '-vm', '2');
  mover = new Mover(folder.dir);
  daemon = await Daemon.start({ dataDir: folder.file('data'), passphraseFile: folder.file('passphrase') });
  await mover.connect(await vcenter.signIn(), openstack.member);
  await daemon.client.call('plans.create', {
    name: 'spring',
    source: 'from',
    destination: 'to',
    options: {
      networks: [{ from: null, to: 'lan', ip: 'auto' }],
      boot: 'volume',
      floatingNetwork: 'public',
      consoleMarker: READY,
      bootTimeoutSeconds: 300,
    },
    machines: [{ vm: 'shop-web' }, { vm: 'shop-db' }],
  });
  usual = (await rehearsed()).rehearsal;
});
afterEach(async () => await quotas.putBack());
afterAll(async () => {
  await quotas[Symbol.asyncDispose]();
  await daemon[Symbol.asyncDispose]();
  await vcenter[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

async function rehearsed(): Promise<{ readonly rehearsal: Rehearsal; readonly code: number | null }> {
  const { code, out, err } = await mover.say(['plan', 'rehearse', 'spring', '--wave', '1', '--json']);
  expect(err).not.toContain('guts.bug');
  // Of a no-go the error comes behind it, as a document of its own.
  return { code, rehearsal: Rehearsal.parse(JSON.parse(out.replace(/\n\{\n {2}"error"[\s\S]*$/, ''))) };
}

const same = (a: QuotaName, b: QuotaName): boolean => a.of === b.of && a.volumeType === b.volumeType;
const needOf = (what: QuotaName): { readonly used: number; readonly needs: number } => {
  const line =
    usual.quota.find((one) => same(one, what)) ??
    usual.quota.find((one) => one.of === what.of && one.volumeType === null); // a type without a limit is not told
  if (line === undefined) throw new Error(`${what.of} is not rehearsed`);
  return line;
};
const shortages = ({ quota }: Rehearsal): QuotaName[] =>
  quota.filter(({ over }) => over > 0).map(({ of, volumeType }) => ({ of, volumeType }));

const everything: readonly QuotaName[] = [
  { of: 'instances', volumeType: null },
  { of: 'cores', volumeType: null },
  { of: 'memoryMiB', volumeType: null },
  { of: 'ports', volumeType: null },
  { of: 'floatingIps', volumeType: null },
  { of: 'volumes', volumeType: null },
  { of: 'volumeGiB', volumeType: null },
  { of: 'volumes', volumeType: TYPE },
  { of: 'volumeGiB', volumeType: TYPE },
];

describe('a wave that a real cloud has too little for', () => {
  test('is counted as it will be made', () => {
    expect(usual.verdict).not.toBe('noGo');
    expect(usual.quota.map(({ of, needs }) => [of, needs])).toEqual([
      ['instances', 2],
      ['cores', 2],
      ['memoryMiB', 512],
      ['ports', 2],
      ['floatingIps', 2],
      ['volumes', 3],
      ['volumeGiB', 3],
    ]);
    expect(usual.subnets).toEqual([expect.objectContaining({ network: 'lan', needs: 2, counted: 'ports', short: 0 })]);
  });

  test.each(everything.map((what) => [`${what.of}${what.volumeType === null ? '' : ' of one type'}`, what] as const))(
    'is told %s, and the service refuses just that',
    async (_, what) => {
      const { used, needs } = needOf(what);
      await quotas.set(what, used + needs - 1);

      const { rehearsal, code } = await rehearsed();
      const count = ['cores', 'memoryMiB'].includes(what.of)
        ? needOf({ of: 'instances', volumeType: null }).needs
        : needs;
      const refusal = await quotas.refusalOf(what, count, usual.flavors[0]?.id ?? '');

      expect(rehearsal.verdict).toBe('noGo');
      expect(code).toBe(1);
      expect(shortages(rehearsal)).toEqual([what]);
      expect(rehearsal.quota.find((one) => same(one, what))).toMatchObject({
        limit: used + needs - 1,
        used,
        needs,
        over: 1,
      });
      expect(refusal?.text).toMatch(/quota/i);
      expect(refusal?.status).toBe({ compute: 403, network: 409, volume: 413 }[serviceOf(what)]);
    },
  );

  test('is told a volume that is larger than one may be', async () => {
    const what = { of: 'singleVolumeGiB', volumeType: null } as const;
    await quotas.set(what, 0);

    const { rehearsal } = await rehearsed();
    const refusal = await quotas.refusalOf(what, 1, '');

    expect(rehearsal.findings.find(({ id }) => id === 'NEW-01a')?.about).toHaveLength(3);
    expect(refusal?.status).toBeGreaterThanOrEqual(400);
  });

  test('is told all of it at once; with just what the request asks for it goes, and runs through', async () => {
    for (const what of everything) await quotas.set(what, Math.max(0, needOf(what).used + needOf(what).needs - 1));
    const low = (await rehearsed()).rehearsal;
    expect(shortages(low)).toEqual(everything);

    for (const { limit, over, ...what } of low.quota) {
      expect(low.request).toContain(`from ${limit ?? ''} to at least ${(limit ?? 0) + over}`);
      await quotas.set({ of: what.of, volumeType: what.volumeType }, (limit ?? 0) + over);
    }
    const high = await rehearsed();
    expect(high).toMatchObject({ code: 0, rehearsal: { request: null } });
    expect(shortages(high.rehearsal)).toEqual([]);

    const { results } = await daemon.client.call('plans.start', { plan: 'spring' });
    expect(results.map(({ error }) => error)).toEqual([null, null]);
    const done = await Promise.all(
      results.map(
        async ({ id }) =>
          await until(
            async () => await daemon.client.call('migrations.show', { id }),
            ({ stage }) => isOver(stage),
          ),
      ),
    );
    try {
      for (const { stage, error, outcome, ledger } of done) {
        expect(error).toBeNull();
        expect({ stage, ledger, boot: outcome?.boot.verdict }).toEqual({ stage: 'done', ledger: [], boot: 'running' });
      }
      const after = (await rehearsed()).rehearsal;
      expect(after.machines.map(({ state }) => state)).toEqual(['moved', 'moved']);
      for (const { of, limit, used, needs } of after.quota)
        if (of !== 'ports') expect({ of, used, needs }).toEqual({ of, used: limit, needs: 0 }); // to the last one
    } finally {
      for (const { outcome } of done) if (outcome !== null) await cloud.removeServer(outcome.serverId);
    }
  });
});

const serviceOf = ({ of }: QuotaName): 'compute' | 'network' | 'volume' =>
  of.startsWith('volume') ? 'volume' : of === 'ports' || of === 'floatingIps' ? 'network' : 'compute';
