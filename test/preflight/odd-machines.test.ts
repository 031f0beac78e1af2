/** Preflight against the built-in vCenter's odd machines, through the real driver: each oddity by its rule, nothing else that blocks. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SourceDriver } from '../../worker/drivers.ts';
import { openVsphere } from '../../worker/sources/vsphere/driver.ts';
import { VsphereSession } from '../../worker/sources/vsphere/session.ts';
import { contentlessMachines } from '../lab/vcenter/odd-machines.ts';
import { startVcenter, type Vcenter } from '../lab/vcenter/vcenter.ts';
import { checkedAt, wrongIn, type Expected } from '../support/expected-findings.ts';
import { machinesOf, signInTo } from '../support/vsphere-source.ts';

const GiB = 1024 ** 3;
const WINDOWS: readonly Expected[] = [
  ['NEW-11', 'informs', 'Windows Server 2019'],
  ['NEW-20', 'informs', 'tools'],
];

/** By their names, of those of which a look from outside shows more than of an ordinary one. */
const expected: Readonly<Record<string, readonly Expected[]>> = {
  'odd-rdm-physical': [
    ['DSK-04', 'blocks', 'Hard disk 2'],
    ['DSK-24', 'blocks', 'lease: '],
  ],
  'odd-rdm-virtual': [['DSK-04', 'blocks', 'Hard disk 2']],
  'odd-independent': [['DSK-03', 'informs', 'Hard disk 2; Hard disk 3']],
  'odd-shared-bus': [['DSK-06', 'blocks', 'Hard disk 1'], ...WINDOWS],
  'odd-multi-writer': [['DSK-06', 'blocks', 'Hard disk 2']],
  'odd-snapshot-chain': [['CBT-04', 'warns', '3 snapshots']],
  'odd-tracked-snapshot': [['CBT-09', 'warns', 'backup-leftover']],
  'odd-encrypted': [
    ['DSK-15', 'blocks', 'home'],
    ['DSK-24', 'blocks', 'lease: '],
  ],
  // It was said that what is read would be of no use, and that a storage policy should be changed, which it has not.
  'odd-vtpm': [
    ['DEV-02a', 'blocks', 'home, not its disks'],
    ['DSK-24', 'blocks', 'lease: The machine’s home is encrypted for its TPM'],
    ['DEV-02', 'warns', 'odd-vtpm'],
  ],
  'odd-secure-boot': [['DEV-01', 'informs', 'odd-secure-boot']],
  'odd-pci-passthrough': [['DEV-03', 'blocks', 'PCI device 0']],
  'odd-vgpu': [['DEV-04', 'warns', 'grid_v100d-4q']],
  'odd-usb': [
    ['DEV-05', 'warns', 'USB 1'],
    ['DEV-10', 'informs', 'USB xHCI controller'],
  ],
  'odd-sriov': [['NET-14', 'warns', 'Network adapter 1']],
  'odd-cdrom': [['NEW-16', 'informs', '[nfs-iso] install.iso']],
  'odd-serial': [['NEW-16', 'informs', 'Serial port 1: telnet://:7001']],
  'odd-unplugged': [['NET-12', 'informs', 'Network adapter 1']],
  'odd-opaque-net': [['NET-16', 'warns', 'nsx-segment-1']],
  'odd-no-tools': [['VM-10b', 'blocks', 'missing']],
  'odd-tools-stopped': [['VM-10b', 'blocks', 'stopped']],
  'odd-suspended': [
    ['VM-07', 'blocks', 'suspended'],
    ['DSK-24', 'blocks', 'lease: '],
  ],
  'odd-template': [['VM-14', 'informs', 'odd-template']],
  'odd-linked-clone': [['DSK-27', 'informs', '2 files, 0 snapshots']],
  'odd-orphaned': [
    ['VM-16', 'blocks', 'orphaned'],
    ['DSK-20', 'blocks', 'odd-orphaned'],
    ['DSK-24', 'blocks', 'lease: '],
  ],
  'odd-disconnected': [
    ['VM-16', 'blocks', 'disconnected'],
    ['DSK-24', 'blocks', 'lease: '],
  ],
  'odd-inaccessible': [
    ['VM-16', 'blocks', 'inaccessible'],
    ['DSK-20', 'blocks', 'odd-inaccessible'],
    ['DSK-24', 'blocks', 'lease: '],
  ],
  'odd-consolidate': [['CBT-05', 'warns', 'odd-consolidate']],
  'odd-sixty-disks': [['DSK-08', 'blocks', '60 disks']],
  'odd-no-disk': [['DSK-20', 'blocks', 'odd-no-disk']],
  'odd-big-disk': [['DSK-28', 'informs', 'Hard disk 2: 4 TiB']],
  'odd-size': [['NEW-19', 'informs', '65 MiB becomes 1 GiB (959 MiB more)']],
  'odd-huge-memory': [['VM-19', 'informs', '128 vCPU; 4 TiB']],
  'odd-ide': [
    ['OS-18', 'warns', 'Windows Server 2003'],
    ['OS-23', 'warns', 'Windows Server 2003: ended on 2015-07-14'],
    ['NET-13', 'informs', 'pcnet32'],
  ],
  'odd-buslogic': [
    ['OS-02', 'warns', 'Other (32-bit)'],
    ['CBT-03', 'informs', 'hardware version 4'],
  ],
  'odd-macos': [['OS-22', 'blocks', 'macOS 10.14']],
};

