/** A whole wave against the built-in cloud: every shortage is told before anything is made, and what can go goes. */
import { afterEach, describe, expect, test } from 'vitest';
import type { Rehearsal } from '../../main/shared/rehearsal.ts';
import { RealWorld } from '../scheduler/real-world.ts';
import { CloudClient } from '../support/cloud-client.ts';

const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one[Symbol.asyncDispose]();
});

async function world(machines: number): Promise<RealWorld> {
  const made = await RealWorld.make(machines);
  opened.push(made);
  return made;
}

async function planned(
  guts: RealWorld,
  machines: readonly { readonly vm: string; readonly wave?: number }[],
  options: object = {},
): Promise<void> {
  const networks = [{ from: null, to: 'lan', ip: 'auto' as const }];
  await guts.ask('plans.create', {
    name: 'spring',
    source: 'lab',
    destination: 'cloud',
    options: { networks, boot: 'volume', bootTimeoutSeconds: 0, ...options },
    machines: machines.map((machine) => ({ ...machine })),
  });
}

/** As a Guts of another machine would. */
async function leavePort({ cloud }: RealWorld, mac: string): Promise<{ readonly id: string; readonly name: string }> {
  const [user] = cloud.users;
  if (user === undefined) throw new Error('the cloud has no user');
  const account = { user: user.name, password: user.password, project: user.defaultProject };
  const client = await CloudClient.signIn({ authUrl: cloud.authUrl, ca: cloud.certificate, ...account });
  const { networks } = (await client.ask('network', 'GET', '/v2.0/networks?name=lan')).json();
  const port = { network_id: networks?.['0']?.['id'], mac_address: mac, name: 'guts-mig_0123456789ab-port-4000' };
  const made = (await client.ask('network', 'POST', '/v2.0/ports', { body: { port } })).json();
  return { id: String(made['port']?.['id']), name: port.name };
}

const shortages = ({ quota }: Rehearsal): string[] =>
  quota
    .filter(({ over }) => over > 0)
    .map(({ of, volumeType, over }) => `${volumeType === null ? of : `${of} ${volumeType}`}: ${over}`);
const idsOf = ({ findings }: Rehearsal): string[] => findings.map(({ id }) => id);

