/** Images, ports, volumes and servers in a real OpenStack: made, adopted after a crash, proved, undone. */
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { defaultOptions, type MigrationPlan, type PlannedPort } from '../../main/shared/migration.ts';
import type { CloudFacts } from '../../main/shared/cloud.ts';
import { CloudSession } from '../../worker/destinations/openstack/cloud-session.ts';
import { openOpenstack } from '../../worker/destinations/openstack/driver.ts';
import type { DestinationDriver, ImageSpec } from '../../worker/drivers.ts';
import { z } from 'zod';
import { MemoryLedger } from '../support/memory-ledger.ts';
import { plan, plannedDisk, serverSpec } from '../support/moves.ts';
import { openstackPeer, type OpenstackPeer } from './openstack-peer.ts';

const never = new AbortController().signal;
let peer: OpenstackPeer;
let cloud: DestinationDriver;
let session: CloudSession;
let facts: CloudFacts;
let raw: Buffer;
let qcow2: Buffer;
let ledger: MemoryLedger;

const newTag = (): string => `guts-mig_h5${randomBytes(5).toString('hex')}`;
const newMac = (): string =>
  `00:50:56:${[...randomBytes(3)].map((byte) => byte.toString(16).padStart(2, '0')).join(':')}`;

beforeAll(async () => {
  peer = await openstackPeer();
  [raw, qcow2] = await Promise.all([readFile(peer.guestRaw), readFile(peer.guestQcow2)]);
  cloud = await openOpenstack(peer.member, never);
  session = await CloudSession.open(peer.member, never);
  facts = await cloud.facts(never);
  ledger = new MemoryLedger(newTag());
});

afterEach(async () => {
  await ledger.undo(cloud, never);
  const left = await cloud.leftovers(never);
  const ours = left.filter(({ name }) => name.startsWith(ledger.tag));
  ledger = new MemoryLedger(newTag());
  if (ours.length > 0) throw new Error(`left behind: ${JSON.stringify(ours)}`);
});

afterAll(async () => {
  await cloud[Symbol.asyncDispose]();
  await session[Symbol.asyncDispose]();
});

const imageSpec = (key: string, change: Partial<ImageSpec> = {}): ImageSpec => ({
  key: `image:${key}`,
  name: `${ledger.tag}-disk-${key}`,
  format: 'qcow2',
  minDiskGiB: 1,
  properties: { hw_disk_bus: 'virtio', hw_vif_model: 'virtio', os_distro: 'debian' },
  ...change,
});

async function upload(spec: ImageSpec, bytes: Buffer): Promise<{ id: string; evidence: string }> {
  await using image = await cloud.openImage(spec, ledger, never);
  for (let at = 0; at < bytes.byteLength; at += 1_000_000) await image.append(bytes.subarray(at, at + 1_000_000));
  const sha512 = createHash('sha512').update(bytes).digest('hex');
  const { evidence } = await image.finish({ sha512, sizeBytes: bytes.byteLength }, never);
  return { id: image.imageId, evidence };
}

/** A port on the lab's network with a chosen MAC and address. */
function port(address: string, mac = newMac(), nicKey = '4000'): PlannedPort {
  const lan = facts.networks.find(({ name }) => name === 'lan');
  const subnetId = lan?.subnets[0]?.id ?? '';
  return {
    nicKey,
    label: `Network adapter ${nicKey}`,
    networkId: lan?.id ?? '',
    networkName: 'lan',
    mac,
    fixedIps: [{ subnetId, address }],
  };
}

const openGroup = (): string[] => facts.securityGroups.filter(({ name }) => name === 'open').map(({ id }) => id);
const watched = { ...defaultOptions, consoleMarker: 'GUEST-READY', bootTimeoutSeconds: 300 };