/** What the sixty others have not. */
const own = {
  name: 'dc-01',
  guestOsId: 'windows2019srv_64Guest',
  guestOsName: 'Microsoft Windows Server 2019 (64-bit)',
  power: 'on',
  disks: [{ sizeBytes: GiB }, { sizeBytes: GiB }],
  nics: [{ network: 'VM Network', addresses: ['192.0.2.17', '192.0.2.18'] }],
  devices: ['sound'],
  question: 'It might have been moved or copied.',
  hotAdd: { cpu: false, memory: true },
  isNesting: true,
  hasVbs: true,
  showsDiskIds: true,
  takesHostTime: true,
  latencySensitivity: 'high',
  faultTolerance: 'running',
  product: { vendor: 'VMware Inc.', name: 'VMware vCenter Server Appliance', version: '8.0' },
} as const;

describe('the odd machines of the built-in vCenter', () => {
  const signal = new AbortController().signal;
  let vcenter: Vcenter;
  let source: SourceDriver;
  const refs = new Map<string, string>();

  beforeAll(async () => {
    vcenter = await startVcenter({ machines: [own] });
    source = await openVsphere(signInTo(vcenter), signal);
    for (const { name, ref } of await machinesOf(source, signal)) refs.set(name, ref);
  });
  afterAll(async () => {
    await source[Symbol.asyncDispose]();
    await vcenter[Symbol.asyncDispose]();
  });
  const check = async (name: string, options = {}) => await checkedAt(source, refs.get(name) ?? name, options, signal);

  test.each(Object.entries(expected))('%s', async (name, findings) => {
    expect(wrongIn(await check(name), findings)).toEqual([]);
  });

  test('leave nothing that blocks to all the others', async () => {
    const others = contentlessMachines().flatMap(({ name }) => (name in expected || !refs.has(name) ? [] : name));

    expect(others.length).toBeGreaterThan(20);
    for (const name of others) {
      const wrong = wrongIn(await check(name), []);
      expect(wrong, name).toEqual([]);
    }
  });

  test('are told by all that is peculiar to how they are set up', async () => {
    const wrong = wrongIn(await check('dc-01'), [
      ['VM-18', 'blocks', '“It might have been moved or copied.”'],
      ['NEW-23', 'blocks', 'VMware Inc. VMware vCenter Server Appliance 8.0'],
      ['NEW-03', 'warns', 'its name is “dc-01”'],
      ['NEW-10', 'warns', '2 disks'],
      ['NEW-17', 'warns', 'dc-01'],
      ['NEW-21', 'informs', 'dc-01'],
      ['NET-10', 'warns', '192.0.2.17, 192.0.2.18'],
      ['DEV-07', 'warns', 'latency sensitivity high'],
      ['DEV-08', 'informs', 'memory'],
      ['DEV-09b', 'warns', 'fault tolerance running'],
      ['DEV-10', 'informs', 'Sound card'],
      ['DEV-11', 'informs', 'dc-01'],
      ['DSK-09', 'informs', '2 disks'],
    ]);

    expect(wrong).toEqual([]);
  });

  test('are held against the way of reading that was chosen', async () => {
    const wrong = wrongIn(await check('odd-vsan', { reading: 'ranges' }), [
      ['NEW-22', 'blocks', 'Hard disk 1 on vsan'],
      ['DSK-24', 'blocks', 'ranges: '],
    ]);

    expect(wrong).toEqual([]);
  });
});

describe('a task that goes on with a machine', () => {
  const signal = new AbortController().signal;

  test('is told while it runs, and no longer', async () => {
    await using vcenter = await startVcenter({ taskMs: 20_000 });
    await using source = await openVsphere(signInTo(vcenter), signal);
    const [vm] = await machinesOf(source, signal);
    const ref = vm?.ref ?? '';
    const before = await checkedAt(source, ref, {}, signal);
    await using session = await VsphereSession.open(signInTo(vcenter), signal);
    await session.call(
      'CreateSnapshot_Task',
      { type: 'VirtualMachine', id: ref },
      { name: 'nightly', memory: false, quiesce: false },
      signal,
    );

    expect(before.passed).toContain('VM-17');
    expect(wrongIn(await checkedAt(source, ref, {}, signal), [['VM-17', 'warns', 'createSnapshot (running)']])).toEqual(
      [],
    );
  });
});