describe('a rehearsal', () => {
  test('names every quota that is too small, each volume type for itself, and writes the request', async () => {
    const guts = await world(3);
    const { cloud } = guts;
    Object.assign(cloud.quotas, {
      instances: 2,
      cores: 2,
      ramMiB: 300,
      ports: 4,
      floatingIps: 1,
      volumes: 1,
      volumeGiB: 2,
    });
    cloud.typeQuotas.set('standard', { volumes: 2, volumeGiB: 1 });
    await planned(guts, [{ vm: 'vm-0' }, { vm: 'vm-1' }, { vm: 'vm-2' }], { floatingNetwork: 'public' });

    const low = await guts.ask('plans.rehearse', { plan: 'spring', wave: 1 });

    expect(low).toMatchObject({ verdict: 'noGo', wave: 1, isOffline: false, source: 'lab', destination: 'cloud' });
    // Neutron counts its own two ports on the network as well.
    expect(shortages(low)).toEqual([
      'instances: 1',
      expect.stringMatching(/^cores: \d+$/),
      expect.stringMatching(/^memoryMiB: \d+$/),
      expect.stringMatching(/^ports: \d$/),
      'floatingIps: 2',
      'volumes: 2',
      'volumeGiB: 1',
      'volumes standard: 1',
      'volumeGiB standard: 2',
    ]);
    expect(low.findings[0]).toMatchObject({ id: expect.stringMatching(/^(NEW-01|PLN-04)$/), severity: 'blocks' });
    expect(idsOf(low)).toContain('NEW-01');
    expect(low.request).toContain(
      'For wave 1 of the plan “spring” we want to move 3 machines from “lab” into the project',
    );
    expect(low.request).toContain('- servers: from 2 to at least 3 (0 used, 3 needed)');
    expect(low.request).toContain('- GiB of volumes of the type “standard”: from 1 to at least 3 (0 used, 3 needed)');
    expect(cloud.state()).toMatchObject({ servers: [], volumes: [], ports: [], images: [] });
  });

  test('names a server group that has no room for all of the wave', async () => {
    const guts = await world(3);
    guts.cloud.quotas.groupMembers = 2;
    await planned(guts, [{ vm: 'vm-0' }, { vm: 'vm-1' }, { vm: 'vm-2' }], { serverGroup: 'apart' });

    const { findings } = await guts.ask('plans.rehearse', { plan: 'spring', wave: 1 });

    expect(findings.find(({ id }) => id === 'NEW-01c')?.about).toEqual(['“apart”: 3 servers, 0 of 2 are in it']);
  });

  test('with quotas raised says go, and the wave runs through', async () => {
    const guts = await world(2);
    Object.assign(guts.cloud.quotas, { instances: 1 });
    await planned(guts, [{ vm: 'vm-0' }, { vm: 'vm-1' }]);
    expect((await guts.ask('plans.rehearse', { plan: 'spring' })).verdict).toBe('noGo');

    Object.assign(guts.cloud.quotas, { instances: 2 });
    const high = await guts.ask('plans.rehearse', { plan: 'spring' });
    expect(high).toMatchObject({ verdict: 'go', findings: [], request: null, wave: null });
    const { results } = await guts.ask('plans.start', { plan: 'spring' });
    for (const { id } of results)
      expect((await guts.whenIt(id, ({ stage }) => ['done', 'failed'].includes(stage))).stage).toBe('done');

    // What is there counts as what is used, and takes nothing more.
    const after = await guts.ask('plans.rehearse', { plan: 'spring' });
    expect(after.machines.map(({ state }) => state)).toEqual(['moved', 'moved']);
    expect(after.quota[0]).toMatchObject({ of: 'instances', used: 2, needs: 0, over: 0 });
    expect(after.times).toMatchObject({ bytes: 0, from: 'measured' });
  });

  test('counts what the waves before take, and only that', async () => {
    const guts = await world(3);
    Object.assign(guts.cloud.quotas, { instances: 2 });
    await planned(guts, [{ vm: 'vm-0' }, { vm: 'vm-1', wave: 2 }, { vm: 'vm-2', wave: 3 }]);

    const waves = await Promise.all([1, 2, 3].map((wave) => guts.ask('plans.rehearse', { plan: 'spring', wave })));

    expect(waves.map(({ quota }) => quota[0])).toEqual([
      expect.objectContaining({ needs: 1, earlier: 0, over: 0 }),
      expect.objectContaining({ needs: 1, earlier: 1, over: 0 }),
      expect.objectContaining({ needs: 1, earlier: 2, over: 1 }),
    ]);
    expect(waves.map(({ verdict }) => verdict)).toEqual(['go', 'go', 'noGo']);
    expect(waves[2]?.machines.map(({ vm }) => vm.name)).toEqual(['vm-2']);
    await expect(guts.ask('plans.rehearse', { plan: 'spring', wave: 4 })).rejects.toMatchObject({
      code: 'plan.no-such-wave',
      remedy: 'Take one of these: 1, 2, 3.',
    });
  });

  test('finds what earlier tries left, which holds the MAC of a machine, and asks nobody else to remove it', async () => {
    const guts = await world(1);
    await planned(guts, [{ vm: 'vm-0' }]);
    const options = { networks: [{ from: null, to: 'lan', ip: 'auto' as const }] };
    const { plan } = await guts.ask('checks.run', { source: 'lab', destination: 'cloud', vm: 'vm-0', options });
    const left = await leavePort(guts, plan?.ports[0]?.mac ?? '');

    const wave = await guts.ask('plans.rehearse', { plan: 'spring' });

    expect(idsOf(wave)).toEqual(['PLN-04', 'NEW-15']);
    expect(wave.leftovers).toEqual([{ kind: 'port', name: left.name, id: left.id, migration: null }]);
    expect(wave.twins).toMatchObject([{ kind: 'mac', taken: [expect.stringContaining(left.id)] }]);
    expect(wave.machines[0]?.findings).toContainEqual(expect.objectContaining({ id: 'NET-07', severity: 'blocks' }));
    expect(wave.request).toBeNull();
  });

  test('does without the source, and says so', async () => {
    const guts = await world(1);
    await planned(guts, [{ vm: 'vm-0' }]);
    await guts.vcenter[Symbol.asyncDispose]();

    await expect(guts.ask('plans.rehearse', { plan: 'spring' })).rejects.toMatchObject({
      code: expect.stringMatching(/^(net|vsphere)\./),
    });
    const offline = await guts.ask('plans.rehearse', { plan: 'spring', offline: true });

    expect(offline).toMatchObject({ verdict: 'go', isOffline: true });
    expect(offline.quota[0]).toMatchObject({ needs: 1 });
  });
});
