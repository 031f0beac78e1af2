/** The inventory of an independent vCenter and ESXi host: every odd machine is seen as it is, and nothing is lost on the way. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { InventoryPage, type InventoryVm } from '../../main/shared/inventory.ts';
import { describeVm } from '../../worker/sources/vsphere/inventory/describe.ts';
import { inventoryPages } from '../../worker/sources/vsphere/inventory/pages.ts';
import { inventoryUpdates } from '../../worker/sources/vsphere/inventory/updates.ts';
import { VsphereSession } from '../../worker/sources/vsphere/session.ts';
import { withTags } from '../../worker/sources/vsphere/tags.ts';
import { type VspherePeer, vspherePeer } from './vsphere-peer.ts';

const never = new AbortController().signal;
/** More than fit in one page, whatever we ask for. */
const FLAGS = ['-vm', '300', '-page-cap', '60'];

type VmFacts = { readonly [K in keyof InventoryVm]?: unknown };
const diskWith = (facts: object): unknown => expect.arrayContaining([expect.objectContaining(facts)]);
const onController = (facts: object): VmFacts => ({
  disks: diskWith({ controller: expect.objectContaining(facts) }),
});

/** What the peer's own README and sources say of its machines. */
const odd: Record<string, VmFacts> = {
  'zoo-lin-bios': {
    firmware: 'bios',
    changeTracking: true,
    power: 'on',
    guest: expect.objectContaining({ tools: 'running', isToolsOld: false }),
  },
  'zoo-lin-efi-2disk': {
    firmware: 'uefi',
    power: 'off',
    disks: [
      expect.objectContaining({ key: '2000', sizeBytes: 67108864, isThin: false, changeId: null, chainLength: 1 }),
      expect.objectContaining({ key: '2001', sizeBytes: 67108864, isThin: true }),
    ],
    nics: [expect.objectContaining({ key: '4000' }), expect.objectContaining({ key: '4001' })],
  },
  'zoo-win-secureboot-vtpm': {
    secureBoot: true,
    hasTpm: true,
    firmware: 'uefi',
    ...onController({ kind: 'scsi', model: 'lsisas1068' }),
  },
  'zoo-win2012-oldtools': {
    guest: expect.objectContaining({ isToolsOld: true }),
    ...onController({ model: 'lsilogic' }),
  },
  'zoo-win2003-ide': {
    ...onController({ kind: 'ide', model: 'ide' }),
    guest: expect.objectContaining({ tools: 'missing' }),
    nics: [expect.objectContaining({ model: 'pcnet32' })],
  },
  'zoo-buslogic': onController({ kind: 'scsi', model: 'buslogic' }),
  'zoo-sata': onController({ kind: 'sata', model: 'ahci' }),
  'zoo-nvme': onController({ kind: 'nvme', model: 'nvme' }),
  'zoo-rdm-physical': { disks: diskWith({ rawDevice: 'physical', sizeBytes: 107374182400 }) },
  'zoo-rdm-virtual': { disks: diskWith({ rawDevice: 'virtual', mode: 'persistent' }) },
  'zoo-independent': {
    disks: [
      expect.objectContaining({ mode: 'persistent' }),
      expect.objectContaining({ mode: 'independentPersistent' }),
      expect.objectContaining({ mode: 'independentNonpersistent' }),
    ],
  },
  'zoo-usb': { passthrough: [expect.stringContaining('USB')] },
  'zoo-pci-passthrough': { passthrough: [expect.stringContaining('PCI')] },
  'zoo-vgpu': { passthrough: [expect.stringContaining('grid_v100d-4q')] },
  'zoo-sriov': { nics: [expect.objectContaining({ model: 'sriov', networkName: 'VM Network' })] },
  'zoo-snapshots': {
    snapshots: [
      expect.objectContaining({ name: 'before-upgrade', depth: 0 }),
      expect.objectContaining({ name: 'after-upgrade', depth: 1 }),
      expect.objectContaining({ name: 'nightly', depth: 2 }),
    ],
    disks: [expect.objectContaining({ chainLength: 4 })],
  },
  'zoo-cbt-snapshot': {
    changeTracking: true,
    disks: [expect.objectContaining({ chainLength: 2, changeId: expect.stringMatching(/^[0-9a-f -]{47}\/\d+$/) })],
  },
  'zoo-suspended': { power: 'suspended' },
  'zoo-template': { isTemplate: true },
  'zoo-shared-bus': {
    disks: [expect.objectContaining({ isMultiWriter: true, controller: expect.objectContaining({ isShared: true }) })],
  },
  'zoo-encrypted': { isEncrypted: true, disks: [expect.objectContaining({ isEncrypted: true })] },
  'zoo-no-tools': {
    power: 'on',
    guest: expect.objectContaining({ tools: 'missing' }),
    nics: [expect.objectContaining({ ipAddresses: [] })],
  },
  'zoo-tools-stopped': { guest: expect.objectContaining({ tools: 'stopped' }) },
  'zoo-disconnected': { connection: 'disconnected' },
  'zoo-inaccessible': { connection: 'inaccessible' },
  'zoo-consolidate': { needsConsolidation: true },
  'zoo-linked-clone': { disks: [expect.objectContaining({ chainLength: 2 })] },
  'zoo-big-disk': { disks: diskWith({ sizeBytes: 4398046511104 }) },
  'zoo-many-disks': { disks: expect.objectContaining({ length: 14 }) },
  'zoo-many-nics': { nics: expect.objectContaining({ length: 10 }) },
  'zoo-no-nic': { nics: [] },
  'zoo-no-disk': { disks: [] },
  'zoo-odd-size': { disks: [expect.objectContaining({ sizeBytes: 68157440 })] },
  'zoo-huge': { cpus: 128, coresPerSocket: 32, memoryBytes: 4398046511104 },
  'zoo-macos': { guestOsId: 'darwin18_64Guest' },
  'zoo name with spaces & <xml> ü 日本/': { disks: diskWith({ file: expect.stringContaining('ü 日本%2f.vmdk') }) },
};

