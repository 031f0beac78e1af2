/** Guts' own driver in the built-in OpenStack: what it makes is really there, and what goes wrong there is told well. */
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { CloudFacts } from '../../main/shared/cloud.ts';
import { defaultOptions, type PlannedPort } from '../../main/shared/migration.ts';
import { openOpenstack } from '../../worker/destinations/openstack/driver.ts';
import type { DestinationDriver, ImageSpec, ServerSpec } from '../../worker/drivers.ts';
import { MemoryLedger } from '../support/memory-ledger.ts';
import { plan, plannedDisk, serverSpec } from '../support/moves.ts';
import { signInAs, signInWithCredential, signInWithNamedCredential } from './openstack/sign-in.ts';
import { startOpenstack, type OpenstackLab, type OpenstackOptions } from './openstack/start.ts';

const never = new AbortController().signal;
const TAG = 'guts-mig_0123456789ab';
const SYSTEM = randomBytes(3_000_000);
const DATA = randomBytes(2_000_000);
const nothing = { images: [], volumes: [], ports: [], floatingIps: [], servers: [], flavors: [] };

interface Scene extends AsyncDisposable {
  readonly lab: OpenstackLab;
  readonly cloud: DestinationDriver;
  readonly ledger: MemoryLedger;
}

async function scene(options: OpenstackOptions = {}, user?: string): Promise<Scene> {
  const lab = await startOpenstack({ buildMs: 20, ...options });
  const cloud = await openOpenstack(signInAs(lab, user), never);
  const ledger = new MemoryLedger(TAG);
  const end = async (): Promise<void> => {
    await cloud[Symbol.asyncDispose]();
    await lab[Symbol.asyncDispose]();
  };
  return { lab, cloud, ledger, [Symbol.asyncDispose]: end };
}

async function upload(
  { cloud, ledger }: Scene,
  key: string,
  bytes: Buffer,
  change: Partial<ImageSpec> = {},
): Promise<string> {
  const spec: ImageSpec = {
    key: `image:${key}`,
    name: `${TAG}-disk-${key}`,
    format: 'raw',
    minDiskGiB: 1,
    properties: { hw_disk_bus: 'virtio' },
    ...change,
  };
  await using image = await cloud.openImage(spec, ledger, never);
  for (let at = 0; at < bytes.byteLength; at += 262_144) await image.append(bytes.subarray(at, at + 262_144));
  await image.finish({ sha512: createHash('sha512').update(bytes).digest('hex'), sizeBytes: bytes.byteLength }, never);
  return image.imageId;
}

function nic(facts: CloudFacts, address: string, name = 'lan'): PlannedPort {
  const network = facts.networks.find((one) => one.name === name);
  return {
    nicKey: '4000',
    label: 'Network adapter 1',
    networkId: network?.id ?? '',
    networkName: name,
    mac: '00:50:56:01:02:03',
    fixedIps: [{ subnetId: network?.subnets[0]?.id ?? '', address }],
  };
}

async function twoDisks(stage: Scene, boot: 'image' | 'volume'): Promise<ServerSpec> {
  const facts = await stage.cloud.facts(never);
  const planned = plan('shop', {
    disks: [plannedDisk('2000', { bootIndex: 0 }), plannedDisk('2001')],
    ports: [nic(facts, '192.0.2.50')],
    floatingNetworkId: facts.networks.find(({ isExternal }) => isExternal)?.id ?? null,
  });
  const images = new Map([
    ['2000', await upload(stage, '2000', SYSTEM)],
    ['2001', await upload(stage, '2001', DATA)],
  ]);
  return serverSpec(TAG, planned, images, { boot });
}

describe('a machine that was moved into the built-in cloud', () => {
  test.each(['image', 'volume'] as const)(
    'runs from its %s with its own disks, MAC and address, and goes without a trace',
    async (boot) => {
      await using stage = await scene();
      const { lab, cloud, ledger } = stage;
      const spec = await twoDisks(stage, boot);

      const server = await cloud.provision(spec, ledger, never);
      const watched = await cloud.watchBoot(server, { ...defaultOptions, bootTimeoutSeconds: 30 }, never);
      await cloud.verify(server, spec.plan, never);
      await cloud.cleanUp(server, ledger, spec.options, never);

      expect(server.ports[0]).toMatchObject({
        mac: '00:50:56:01:02:03',
        addresses: ['192.0.2.50'],
        floating: '203.0.113.50',
      });
      expect(watched.verdict).toBe('running');
      const disks = await Promise.all(lab.serverDisks(server.id).map(async (disk) => await readFile(disk.path)));
      expect(disks.map((bytes) => bytes.equals(SYSTEM) || bytes.equals(DATA))).toEqual([true, true]);
      expect(disks[0]?.equals(SYSTEM)).toBe(true);

      await ledger.undo(cloud, never);
      await cloud.undo(
        { key: 'server', side: 'destination', kind: 'server', name: 'shop', id: server.id, facts: {} },
        never,
      );
    },
  );

  test('leaves nothing when everything in the ledger is undone', async () => {
    await using stage = await scene();
    const spec = await twoDisks(stage, 'volume');

    await stage.cloud.provision(spec, stage.ledger, never);
    await stage.ledger.undo(stage.cloud, never);

    expect(stage.lab.state()).toEqual(nothing);
    expect(await stage.cloud.leftovers(never)).toEqual([]);
  });

  test('says on its console what the lab makes of its disks', async () => {
    const seen: string[] = [];
    await using stage = await scene({
      console: async ({ id }) => {
        const [disk] = stage.lab.serverDisks(id);
        seen.push((await readFile(disk?.path ?? '')).equals(SYSTEM) ? 'GUTS: my own disk' : 'another disk');
        return `${seen.join('\n')}\n`;
      },
    });
    const image = await upload(stage, '2000', SYSTEM);
    const spec = serverSpec(TAG, plan('shop'), new Map([['2000', image]]));

    const server = await stage.cloud.provision(spec, stage.ledger, never);
    const options = { ...defaultOptions, consoleMarker: 'GUTS: my own disk', bootTimeoutSeconds: 30 };

    expect((await stage.cloud.watchBoot(server, options, never)).verdict).toBe('running');
  });
});

