/** Preflight against an independent vCenter's odd machines, through the real driver: each oddity by its rule, nothing else that blocks. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InventoryVm } from '../../main/shared/inventory.ts';
import type { SourceDriver } from '../../worker/drivers.ts';
import { openVsphere } from '../../worker/sources/vsphere/driver.ts';
import { checkedAt, wrongIn, type Expected } from '../support/expected-findings.ts';
import { type VspherePeer, vspherePeer } from './vsphere-peer.ts';

const UP_MS = 10 * 60_000;
const smallDisk: Expected = ['NEW-19', 'informs', '64 MiB becomes 1 GiB (960 MiB more)'];
const windows: readonly Expected[] = [
  ['NEW-11', 'informs', 'Windows'],
  ['NEW-20', 'informs', 'tools'],
];
const unreadable: Expected = ['DSK-24', 'blocks', 'lease: '];

/** By the names that the peer's sources give them, with what they say is odd; those without a line have nothing that a look from outside shows. */
const expected: Readonly<Record<string, readonly Expected[]>> = {
  'zoo-lin-bios': [smallDisk, ['OS-03', 'warns', '32 MiB free on /']],
  'zoo-lin-efi-2disk': [smallDisk, ['NET-11', 'warns', 'Network adapter 2']],
  'zoo-lin-running': [smallDisk],
  'zoo-win-secureboot-vtpm': [
    ['DEV-01', 'informs', 'zoo-win-secureboot-vtpm'],
    ['DEV-02', 'warns', 'zoo-win-secureboot-vtpm'],
    ['DEV-11', 'informs', 'zoo-win-secureboot-vtpm'],
    ...windows,
  ],
  'zoo-win2012-oldtools': [
    ['OS-18', 'warns', 'Windows Server 2012'],
    ['OS-23', 'warns', 'ended on 2023-10-10'],
    ...windows,
  ],
  'zoo-win2003-ide': [
    ['OS-18', 'warns', 'Windows Server 2003'],
    ['OS-23', 'warns', 'ended on 2015-07-14'],
    ['NET-13', 'informs', 'pcnet32'],
    ['VM-13', 'warns', 'zoo-win2003-ide'],
    ['NEW-11', 'informs', 'Windows Server 2003'],
  ],
  'zoo-buslogic': [
    ['OS-02', 'warns', 'Other (32-bit)'],
    ['VM-13', 'warns', 'zoo-buslogic'],
  ],
  'zoo-sata': windows,
  'zoo-nvme': [smallDisk],
  'zoo-rdm-physical': [
    ['DSK-04', 'blocks', 'Hard disk 2'],
    ['DSK-24', 'blocks', 'raw device in physical mode'],
  ],
  'zoo-rdm-virtual': [['DSK-04', 'blocks', 'Hard disk 2']],
  'zoo-independent': [['DSK-03', 'informs', 'Hard disk 2; Hard disk 3']],
  'zoo-usb': [['DEV-05', 'warns', 'USB'], ['DEV-10', 'informs', 'USBXHCI'], ...windows],
  'zoo-pci-passthrough': [
    ['DEV-04', 'warns', 'PCIPassthrough'],
    ['DEV-07', 'warns', 'all memory reserved'],
  ],
  'zoo-vgpu': [['DEV-04', 'warns', 'grid_v100d-4q'], ...windows],
  'zoo-sriov': [['NET-14', 'warns', 'Network adapter 1']],
  'zoo-cdrom-iso': [['NEW-16', 'informs', '[LocalDS_0] iso/ubuntu.iso']],
  'zoo-cdrom-client': [],
  'zoo-serial-floppy': [
    ['NEW-16', 'informs', 'telnet://:7001'],
    ['DEV-10', 'informs', 'Floppy'],
    ['OS-02', 'warns', 'Other (32-bit)'],
  ],
  'zoo-snapshots': [['CBT-04', 'warns', '3 snapshots']],
  'zoo-cbt-snapshot': [
    ['CBT-04', 'warns', '1 snapshot'],
    ['CBT-09', 'warns', 'backup-leftover'],
  ],
  'zoo-suspended': [['VM-07', 'blocks', 'suspended'], unreadable],
  'zoo-template': [['VM-14', 'informs', 'zoo-template']],
  'zoo-shared-bus': [['DSK-06', 'blocks', 'Hard disk 1'], ...windows],
  'zoo-encrypted': [['DSK-15', 'blocks', 'the machine’s home'], unreadable, ...windows],
  'zoo-no-tools': [['VM-10b', 'blocks', 'missing']],
  'zoo-tools-stopped': [['VM-10b', 'blocks', 'stopped']],
  'zoo-stuck-shutdown': [smallDisk, ...windows],
  'zoo-disconnected': [['VM-16', 'blocks', 'disconnected'], unreadable],
  'zoo-inaccessible': [['VM-16', 'blocks', 'inaccessible'], unreadable],
  'zoo-question': [['VM-18', 'blocks', 'might have been moved or copied']],
  'zoo-consolidate': [['CBT-05', 'warns', 'zoo-consolidate']],
  'zoo-linked-clone': [['DSK-27', 'informs', 'Hard disk 1: 2 files, 0 snapshots']],
  'zoo-big-disk': [['DSK-28', 'informs', 'Hard disk 2: 4 TiB']],
  'zoo-many-disks': [['DSK-09', 'informs', '14 disks']],
  'zoo-many-nics': [['NET-11', 'warns', 'Network adapter 10']],
  'zoo-no-nic': [smallDisk],
  'zoo-no-disk': [['DSK-20', 'blocks', 'zoo-no-disk']],
  'zoo-odd-size': [['NEW-19', 'informs', '65 MiB becomes 1 GiB (959 MiB more)']],
  'zoo-huge': [
    ['VM-19', 'informs', '128 vCPU; 4 TiB'],
    ['DEV-07', 'warns', 'latency sensitivity high'],
    ['NEW-17', 'warns', 'zoo-huge'],
  ],
  'zoo-macos': [['OS-22', 'blocks', 'macOS 10.14']],
  'zoo-freebsd': [],
  'zoo-nested-esxi': [['NEW-23', 'blocks', 'ESXi 6.5']],
  'zoo name with spaces & <xml> ü 日本/': [smallDisk],
  'zoo-opaque-net': [['NET-16', 'warns', 'DC0_NSX0']],
};

