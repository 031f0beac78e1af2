/** What a wave takes, summed up of machines and clouds that are made for one question each. */
import { describe, expect, test } from 'vitest';
import type { CloudFacts } from '../../main/shared/cloud.ts';
import type { InventoryVm } from '../../main/shared/inventory.ts';
import { defaultOptions, MigrationId, type MigrationOptions } from '../../main/shared/migration.ts';
import type { MachineToRehearse } from '../../main/shared/rehearse-job.ts';
import type { Rehearsal } from '../../main/shared/rehearsal.ts';
import { planMigration } from '../../worker/plan/plan.ts';
import type { Looked } from '../../worker/rehearsal/demand.ts';
import { rehearsalOf } from '../../worker/rehearsal/sum.ts';
import { cloud, disk, input, machine, network, nic } from '../plan/sample.ts';

const asked: Parameters<typeof rehearsalOf>[0] = {
  takenAt: '2026-12-01T12:00:00.000Z',
  plan: { id: 'pln_0123456789ab', name: 'spring' },
  wave: 1,
  sourceName: 'vc1',
  source: {},
  destination: { connection: { name: 'os1' } },
  window: null,
  notBefore: null,
  pace: { bytesPerSecond: null, from: null, atOnce: 4 },
  torn: [],
};
const MIGRATION = MigrationId.parse('mig_0123456789ab');

interface Wanted {
  readonly vm: InventoryVm;
  readonly options?: Partial<MigrationOptions>;
  readonly change?: Partial<MachineToRehearse>;
}

/** As a migration would be planned. */
function looked({ vm, options = {}, change = {} }: Wanted, facts: CloudFacts): Looked {
  const own = { ...defaultOptions, ...options };
  const { plan, findings } = planMigration(input({ vm, cloud: facts, options: own }));
  const planned: MachineToRehearse = {
    vm: { ref: vm.ref, name: vm.name },
    wave: 1,
    isEarlier: false,
    options: own,
    known: vm,
    state: 'toDo',
    made: [],
    migration: null,
    ...change,
  };
  return { machine: planned, vm, plan, findings, obstacle: null };
}

const rehearse = (wanted: readonly Wanted[], facts: CloudFacts = cloud()): Rehearsal =>
  rehearsalOf(
    asked,
    wanted.map((one) => looked(one, facts)),
    facts,
    [],
  );

const numbered = (number: number, change: Partial<InventoryVm> = {}): InventoryVm =>
  machine({
    ref: `vm-${number}`,
    name: `web-${number}`,
    nics: [nic({ mac: `00:50:56:aa:bb:0${number}`, ipAddresses: [] })],
    ...change,
  });
const needs = ({ quota }: Rehearsal): Record<string, number> =>
  Object.fromEntries(
    quota.map(({ of, volumeType, needs: count }) => [volumeType === null ? of : `${of} ${volumeType}`, count]),
  );