describe('what goes wrong in the built-in cloud', () => {
  const refusal = async (work: Promise<unknown>): Promise<string> =>
    await work.then(
      () => 'nothing went wrong',
      (error: unknown) => `${String((error as { code?: string }).code)}: ${String(error)}`,
    );

  test('an upload goes on when the token ends in its middle; the next request signs in anew', async () => {
    await using stage = await scene();
    stage.lab.faults.add({ where: 'image', kind: 'expire', match: '^PUT .*/file', afterBytes: 1_000_000 });

    const image = await upload(stage, '2000', SYSTEM);

    expect((await readFile(stage.lab.imageDisk(image).path)).equals(SYSTEM)).toBe(true);
    expect(stage.lab.faults.rules[0]?.met).toBe(1);
  });

  test('an upload that is cut is told, its image is free again, and takes the bytes once more', async () => {
    await using stage = await scene();
    stage.lab.faults.add({ where: 'image', kind: 'cut', match: '^PUT .*/file', afterBytes: 1_000_000 });

    expect(await refusal(upload(stage, '2000', SYSTEM))).toMatch(/^(net|openstack|cloud|image)\./);
    expect(stage.lab.state().images).toMatchObject([{ status: 'queued', file: null }]);
    const image = await upload(stage, '2000', SYSTEM);

    expect((await readFile(stage.lab.imageDisk(image).path)).equals(SYSTEM)).toBe(true);
    expect(stage.lab.state().images).toHaveLength(1);
  });

  test('a byte that changes on its way is found out', async () => {
    await using stage = await scene();
    stage.lab.faults.add({ where: 'image', kind: 'corrupt', match: '^PUT .*/file', afterBytes: 1_500_000 });

    expect(await refusal(upload(stage, '2000', SYSTEM))).toMatch(/hash|SHA-512|differ/i);
  });

  test.each([
    ['instances', { quotas: { instances: 0 } }, /quota/i],
    ['ports', { quotas: { ports: 1 } }, /quota/i], // DHCP has one already
    ['volumes', { quotas: { volumes: 0 } }, /quota/i],
    ['volumeGiB', { quotas: { volumeGiB: 1 } }, /quota/i],
    ['volumes of a type', { typeQuotas: { standard: { volumes: 1, volumeGiB: -1 } } }, /volumes_standard/],
    ['GiB of a type', { typeQuotas: { standard: { volumes: -1, volumeGiB: 1 } } }, /gigabytes_standard/],
  ])('no quota for %s', async (_name, low, words) => {
    await using stage = await scene(low);
    const spec = await twoDisks(stage, 'volume');

    expect(await refusal(stage.cloud.provision(spec, stage.ledger, never))).toMatch(words);
    await stage.ledger.undo(stage.cloud, never);
    expect(stage.lab.state()).toEqual(nothing);
  });

  test('a server that no host takes is told in Nova’s words, and undone', async () => {
    await using stage = await scene({ failsToBuild: () => 'No valid host was found.' });
    const spec = await twoDisks(stage, 'image');

    expect(await refusal(stage.cloud.provision(spec, stage.ledger, never))).toContain('No valid host was found');
    await stage.ledger.undo(stage.cloud, never);
    expect(stage.lab.state()).toEqual(nothing);
  });

  test('a volume whose storage fails is told, and undone', async () => {
    await using stage = await scene();
    const spec = await twoDisks(stage, 'volume');
    stage.lab.faults.add({ where: 'volume', kind: 'error', match: '^POST .*/volumes$' });

    expect(await refusal(stage.cloud.provision(spec, stage.ledger, never))).toMatch(/volume/i);
    await stage.ledger.undo(stage.cloud, never);
    expect(stage.lab.state()).toEqual(nothing);
  });

  test('an answer that is lost makes no second server, and one whose id is not known is undone by its name', async () => {
    await using stage = await scene();
    const spec = await twoDisks(stage, 'image');
    stage.lab.faults.add({ where: 'compute', kind: 'cut', match: '^POST /v2.1/servers$' });

    const server = await stage.cloud.provision(spec, stage.ledger, never);

    expect(stage.lab.state().servers.map(({ id }) => id)).toEqual([server.id]);
    stage.ledger.forgetId('server');
    await stage.ledger.undo(stage.cloud, never);
    expect(stage.lab.state()).toEqual(nothing);
  });

  test('services that stop for a moment are waited for', async () => {
    await using stage = await scene();
    for (const where of ['image', 'compute', 'network', 'volume'])
      stage.lab.faults.add({ where, kind: 'http', match: '^GET', status: 503, count: 2 });

    const facts = await stage.cloud.facts(never);

    expect(facts.flavors.length).toBeGreaterThan(3);
    expect(stage.lab.faults.rules.map(({ met }) => met)).toEqual([2, 2, 2, 2]);
  });

  test('another certificate is not trusted', async () => {
    await using stage = await scene();
    await stage.lab.rotateCertificate();

    expect(await refusal(stage.cloud.facts(never))).toContain('net.certificate-changed');
  });
});