describe('the odd machines of an independent vCenter', () => {
  const signal = AbortSignal.timeout(UP_MS);
  let peer: VspherePeer;
  let source: SourceDriver;
  const machines = new Map<string, InventoryVm>();

  beforeAll(async () => {
    peer = await vspherePeer('vcenter');
    source = await openVsphere(await peer.signIn(), signal);
    for await (const { vms } of source.inventory(signal)) for (const vm of vms) machines.set(vm.name, vm);
  }, UP_MS);
  afterAll(async () => {
    await source[Symbol.asyncDispose]();
    await peer[Symbol.asyncDispose]();
  });
  const check = async (name: string, options = {}) =>
    await checkedAt(source, machines.get(name)?.ref ?? name, options, signal);

  test('are all in this list', () => {
    const zoo = [...machines.keys()].filter((name) => name.startsWith('zoo'));

    expect(zoo.toSorted()).toEqual(Object.keys(expected).toSorted());
  });

  test.each(Object.entries(expected))('%s', async (name, findings) => {
    expect(wrongIn(await check(name), findings)).toEqual([]);
  });

  test('leave nothing that blocks to ordinary ones, unless their tools do not run', async () => {
    const ordinary = [...machines.values()].filter(({ name }) => !name.startsWith('zoo'));
    const withoutTools = ({ power, guest }: InventoryVm): boolean => power === 'on' && guest.tools !== 'running';

    expect(ordinary.length).toBeGreaterThan(10);
    for (const vm of ordinary) {
      const wrong = wrongIn(await check(vm.name), withoutTools(vm) ? [['VM-10b', 'blocks', 'tools']] : []);
      expect(wrong, vm.name).toEqual([]);
    }
    expect(ordinary.filter(withoutTools).length).toBeLessThan(ordinary.length / 4);
  });

  test('are held against what a copy of a running machine needs, where that is asked for', async () => {
    const asItRuns = { whileRunning: 'snapshot' } as const;

    const wrong = [
      ...wrongIn(await check('zoo-pci-passthrough', asItRuns), [
        ['DSK-24', 'blocks', 'passed-through devices'],
        ['VM-08', 'warns', 'zoo-pci-passthrough'],
      ]),
      ...wrongIn(await check('zoo-independent', asItRuns), [['DSK-24', 'blocks', 'Snapshots leave Hard disk 2 out']]),
    ];

    expect(wrong).toEqual([]);
    expect((await check('zoo-lin-running', asItRuns)).passed).toContain('SRC-22');
  });

  test('are told what could not be held against them, and why', async () => {
    const { notHeld } = await check('zoo-lin-running');

    expect(notHeld).toContainEqual({ id: 'CBT-06', why: 'only Hyper-V has it' });
    expect(notHeld).toContainEqual({ id: 'SRC-22', why: 'no snapshot is made for this move' });
  });

  test('leave no trace at the source', async () => {
    expect(await peer.state()).toMatchObject({ leases: 0 });
  });
});