describe('what a wave takes', () => {
  test('is counted by the flavors that it gets, and by what its disks become', () => {
    const two = [disk(), disk({ key: '2001', label: 'Hard disk 2', sizeBytes: 5.5 * 2 ** 30 })];
    const facts = cloud({
      typeQuotas: { fast: { volumes: { limit: 9, used: 0 }, volumeGiB: { limit: 99, used: 0 } } },
    });
    const wave = rehearse(
      [
        { vm: numbered(1, { cpus: 3, memoryBytes: 5 * 2 ** 30, disks: two }) },
        { vm: numbered(2, { cpus: 1, memoryBytes: 2 ** 30, disks: two }), options: { boot: 'volume' } },
      ],
      facts,
    );

    // “large” has 4 vCPU and 8 GiB, “small” 1 and 2: as Nova counts, not as the machines are.
    expect(needs(wave)).toEqual({
      instances: 2,
      cores: 5,
      memoryMiB: 8192 + 2048,
      ports: 2,
      floatingIps: 0,
      volumes: 3,
      volumeGiB: 6 + 10 + 6,
      'volumes fast': 3,
      'volumeGiB fast': 22,
    });
    expect(wave.flavors.map(({ name, machines }) => [name, machines])).toEqual([
      ['large', ['web-1']],
      ['small', ['web-2']],
    ]);
    expect(wave.verdict).toBe('go');
  });

  // Each fitted alone, and Nova refused the last ones after they were copied.
  test('must fit into its server group, with what is in it and what earlier waves put there', () => {
    const facts = cloud({ serverGroups: [{ id: 'g1', name: 'apart', members: 1 }], mostGroupMembers: 3 });
    const wave = [
      { vm: numbered(1), options: { serverGroup: 'apart' }, change: { isEarlier: true } },
      { vm: numbered(2), options: { serverGroup: 'g1' } },
      { vm: numbered(3) },
    ];
    const one = { vm: numbered(4), options: { serverGroup: 'apart' } };

    expect(rehearse(wave, facts).verdict).toBe('go');
    expect(rehearse([...wave, one], facts).findings).toContainEqual(
      expect.objectContaining({
        id: 'NEW-01c',
        severity: 'blocks',
        about: ['“apart”: 2 servers and 1 of earlier waves, 1 of 3 are in it'],
      }),
    );
  });

  test('of a machine that is under way is what it has not made yet, and nothing of one that is there', () => {
    const made = ['image', 'port', 'server'] as const;
    const wave = rehearse([
      { vm: numbered(1), change: { state: 'underWay', made: [...made], migration: MIGRATION } },
      { vm: numbered(2), change: { state: 'moved', migration: MIGRATION } },
    ]);

    expect(needs(wave)).toMatchObject({ instances: 0, cores: 0, memoryMiB: 0, ports: 0 });
    expect(wave.machines.map(({ state }) => state)).toEqual(['underWay', 'moved']);
  });

  test('takes addresses of a pool that the cloud chooses, and kept ones only where they lie in it', () => {
    const facts = cloud({ freeAddresses: { 'subnet-lan': 2 }, freeAddressesBy: 'ports' });
    const kept = (address: string) => [nic({ mac: null, ipAddresses: [{ address, prefixLength: 24 }] })];
    const wave = rehearse(
      [
        { vm: numbered(1, { nics: kept('192.0.2.17') }) },
        { vm: numbered(2, { nics: kept('192.0.2.150') }) },
        { vm: numbered(3), change: { isEarlier: true } },
        { vm: numbered(4) },
      ],
      facts,
    );

    expect(wave.subnets).toEqual([
      expect.objectContaining({ fixed: 2, needs: 2, earlier: 1, free: 2, counted: 'ports', short: 1 }),
    ]);
    expect(wave).toMatchObject({ verdict: 'noGo', findings: [{ id: 'NEW-01b' }] });
    expect(wave.request).toContain('subnet “lan” (192.0.2.0/24) of the network “lan”: 1 more in its pools');
  });

  test('is held against the pools of each back end, where they are seen', () => {
    const pools = [
      { name: 'host@flash#a', backend: 'flash', totalGiB: 100, freeGiB: 5.55 },
      { name: 'host@disks#a', backend: 'disks', totalGiB: null, freeGiB: null },
    ];
    const volumeTypes = [
      { name: 'fast', isDefault: true, backend: 'flash' },
      { name: 'slow', isDefault: false, backend: 'disks' },
    ];
    const facts = cloud({ pools, volumeTypes });
    const wanted = [
      { vm: numbered(1), options: { boot: 'volume' as const } },
      { vm: numbered(2), options: { boot: 'volume' as const, volumeType: 'slow' } },
    ];
    const wave = rehearse(wanted, facts);

    expect(wave.storage).toEqual([
      expect.objectContaining({ backend: 'flash', volumeTypes: ['fast'], needsGiB: 10, freeGiB: 5.5, shortGiB: 5 }),
      expect.objectContaining({ backend: 'disks', needsGiB: 10, freeGiB: null, shortGiB: 0 }),
    ]);
    expect(wave).toMatchObject({ verdict: 'goWithCare', findings: [{ id: 'NEW-02' }] });
    expect(rehearse(wanted).notHeld).toContainEqual(expect.objectContaining({ id: 'NEW-02' }));
  });

  test('names twins among its machines, and what others in the cloud have already', () => {
    const same = { name: 'web', nics: [nic()] };
    const port = { id: 'p1', mac: '00:50:56:AA:BB:03', network: 'net-lan', addresses: ['192.0.2.30'], name: 'printer' };
    const own = { ...port, id: 'p2', mac: '00:50:56:aa:bb:04', addresses: [], name: `guts-${MIGRATION}-port-4000` };
    const wave = rehearse(
      [
        { vm: numbered(1, same) },
        { vm: numbered(2, same) },
        { vm: numbered(3) },
        { vm: numbered(4), change: { migration: MIGRATION, state: 'underWay' } },
      ],
      cloud({ ports: [port, own], serverNames: ['web-3'] }),
    );

    expect(wave.twins).toEqual([
      { kind: 'name', value: 'web', network: null, machines: ['web', 'web'], taken: [] },
      { kind: 'mac', value: '00:50:56:aa:bb:01', network: 'lan', machines: ['web', 'web'], taken: [] },
      { kind: 'address', value: '192.0.2.17', network: 'lan', machines: ['web', 'web'], taken: [] },
      { kind: 'name', value: 'web-3', network: null, machines: ['web-3'], taken: ['the server “web-3”'] },
      {
        kind: 'mac',
        value: '00:50:56:aa:bb:03',
        network: 'lan',
        machines: ['web-3'],
        taken: ['the port “printer” (p1)'],
      },
    ]);
    expect(wave.findings.map(({ id }) => id)).toEqual(['PLN-04', 'NET-06a', 'NET-07a', 'VM-02']);
    expect(wave.request).toContain(
      'the MAC 00:50:56:aa:bb:03 on the network “lan”, for web-3: it is with the port “printer” (p1)',
    );
  });

  test('stops at a machine that nothing fits, and asks for its flavor', () => {
    const wave = rehearse([{ vm: numbered(1, { cpus: 64 }) }, { vm: numbered(2) }]);

    expect(wave).toMatchObject({
      verdict: 'noGo',
      findings: [{ id: 'PLN-04', about: [expect.stringContaining('OST-02')] }],
      flavors: [{ state: 'missing', machines: ['web-1'] }, { name: 'medium' }],
    });
    expect(wave.request).toContain('- at least 64 vCPU, 4096 MiB of memory, 10 GiB of disk, for web-1');
  });

  test('asks for nothing where only a machine itself, or what was chosen for it, is in the way', () => {
    expect(rehearse([{ vm: numbered(1), options: { flavor: 'none' } }])).toMatchObject({
      verdict: 'noGo',
      request: null,
    });
    const wave = rehearse([{ vm: numbered(1, { disks: [disk({ rawDevice: 'physical' })] }) }]);
    expect(wave).toMatchObject({ verdict: 'noGo', request: null });
  });

  test('takes floating addresses of the external network, as far as that is seen', () => {
    const external = network('public', { isExternal: true });
    const facts = cloud({
      networks: [network('lan'), external],
      freeAddresses: { 'subnet-public': 0 },
      freeAddressesBy: 'service',
    });
    const wave = rehearse([{ vm: numbered(1), options: { floatingNetwork: 'public' } }], facts);

    expect(needs(wave)).toMatchObject({ floatingIps: 1 });
    expect(wave.subnets.map(({ network: name, short }) => [name, short])).toEqual([
      ['lan', 0],
      ['public', 1],
    ]);
  });
});