describe('a guest in a real OpenStack', () => {
  test('boots from a qcow2 image with its MAC and address, and is proved to be what was planned', async () => {
    const { id, evidence } = await upload(imageSpec('2000'), qcow2);
    expect(evidence).toContain('SHA-512');
    const nic = port('192.0.2.231');
    const planned = plan('h5-from-image', { ports: [nic], securityGroupIds: openGroup() });

    const spec = serverSpec(ledger.tag, planned, new Map([['2000', id]]));
    const server = await cloud.provision(spec, ledger, never);
    const boot = await cloud.watchBoot(server, watched, never);
    const proofs = await cloud.verify(server, planned, never);
    await cloud.cleanUp(server, ledger, spec.options, never);

    expect(server.ports[0]).toMatchObject({ mac: nic.mac, addresses: ['192.0.2.231'] });
    expect(boot.verdict).toBe('running');
    expect(boot.console.join('\n')).toMatch(new RegExp(`GUEST-NIC.*${nic.mac}`, 'i'));
    expect(proofs).toHaveLength(2);
    const left = await cloud.leftovers(never);
    expect(left.filter(({ name }) => name.startsWith(ledger.tag))).toEqual([]); // it is the operator's now
  });

  test('boots from a volume of a raw image, with a second disk and a floating address; the images go', async () => {
    const system = await upload(imageSpec('2000', { format: 'raw' }), raw);
    const data = await upload(imageSpec('2001', { format: 'raw' }), Buffer.alloc(3_000_000, 'data'));
    const external = facts.networks.find(({ isExternal }) => isExternal);
    const planned = plan('h5-from-volume', {
      disks: [plannedDisk('2000', { bootIndex: 0 }), plannedDisk('2001')],
      ports: [port('192.0.2.232')],
      securityGroupIds: openGroup(),
      floatingNetworkId: external?.id ?? null,
    });
    const images = new Map([
      ['2000', system.id],
      ['2001', data.id],
    ]);
    const spec = serverSpec(ledger.tag, planned, images, { boot: 'volume' });

    const server = await cloud.provision(spec, ledger, never);
    const boot = await cloud.watchBoot(server, watched, never);
    const proofs = await cloud.verify(server, planned, never);
    await cloud.cleanUp(server, ledger, spec.options, never);

    expect([...server.volumeIds.keys()]).toEqual(['2000', '2001']);
    expect(server.ports[0]?.floating).toMatch(/^203\.0\.113\./);
    expect(boot.verdict).toBe('running');
    expect(proofs.at(-1)?.claim).toBe('Every volume is attached.');
    expect(ledger.items.filter(({ kind }) => kind === 'image')).toEqual([]);
  });

  test('boots from an image with a data disk beside it', async () => {
    const system = await upload(imageSpec('2000'), qcow2);
    const data = await upload(imageSpec('2001', { format: 'raw' }), Buffer.alloc(3_000_000, 'data'));
    const planned = plan('h5-with-data', { disks: [plannedDisk('2000', { bootIndex: 0 }), plannedDisk('2001')] });
    const images = new Map([
      ['2000', system.id],
      ['2001', data.id],
    ]);

    const server = await cloud.provision(serverSpec(ledger.tag, planned, images), ledger, never);
    const boot = await cloud.watchBoot(server, watched, never);

    expect([...server.volumeIds.keys()]).toEqual(['2001']);
    expect(boot.verdict).toBe('running');
    await expect(cloud.verify(server, planned, never)).resolves.toHaveLength(2);
  });
});