describe('what is left of the built-in cloud', () => {
  test('is told by volume type and subnet, and of its storage to administrators only', async () => {
    await using stage = await scene({ typeQuotas: { standard: { volumes: 4, volumeGiB: 40 } } }, 'admin');
    await using member = await openOpenstack(signInAs(stage.lab), never);
    const before = await member.facts(never);
    const own = { ...stage, cloud: member };
    await member.provision(await twoDisks(own, 'volume'), stage.ledger, never);
    const after = await member.facts(never);
    const [lan] = after.networks.filter(({ name }) => name === 'lan');
    const subnet = lan?.subnets[0]?.id ?? '';

    expect(before.typeQuotas).toEqual({
      standard: { volumes: { limit: 4, used: 0 }, volumeGiB: { limit: 40, used: 0 } },
      fast: { volumes: { limit: null, used: 0 }, volumeGiB: { limit: null, used: 0 } },
    });
    expect(after.typeQuotas?.['standard']).toEqual({
      volumes: { limit: 4, used: 2 },
      volumeGiB: { limit: 40, used: 2 },
    });
    expect(after).not.toHaveProperty('pools');
    expect(after.volumeTypes).toEqual([
      { name: 'standard', isDefault: true },
      { name: 'fast', isDefault: false, isMultiattach: true },
    ]);
    // The pool has 101: DHCP has one, and 192.0.2.50 is outside of it.
    expect([before.freeAddresses?.[subnet], after.freeAddresses?.[subnet]]).toEqual([100, 100]);
    expect(after.freeAddressesBy).toBe('ports');
    await stage.ledger.undo(member, never);
  });

  test('is told to an administrator with the pools and with what Neutron counts', async () => {
    await using stage = await scene({}, 'admin');
    const facts = await stage.cloud.facts(never);

    expect(facts.pools).toContainEqual({
      name: 'store@flash#flash',
      backend: 'flash',
      totalGiB: 8000,
      freeGiB: 5000,
    });
    expect(facts.volumeTypes).toContainEqual({
      name: 'fast',
      isDefault: false,
      isMultiattach: true,
      backend: 'flash',
    });
    expect(facts.freeAddressesBy).toBe('service');
  });
});

describe('other clouds', () => {
  test('one without volumes, one with an old Nova, one that gives lists in small pages', async () => {
    await using bare = await scene({ hasVolumes: false });
    await using old = await scene({ computeMinor: 60 });
    await using small = await scene({ pageSize: 2 });

    expect(await bare.cloud.facts(never)).toMatchObject({ hasVolumes: false, volumeTypes: [] });
    expect(old.cloud.about.versions['compute']).toBe('2.60');
    expect((await old.cloud.facts(never)).flavors).toHaveLength(8);
    expect((await small.cloud.facts(never)).flavors).toHaveLength(8);
  });

  test('may be entered with an application credential, by a reader and by an admin', async () => {
    await using stage = await scene();
    await using byCredential = await openOpenstack(signInWithCredential(stage.lab), never);
    await using byName = await openOpenstack(signInWithNamedCredential(stage.lab), never);
    await using reader = await openOpenstack(signInAs(stage.lab, 'viewer'), never);
    await using admin = await openOpenstack(signInAs(stage.lab, 'admin'), never);

    expect(byCredential.about.project.name).toBe('migration');
    expect(byName.about).toEqual(byCredential.about);
    await expect(openOpenstack(signInWithNamedCredential(stage.lab, 'other'), never)).rejects.toMatchObject({
      code: 'openstack.sign-in-refused',
    });
    expect(reader.about.roles).toEqual(['reader']);
    expect((await reader.facts(never)).mayCreateFlavors).toBe(false);
    expect((await admin.facts(never)).mayCreateFlavors).toBe(true);
  });
});
