/** What Guts tells of a vSphere inventory: whole, complete, each machine once, and then what changes in it. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InventoryPage, type InventoryVm } from '../../main/shared/inventory.ts';
import { describeVm } from '../../worker/sources/vsphere/inventory/describe.ts';
import { inventoryPages } from '../../worker/sources/vsphere/inventory/pages.ts';
import { inventoryUpdates } from '../../worker/sources/vsphere/inventory/updates.ts';
import { VsphereSession } from '../../worker/sources/vsphere/session.ts';
import { oddMachine, oddMachineInWords, plainMachine, putPlaces } from './small-machines.ts';
import { ref, SmallVcenter, text, val } from './small-vcenter.ts';

const never = new AbortController().signal;
let vcenter: SmallVcenter;
let session: VsphereSession;

beforeEach(async () => {
  vcenter = await SmallVcenter.start();
  session = await VsphereSession.open(vcenter.signIn(), never);
});
afterEach(async () => {
  await session[Symbol.asyncDispose]();
  await vcenter[Symbol.asyncDispose]();
});

async function wholeInventory(): Promise<InventoryPage> {
  const whole: InventoryPage = { vms: [], networks: [], datastores: [], hosts: [], gone: [], tagged: [], warnings: [] };
  for await (const page of inventoryPages(session, never)) {
    const { vms, networks, datastores, hosts } = InventoryPage.parse(page);
    whole.vms.push(...vms);
    whole.networks.push(...networks);
    whole.datastores.push(...datastores);
    whole.hosts.push(...hosts);
  }
  return whole;
}

const refsOf = (vms: readonly InventoryVm[]): string[] => vms.map(({ ref }) => ref).sort();

function putMachines(count: number): string[] {
  putPlaces(vcenter);
  const refs = Array.from({ length: count }, (_, index) => `vm-${100 + index}`);
  for (const id of refs) vcenter.put('VirtualMachine', id, plainMachine(`web ${id}`));
  return refs;
}

describe('listing an inventory', () => {
  test('says where everything is, before the machines that are there', async () => {
    putMachines(1);

    const pages: InventoryPage[] = [];
    for await (const page of inventoryPages(session, never)) pages.push(page);

    expect(pages.map(({ vms }) => vms.length)).toEqual([0, 1]);
    expect(pages[0]?.hosts).toEqual([
      {
        ref: 'host-1',
        name: 'esx1.lab',
        cluster: 'Gold/Silver',
        isConnected: true,
        inMaintenance: false,
        cpus: 64,
        memoryBytes: 549755813888,
        version: '8.0.3',
      },
      expect.objectContaining({ ref: 'host-2', cluster: null, isConnected: false, inMaintenance: true }),
    ]);
    expect(pages[0]?.datastores).toEqual([
      {
        ref: 'datastore-1',
        name: 'vsan 1',
        kind: 'vsan',
        capacityBytes: 70368744177664,
        freeBytes: 1024,
        isAccessible: true,
        datacenter: 'DC/1',
      },
    ]);
    expect(pages[1]?.vms[0]).toMatchObject({
      folder: 'DC/1/vm/prod',
      datacenter: 'DC/1',
      cluster: 'Gold/Silver',
      host: 'host-1',
    });
  });

  test('names the VLAN of each network where one is known, and leaves out what no machine can be plugged into', async () => {
    putMachines(0);

    const { networks } = await wholeInventory();

    expect(networks.map(({ name, kind, vlanId }) => [name, kind, vlanId])).toEqual([
      ['VM Network', 'standard', 0],
      ['Servers', 'standard', 20],
      ['Hosts disagree', 'standard', null],
      ['All of them', 'standard', null],
      ['dv 30', 'distributed', 30],
      ['dv trunk', 'distributed', null],
      ['segment', 'opaque', null],
    ]);
  });

  test('tells what cards may do on each network, how large a frame may be there, and which VLANs a trunk has', async () => {
    putMachines(0);

    const { networks } = await wholeInventory();

    const none = { promiscuous: false, forgedTransmits: false, macChanges: true };
    expect(networks.map(({ ref: _ref, kind: _kind, vlanId: _vlan, datacenter: _place, ...told }) => told)).toEqual([
      { name: 'VM Network', allows: { ...none, forgedTransmits: true }, mtu: 9000 }, // one host lets it pass
      { name: 'Servers', allows: none, mtu: 1500 },
      { name: 'Hosts disagree', allows: none, mtu: 9000 },
      { name: 'All of them', allows: none, mtu: 1500, trunk: ['1-4094'] },
      {
        name: 'dv 30',
        allows: { promiscuous: true, forgedTransmits: true, macChanges: false },
        mtu: 9000,
        policies: ['limits the bandwidth of what is sent'],
      },
      {
        name: 'dv trunk',
        allows: { promiscuous: false, forgedTransmits: true, macChanges: false },
        mtu: 9000,
        trunk: ['0-4094'],
        policies: ['limits the bandwidth of what is sent'],
      },
      { name: 'segment' },
    ]);
  });

  test('tells every fact of an odd machine that a check asks for', async () => {
    putPlaces(vcenter);
    vcenter.put('VirtualMachine', 'vm-7', oddMachine);

    const { vms } = await wholeInventory();

    expect(vms).toEqual([oddMachineInWords]);
  });

  test.each<[string, (xml: string) => string]>([
    [
      'a prefix of its own',
      (xml) =>
        xml.replaceAll('xsi:type', 'XMLSchema-instance:type').replaceAll('xmlns:xsi', 'xmlns:XMLSchema-instance'),
    ],
    [
      'a declaration at every value',
      (xml) => xml.replaceAll('<val xsi:type', '<val xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type'),
    ],
    [
      'a prefix at every element',
      (xml) => xml.replaceAll(/<(\/?)(?!\/|\?|soapenv:)/g, '<$1vim25:').replaceAll('xmlns=', 'xmlns:vim25='),
    ],
    ['line breaks and blanks', (xml) => xml.replaceAll('><', '>\n  <').replaceAll('xsi:type', '\n xsi:type')],
  ])('reads the same from a server that writes %s', async (_, spelling) => {
    putPlaces(vcenter);
    vcenter.put('VirtualMachine', 'vm-7', oddMachine);
    vcenter.spelling = spelling;

    expect((await wholeInventory()).vms).toEqual([oddMachineInWords]);
  });

  test('a machine of which nearly nothing may be seen is told with what is known', async () => {
    putPlaces(vcenter);
    vcenter.put('VirtualMachine', 'vm-9', { name: text('secret') });

    const { vms } = await wholeInventory();

    expect(vms).toEqual([
      expect.objectContaining({ name: 'secret', folder: '', connection: 'inaccessible', power: 'unknown', disks: [] }),
    ]);
  });

  test('a vApp stands in the path like a folder', async () => {
    putPlaces(vcenter);
    const { parent: _, ...machine } = plainMachine('in an app');
    vcenter.put('VirtualApp', 'resgroup-v1', { name: text('Shop'), parentFolder: ref('Folder', 'group-v2') });
    vcenter.put('VirtualMachine', 'vm-8', { ...machine, parentVApp: ref('VirtualApp', 'resgroup-v1') });

    expect((await wholeInventory()).vms[0]?.folder).toBe('DC/1/vm/prod/Shop');
  });

  test('an empty inventory is no error', async () => {
    expect(await wholeInventory()).toEqual({
      vms: [],
      networks: [],
      datastores: [],
      hosts: [],
      gone: [],
      tagged: [],
      warnings: [],
    });
  });

  test('follows the server’s pages, and closes what it opened', async () => {
    const refs = putMachines(230);
    vcenter.pageObjects = 7;

    const { vms } = await wholeInventory();

    expect(refsOf(vms)).toEqual(refs);
    expect(vcenter.openViews).toBe(0);
  });

  test('whoever stops reading leaves nothing open', async () => {
    putMachines(230);
    vcenter.pageObjects = 50;

    for await (const page of inventoryPages(session, never)) if (page.vms.length > 0) break;

    expect(vcenter.openViews).toBe(0);
    expect(await describeVm(session, 'vm-100', never)).toMatchObject({ name: 'web vm-100' });
  });

  test('tells every machine once, also when the session ends on the way', async () => {
    const refs = putMachines(300);
    vcenter.pageObjects = 60;

    const told: string[] = [];
    let endings = 0;
    for await (const page of inventoryPages(session, never)) {
      told.push(...refsOf(page.vms));
      if (page.vms.length === 0 || endings === 2) continue;
      endings += 1;
      vcenter.expire();
    }

    expect(endings).toBe(2);
    expect(told.sort()).toEqual(refs);
  });

  test('goes on when the connection breaks in the middle of a page', async () => {
    const refs = putMachines(300);
    vcenter.pageObjects = 60;
    vcenter.mishaps.set('RetrievePropertiesEx', [{ cutAt: 700 }, null, { cutAt: 20_000 }]);
    vcenter.mishaps.set('ContinueRetrievePropertiesEx', [null, { cutAt: 50_000 }]);

    const { vms } = await wholeInventory();

    expect(refsOf(vms)).toEqual(refs);
  });

  test.each([
    ['a login page', '<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in</body></html>'],
    [
      'an envelope with garbage in it',
      `<soapenv:Envelope xmlns:soapenv="e"><soapenv:Body><a></b></soapenv:Body></soapenv:Envelope>${' '.repeat(300)}`,
    ],
    ['half an envelope', `<soapenv:Envelope xmlns:soapenv="e"><soapenv:Body>${' '.repeat(300)}`],
  ])('%s instead of an answer ends in a clear word', async (_, instead) => {
    putMachines(3);
    vcenter.mishaps.set('RetrievePropertiesEx', [{ instead }]);

    await expect(wholeInventory()).rejects.toMatchObject({ code: 'net.strange-answer' });
  });

  test('stops for a signal, with its reason', async () => {
    putMachines(230);
    const cancel = new AbortController();
    const reading = (async () => {
      for await (const page of inventoryPages(session, cancel.signal))
        if (page.vms.length > 0) cancel.abort('the operator changed their mind');
    })();

    await expect(reading).rejects.toBe('the operator changed their mind');
  });
});

describe('describing one machine', () => {
  test('tells what the inventory tells', async () => {
    putPlaces(vcenter);
    vcenter.put('VirtualMachine', 'vm-7', oddMachine);
    vcenter.put('VirtualMachine', 'vm-8', plainMachine('web'));

    expect(await describeVm(session, 'vm-7', never)).toEqual(oddMachineInWords);
    expect(await describeVm(session, 'vm-8', never)).toMatchObject({ name: 'web', folder: 'DC/1/vm/prod' });
  });

  test('a machine that is gone is named, with a way out', async () => {
    putPlaces(vcenter);

    await expect(describeVm(session, 'vm-404', never)).rejects.toMatchObject({
      code: 'source.vm-missing',
      message: expect.stringContaining('vm-404'),
      remedy: expect.stringContaining('Refresh'),
    });
  });

  test('a machine’s ref cannot break out of the question', async () => {
    await expect(describeVm(session, 'vm-1</obj><skip>true</skip>', never)).rejects.toMatchObject({
      code: 'source.vm-missing',
    });
  });
});

describe('hearing of changes', () => {
  /** The next page that updates tell, after something was done. */
  async function nextAfter(updates: AsyncIterator<InventoryPage>, act: () => void): Promise<InventoryPage> {
    const next = updates.next();
    act();
    const { value, done } = await next;
    if (done === true) throw new Error('updates have ended');
    return InventoryPage.parse(value);
  }
  const untouched = { networks: [], datastores: [], hosts: [], gone: [], tagged: [], warnings: [] };

  test('a machine that changes, one that comes and one that goes are told as they are then', async () => {
    putMachines(5);
    await wholeInventory();
    const updates = inventoryUpdates(session, never);

    const on = await nextAfter(updates, () =>
      vcenter.put('VirtualMachine', 'vm-101', {
        ...plainMachine('web vm-101'),
        'runtime.powerState': val('VirtualMachinePowerState', 'poweredOn'),
      }),
    );
    const come = await nextAfter(updates, () => vcenter.put('VirtualMachine', 'vm-900', plainMachine('new')));
    const gone = await nextAfter(updates, () => vcenter.remove('vm-102'));
    await updates.return(undefined);

    expect(on).toEqual({ ...untouched, vms: [expect.objectContaining({ ref: 'vm-101', power: 'on' })] });
    expect(come).toEqual({ ...untouched, vms: [expect.objectContaining({ ref: 'vm-900', folder: 'DC/1/vm/prod' })] });
    expect(gone).toEqual({ ...untouched, vms: [], gone: ['vm-102'] });
    expect([vcenter.openViews, vcenter.openCollectors]).toEqual([0, 0]);
  });

  test('what happened between the listing and the first wait is told', async () => {
    putMachines(5);
    await wholeInventory();
    vcenter.put('VirtualMachine', 'vm-103', plainMachine('renamed'));
    vcenter.remove('vm-104');

    const updates = inventoryUpdates(session, never);
    const first = await nextAfter(updates, () => {});
    const second = await nextAfter(updates, () => {});
    await updates.return(undefined);

    expect([...first.gone, ...second.gone]).toEqual(['vm-104']);
    expect([...first.vms, ...second.vms].map(({ ref, name }) => [ref, name])).toEqual([['vm-103', 'renamed']]);
  });

  test('what happened while no session was there is told when there is one again', async () => {
    putMachines(5);
    await wholeInventory();
    const updates = inventoryUpdates(session, never);
    await nextAfter(updates, () => vcenter.put('VirtualMachine', 'vm-100', plainMachine('one')));

    const after = await nextAfter(updates, () => {
      vcenter.expire();
      vcenter.put('VirtualMachine', 'vm-101', plainMachine('two'));
    });
    await updates.return(undefined);

    expect(after).toEqual({ ...untouched, vms: [expect.objectContaining({ ref: 'vm-101', name: 'two' })] });
  });

  test('a folder’s new name is told of every machine in it', async () => {
    const refs = putMachines(5);
    await wholeInventory();
    const updates = inventoryUpdates(session, never);

    const page = await nextAfter(updates, () =>
      vcenter.put('Folder', 'group-v2', { name: text('retired'), parent: ref('Folder', 'group-v1') }),
    );
    await updates.return(undefined);

    expect(refsOf(page.vms)).toEqual(refs);
    expect(new Set(page.vms.map(({ folder }) => folder))).toEqual(new Set(['DC/1/vm/retired']));
  });

  test('a host that goes into maintenance is told alone', async () => {
    putMachines(5);
    await wholeInventory();
    const updates = inventoryUpdates(session, never);

    const page = await nextAfter(updates, () => putPlaces(vcenter, { isHost1InMaintenance: true }));
    await updates.return(undefined);

    expect(page).toEqual({
      ...untouched,
      vms: [],
      hosts: [expect.objectContaining({ ref: 'host-1', inMaintenance: true, cluster: 'Gold/Silver' })],
    });
  });

  test('stops for a signal while nothing happens', async () => {
    putMachines(1);
    await wholeInventory();
    const cancel = new AbortController();
    const updates = inventoryUpdates(session, cancel.signal);
    await nextAfter(updates, () => vcenter.put('VirtualMachine', 'vm-100', plainMachine('one')));

    const waiting = updates.next();
    cancel.abort('enough');

    await expect(waiting).rejects.toBe('enough');
  });
});