describe('what goes wrong', () => {
  test('an upload that broke half way is sent again into the same image', async () => {
    let first: string;
    {
      await using image = await cloud.openImage(imageSpec('2000'), ledger, never);
      await image.append(qcow2.subarray(0, 5_000_000));
      first = image.imageId;
    }

    const again = await upload(imageSpec('2000'), qcow2);

    expect(again.id).toBe(first);
  });

  test('an image whose id never came back is found by its name', async () => {
    await using image = await cloud.openImage(imageSpec('2000'), ledger, never);
    ledger.forgetId('image:2000');
    await using same = await cloud.openImage(imageSpec('2000'), ledger, never);

    expect(same.imageId).toBe(image.imageId);
  });

  test('an image that was sent already is replaced by a fresh one, and other bytes are not taken for ours', async () => {
    const first = await upload(imageSpec('2000'), qcow2);
    await using image = await cloud.openImage(imageSpec('2000'), ledger, never);
    await image.append(qcow2);
    const sha512 = createHash('sha512').update('something else').digest('hex');

    await expect(image.finish({ sha512, sizeBytes: qcow2.byteLength }, never)).rejects.toMatchObject({
      code: 'openstack.image-differs',
    });
    expect(image.imageId).not.toBe(first.id);
  });

  test('a MAC and an address that are taken are named, and the ports made before are undone', async () => {
    const { id } = await upload(imageSpec('2000'), qcow2);
    const images = new Map([['2000', id]]);
    const taken = port('192.0.2.233');
    const provision = async (ports: PlannedPort[]): Promise<unknown> =>
      await cloud.provision(serverSpec(ledger.tag, plan('h5-taken', { ports }), images), ledger, never);

    await expect(provision([taken, port('192.0.2.234', taken.mac ?? '', '4001')])).rejects.toMatchObject({
      code: 'openstack.mac-in-use',
    });
    await expect(provision([taken, port('192.0.2.233', newMac(), '4002')])).rejects.toMatchObject({
      code: 'openstack.address-in-use',
    });
  });

  test('after a crash everything that is there is used, and nothing is made twice', async () => {
    const { id } = await upload(imageSpec('2000'), qcow2);
    const planned = plan('h5-crashed', { ports: [port('192.0.2.235')] });
    const spec = serverSpec(ledger.tag, planned, new Map([['2000', id]]));
    const first = await cloud.provision(spec, ledger, never);

    const second = await cloud.provision(spec, ledger, never);
    ledger.forgetId('server');
    ledger.forgetId('port:4000');
    const third = await cloud.provision(spec, ledger, never);

    expect([second.id, third.id]).toEqual([first.id, first.id]);
    expect(third.ports).toEqual(first.ports);
  });

  test('things whose ids never came back are undone by their names', async () => {
    const { id } = await upload(imageSpec('2000'), qcow2);
    const planned = plan('h5-forgotten', { ports: [port('192.0.2.236')] });
    const spec = serverSpec(ledger.tag, planned, new Map([['2000', id]]));
    const server = await cloud.provision(spec, ledger, never);
    const left = (await cloud.leftovers(never)).filter(({ name }) => name.startsWith(ledger.tag));
    expect(left.map(({ kind }) => kind)).toEqual(['server', 'port', 'image']);

    for (const { key } of ledger.items) ledger.forgetId(key);
    await ledger.undo(cloud, never);

    const gone = session.request('compute', 'GET', `/servers/${server.id}`, { schema: z.unknown(), signal: never });
    await expect(gone).rejects.toMatchObject({ code: 'openstack.not-found' });
  });

  test('a server that no host takes ends with Nova’s own words', async () => {
    const tpm = imageSpec('2000', { properties: { hw_tpm_version: '2.0', hw_tpm_model: 'tpm-tis' } });
    const { id } = await upload(tpm, qcow2);

    const failed = cloud.provision(serverSpec(ledger.tag, plan('h5-tpm'), new Map([['2000', id]])), ledger, never);

    await expect(failed).rejects.toMatchObject({
      code: 'openstack.server-failed',
      message: expect.stringMatching(/No valid host/) as string,
    });
  });

  test('a flavor that is too small, and one that is not there, are refused in the cloud’s words', async () => {
    const { id } = await upload(imageSpec('2000', { minDiskGiB: 4 }), qcow2);
    const provision = async (flavor: MigrationPlan['flavor']['value']): Promise<unknown> => {
      const planned = plan('h5-flavor', { flavor: { value: flavor, reason: '' } });
      return await cloud.provision(serverSpec(ledger.tag, planned, new Map([['2000', id]])), ledger, never);
    };

    await expect(provision({ id: '2', name: 'm1.tiny' })).rejects.toMatchObject({ code: 'openstack.bad-request' });
    await expect(provision({ id: '1', name: 'm1.nano' })).rejects.toMatchObject({
      code: 'openstack.flavor-without-disk',
    });
    await expect(provision({ id: 'none', name: 'none' })).rejects.toMatchObject({ name: /BadRequest|NotFound/ });
  });

  test('a volume that does not fit into the quota is refused, with nothing made', async () => {
    const { id } = await upload(imageSpec('2000'), qcow2);
    const planned = plan('h5-quota', { disks: [plannedDisk('2000', { bootIndex: 0, sizeGiB: 100_000 })] });
    const spec = serverSpec(ledger.tag, planned, new Map([['2000', id]]), { boot: 'volume' });

    await expect(cloud.provision(spec, ledger, never)).rejects.toMatchObject({ code: 'openstack.quota-exceeded' });
  });

  test('a cancelled upload leaves nothing', async () => {
    const cancel = new AbortController();
    await using image = await cloud.openImage(imageSpec('2000'), ledger, cancel.signal);
    await image.append(qcow2.subarray(0, 3_000_000));
    cancel.abort('operator cancelled');

    await expect(image.append(qcow2)).rejects.toBe('operator cancelled');
    await ledger.undo(cloud, never);
    const gone = session.request('image', 'GET', `/images/${image.imageId}`, { schema: z.unknown(), signal: never });
    await expect(gone).rejects.toMatchObject({ code: 'openstack.not-found' });
  });
});

describe('an admin', () => {
  test('gets a flavor made to measure, private to the project, and it goes with the rest', async () => {
    await using admin = await openOpenstack(peer.admin, never);
    const adminLedger = new MemoryLedger(newTag());
    const name = `h5-flavor-${randomBytes(3).toString('hex')}`;
    const planned = plan('h5-admin', { flavor: { value: { id: null, name }, reason: '' } });
    const bytes = qcow2;
    const spec = { ...imageSpec('2000'), name: `${adminLedger.tag}-disk-2000` };
    try {
      await using image = await admin.openImage(spec, adminLedger, never);
      await image.append(bytes);
      await image.finish(
        { sha512: createHash('sha512').update(bytes).digest('hex'), sizeBytes: bytes.byteLength },
        never,
      );
      const server = await admin.provision(
        serverSpec(adminLedger.tag, planned, new Map([['2000', image.imageId]])),
        adminLedger,
        never,
      );

      expect(server.flavor).toBe(name);
      await expect(admin.verify(server, planned, never)).resolves.toHaveLength(1);
    } finally {
      await adminLedger.undo(admin, never);
    }
    const left = await admin.leftovers(never);
    expect(left.filter(({ name }) => name.startsWith(adminLedger.tag))).toEqual([]);
  });
});