describe.each(['vcenter', 'esxi'] as const)('the inventory of a %s', (kind) => {
  let peer: VspherePeer;
  let session: VsphereSession;
  let machines = 0;

  beforeAll(async () => {
    peer = await vspherePeer(kind, ...FLAGS);
    session = await VsphereSession.open(await peer.signIn(), never);
    machines = await peer.machineCount();
  });
  afterEach(async () => await peer.reset());
  afterAll(async () => {
    await session[Symbol.asyncDispose]();
    await peer[Symbol.asyncDispose]();
  });

  async function whole(onPage: (page: InventoryPage) => Promise<void> = async () => {}): Promise<InventoryPage> {
    const all: InventoryPage = { vms: [], networks: [], datastores: [], hosts: [], gone: [], tagged: [], warnings: [] };
    for await (const page of inventoryPages(session, never)) {
      const checked = InventoryPage.parse(page);
      for (const list of ['vms', 'networks', 'datastores', 'hosts'] as const)
        (all[list] as unknown[]).push(...checked[list]); // the same list of both
      await onPage(checked);
    }
    return all;
  }
  /** Every machine that the peer says it has, by name, is there once. */
  async function proveComplete({ vms }: InventoryPage): Promise<void> {
    const refs = new Set(vms.map(({ ref }) => ref));

    expect(refs.size).toBe(vms.length);
    for (const name of Object.keys(odd)) expect(vms.map((vm) => vm.name)).toContain(name);
    expect(vms.length).toBe(machines);
  }

  test('has every machine once, page by page, with its place', async () => {
    const all = await whole();

    await proveComplete(all);
    const datacenter = kind === 'vcenter' ? 'DC0' : 'ha-datacenter';
    expect(all.hosts.length).toBeGreaterThan(0);
    expect(all.datastores.map(({ kind }) => kind).sort()).toContain('VMFS');
    for (const vm of all.vms) {
      expect(vm).toMatchObject({ folder: `${datacenter}/vm`, datacenter, biosUuid: expect.any(String) });
      expect(all.hosts.map(({ ref }) => ref)).toContain(vm.host);
      for (const { datastore } of vm.disks) expect(all.datastores.map(({ ref }) => ref)).toContain(datastore);
      for (const { network } of vm.nics) expect(all.networks.map(({ ref }) => ref)).toContain(network);
    }
  });

  test('says of a standard port group what its hosts let pass, and how large frames are there', async () => {
    await using fresh = await VsphereSession.open(await peer.signIn(), never); // places are told once in a session
    const networks: InventoryPage['networks'] = [];
    for await (const page of inventoryPages(fresh, never)) networks.push(...page.networks);

    const allows = { promiscuous: false, forgedTransmits: true, macChanges: true };
    expect(networks).toContainEqual(
      expect.objectContaining({ name: 'VM Network', kind: 'standard', vlanId: 0, allows, mtu: 1500 }),
    );
  });

  test('is told without tags, which the peer cannot tell, and says so', async () => {
    const signIn = await peer.signIn();
    let count = 0;
    const warnings: string[] = [];
    for await (const page of withTags(inventoryPages(session, never), session, signIn, never)) {
      count += page.vms.length;
      expect(page.tagged).toEqual([]);
      warnings.push(...page.warnings);
    }

    expect(count).toBe(machines);
    expect(warnings).toEqual([
      expect.stringContaining(kind === 'vcenter' ? 'has no REST interface' : 'kept by a vCenter'),
    ]);
  });

  test('shows what is odd about each odd machine', async () => {
    const { vms } = await whole();

    for (const [name, facts] of Object.entries(odd)) {
      expect(
        vms.find((vm) => vm.name === name),
        name,
      ).toMatchObject(facts);
    }
  });

  test('a machine by itself is described as the inventory has it', async () => {
    const { vms } = await whole();

    for (const vm of vms.filter(({ name }) => name.startsWith('zoo')))
      expect(await describeVm(session, vm.ref, never)).toEqual(vm);
    await expect(describeVm(session, 'vm-404404', never)).rejects.toMatchObject({ code: 'source.vm-missing' });
  });

  test('is whole although the session ends twice on the way', async () => {
    let endings = 0;
    const all = await whole(async ({ vms }) => {
      if (vms.length === 0 || endings === 2) return;
      endings += 1;
      await peer.post('/session/expire');
    });

    expect(endings).toBe(2);
    await proveComplete(all);
  });

  test.each([
    ['the server is busy', { kind: 'http', status: 503, nth: 1, count: 2 }],
    ['a connection drops', { kind: 'drop', nth: 2, count: 1 }],
    ['an answer is late', { kind: 'delay', delayMs: 300, nth: 1, count: 3 }],
  ])('is whole although %s', async (_, fault) => {
    await peer.fault({ where: 'soap', method: '.*RetrievePropertiesEx', ...fault });

    await proveComplete(await whole());
  });

  test('a web page instead of an answer ends in a clear word', async () => {
    await peer.fault({ where: 'soap', kind: 'garbage', method: '.*RetrievePropertiesEx', nth: 2, count: -1 });

    await expect(whole()).rejects.toMatchObject({ code: 'net.strange-answer' });
  });

  test('says what was switched on meanwhile, and what while no session was there', async () => {
    const { vms } = await whole();
    const [first, second] = vms.filter(({ name, power }) => power === 'off' && name.startsWith('zoo-lin'));
    const updates = inventoryUpdates(session, never);
    const power = async (vm: InventoryVm | undefined, method: 'PowerOnVM_Task' | 'PowerOffVM_Task'): Promise<void> =>
      void (await session.call(method, { type: 'VirtualMachine', id: vm?.ref ?? '' }, {}, never));
    /** Changes as they are told, until this one is. */
    const heard = async (vm: InventoryVm | undefined, state: string): Promise<void> => {
      for (;;) {
        const { value } = await updates.next();
        const { vms } = InventoryPage.parse(value);
        if (vms.some(({ ref, power }) => ref === vm?.ref && power === state)) return;
      }
    };

    await power(first, 'PowerOnVM_Task');
    await heard(first, 'on');
    const next = heard(first, 'off');
    await power(first, 'PowerOffVM_Task');
    await next;
    await peer.post('/session/expire');
    const other = second ?? first;
    const last = heard(other, 'on');
    await power(other, 'PowerOnVM_Task');
    await last;
    await power(other, 'PowerOffVM_Task');
    await updates.return(undefined);

    expect((await describeVm(session, other?.ref ?? '', never)).power).toBe('off');
  });
});
