/** Ports, volumes, flavors and servers in a cloud: made as planned, adopted after a crash, undone to the last one. */
import * as net from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import {
  defaultOptions,
  type MigrationOptions,
  type MigrationPlan,
  type PlannedPort,
} from '../../main/shared/migration.ts';
import type { OpenstackOptions } from '../lab/openstack/start.ts';
import { MemoryLedger } from '../support/memory-ledger.ts';
import { until } from '../support/until.ts';
import { plan, plannedDisk, serverSpec } from '../support/moves.ts';
import type { ProvisionedServer, ServerSpec } from '../../worker/drivers.ts';
import { planMigration } from '../../worker/plan/plan.ts';
import { disk, hyperv, input, machine } from '../plan/sample.ts';
import { diskBytes, LabCloud, never, TAG } from './lab-cloud.ts';

let at: LabCloud;

afterEach(async () => {
  await at[Symbol.asyncDispose]();
});

const MAC = '00:50:56:0a:0b:0c';

async function port(change: Partial<PlannedPort> = {}, address = '192.0.2.20'): Promise<PlannedPort> {
  const { networks } = await at.cloud.facts(never);
  const lan = networks.find(({ name }) => name === 'lan');
  return {
    nicKey: '4000',
    label: 'Network adapter 1',
    networkId: lan?.id ?? '',
    networkName: 'lan',
    mac: MAC,
    fixedIps: [{ subnetId: lan?.subnets[0]?.id ?? '', address }],
    ...change,
  };
}

/** Images of the plan's disks are sent first. */
async function specOf(
  change: Partial<MigrationPlan> = {},
  options: Partial<MigrationOptions> = {},
): Promise<ServerSpec> {
  const planned = plan('web01', change);
  const imageIds = new Map<string, string>();
  for (const [i, { key }] of planned.disks.entries()) {
    const properties = planned.imageProperties;
    imageIds.set(key, await at.image(key, diskBytes(i), { properties }));
  }
  return serverSpec(TAG, planned, imageIds, options);
}

const provision = async (spec: ServerSpec): Promise<ProvisionedServer> =>
  await at.cloud.provision(spec, at.ledger, never);

describe('a server', () => {
  test('gets its ports, a floating address, its names and what was asked for besides', async () => {
    at = await LabCloud.start();
    const facts = await at.cloud.facts(never);
    const nics = [await port(), await port({ nicKey: '4001', label: 'Network adapter 2', mac: null, fixedIps: [] })];
    const spec = await specOf(
      { ports: nics, floatingNetworkId: facts.networks.find(({ isExternal }) => isExternal)?.id ?? null },
      { userData: '#cloud-config\n', addressPairs: ['192.0.2.99'] },
    );

    const server = await provision(spec);

    expect(server).toMatchObject({
      name: 'web01',
      flavor: 'm1.tiny',
      ports: [
        {
          nicKey: '4000',
          mac: MAC,
          addresses: ['192.0.2.20'],
          floating: expect.stringMatching(/^203\.0\.113\./) as string,
        },
        { nicKey: '4001', floating: null },
      ],
    });
    const { servers, ports } = at.lab.state();
    expect(servers).toMatchObject([
      {
        name: 'web01',
        status: 'ACTIVE',
        metadata: { guts_migration: TAG, guts_source_vm: 'web01', guts_source_ref: 'vm-42' },
        tags: ['guts', TAG],
        hasConfigDrive: true,
        userData: Buffer.from('#cloud-config\n').toString('base64'),
        portIds: server.ports.map(({ id }) => id),
      },
    ]);
    expect(ports.find(({ mac }) => mac === MAC)?.name).toBe(`${TAG}-port-4000`);
    await expect(at.cloud.verify(server, spec.plan, never)).resolves.toHaveLength(3);
  });

  test('gets ports that may send from more than their own addresses, or from any, and that is looked up again', async () => {
    at = await LabCloud.start();
    const [group] = (await at.cloud.facts(never)).securityGroups;
    const nics = [
      await port({ addressPairs: ['192.0.2.50', '192.0.2.64/28'] }),
      await port({ nicKey: '4001', label: 'Network adapter 2', mac: null, fixedIps: [], portSecurity: 'off' }),
    ];
    const spec = await specOf({ ports: nics, securityGroupIds: [group?.id ?? ''] });

    const server = await provision(spec);

    const made = at.lab.state().ports;
    expect(made).toMatchObject([
      { hasPortSecurity: true, securityGroups: [group?.id], addressPairs: [{ ip_address: '192.0.2.50' }, {}] },
      { hasPortSecurity: false, securityGroups: [], addressPairs: [] },
    ]);
    const proofs = await at.cloud.verify(server, spec.plan, never);
    expect(proofs.map(({ evidence }) => evidence).join(' ')).toMatch(
      /may send from 192\.0\.2\.50, 192\.0\.2\.64\/28 as well\..*has no port security\./,
    );

    for (const one of made) Object.assign(one, { hasPortSecurity: true, addressPairs: [] }); // somebody tidies up
    const error = await at.cloud.verify(server, spec.plan, never).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'openstack.server-differs' });
    expect(String(error)).toMatch(/may not send from 192\.0\.2\.50.*Network adapter 2 still has port security/s);
  });

  test('boots from volumes whose bytes are the disks’, and the images go at the end', async () => {
    at = await LabCloud.start();
    const disks = [plannedDisk('2000', { bootIndex: 0 }), plannedDisk('2001')];
    const spec = await specOf({ disks }, { boot: 'volume' });

    const server = await provision(spec);
    await expect(at.cloud.verify(server, spec.plan, never)).resolves.toHaveLength(2);
    await at.cloud.cleanUp(server, at.ledger, spec.options, never);

    expect([...server.volumeIds.keys()]).toEqual(['2000', '2001']);
    expect(at.lab.serverDisks(server.id)).toHaveLength(2);
    expect(at.things).toEqual({ servers: 1, volumes: 2 });
    expect(
      at.lab
        .state()
        .volumes.map(({ name }) => name)
        .sort(),
    ).toEqual(['web01 Hard disk 2000', 'web01 Hard disk 2001']);
  });

  test('boots from a volume of a type whose volumes several servers may have', async () => {
    at = await LabCloud.start();
    const disks = [plannedDisk('2000', { bootIndex: 0, volumeType: 'fast' })];
    const spec = await specOf({ disks }, { boot: 'volume' });

    const server = await provision(spec);

    expect(at.lab.state().volumes).toMatchObject([{ type: 'fast', isMultiattach: true, attachments: [{}] }]);
    await expect(at.cloud.verify(server, spec.plan, never)).resolves.toHaveLength(2);
  });

  // Five were put on IDE, which takes four: Nova refused the server after everything was copied.
  test('of generation 1 with five disks and a config drive has a place for each', async () => {
    at = await LabCloud.start();
    const on = (kind: 'ide' | 'scsi', unit: number) => ({ kind, model: null, bus: 0, unit, isShared: false });
    const disks = [0, 1, 2, 3, 4].map((i) =>
      disk({ key: `${2000 + i}`, sizeBytes: 2 ** 30, controller: i === 0 ? on('ide', 0) : on('scsi', i) }),
    );
    const vm = machine({ disks, nics: [], guestOsId: 'windows2019srv_64Guest', hyperv: hyperv({ generation: 1 }) });
    const made = planMigration(input({ vm })).plan;
    const spec = await specOf(
      { disks: made?.disks ?? [], imageProperties: made?.imageProperties ?? {} },
      { userData: 'x' },
    );

    const server = await provision(spec);

    expect(server.volumeIds.size).toBe(4);
    expect(at.lab.state().servers).toMatchObject([{ status: 'ACTIVE', imageProperties: { hw_disk_bus: 'ide' } }]);
  });

  test('is nobody’s leftover once it is handed over, and everything is one before', async () => {
    at = await LabCloud.start();
    const disks = [plannedDisk('2000', { bootIndex: 0 }), plannedDisk('2001')];
    const spec = await specOf({ disks, ports: [await port()] }, { keepImages: true });
    const server = await provision(spec);

    const before = await at.cloud.leftovers(never);
    const unfinished = (await at.cloud.facts(never)).movedServers;
    await at.cloud.cleanUp(server, at.ledger, spec.options, never);
    const after = await at.cloud.leftovers(never);
    const finished = (await at.cloud.facts(never)).movedServers;

    expect(before.map(({ kind }) => kind)).toEqual(['server', 'volume', 'port', 'image', 'image']);
    expect(before.every(({ name }) => name.startsWith(TAG))).toBe(true);
    expect(after).toEqual([]);
    expect(unfinished).toEqual([]);
    expect(finished).toEqual([
      {
        id: server.id,
        name: 'web01',
        migrationTag: TAG,
        finishedAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
        createdAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
        machine: {
          kind: 'vsphere',
          name: 'web01',
          ref: 'vm-42',
          biosUuid: spec.sourceVm.biosUuid,
          instanceUuid: spec.sourceVm.instanceUuid,
        },
      },
    ]);
    expect(
      at.lab
        .state()
        .images.map(({ name }) => name)
        .sort(),
    ).toEqual(['web01', 'web01 Hard disk 2001']);
  });

  test('is removed with everything that was made for it, by ids or by names', async () => {
    at = await LabCloud.start();
    const facts = await at.cloud.facts(never);
    const disks = [plannedDisk('2000', { bootIndex: 0 }), plannedDisk('2001')];
    const floatingNetworkId = facts.networks.find(({ isExternal }) => isExternal)?.id ?? null;
    const spec = await specOf({ disks, ports: [await port()], floatingNetworkId });
    await provision(spec);
    for (const [i, { key }] of at.ledger.items.entries()) if (i % 2 === 0) at.ledger.forgetId(key);

    await at.undo();

    expect(at.things).toEqual({});
  });

  test('is adopted after a crash, with its ports and volumes', async () => {
    at = await LabCloud.start();
    const disks = [plannedDisk('2000', { bootIndex: 0 }), plannedDisk('2001')];
    const spec = await specOf({ disks, ports: [await port()] });
    const first = await provision(spec);
    for (const key of ['server', 'port:4000', 'volume:2001']) at.ledger.forgetId(key);

    expect(await provision(spec)).toEqual(first);
    expect(at.things).toEqual({ images: 2, ports: 1, servers: 1, volumes: 1 });
  });

  test('that was ordered when the operator cancelled is known by its id, and removed', async () => {
    at = await LabCloud.start();
    const spec = await specOf({ ports: [await port()] });
    at.lab.faults.add({ where: 'compute', kind: 'delay', match: '^POST .*/servers$', delayMs: 300 });
    const cancel = new AbortController();
    const making = at.cloud.provision(spec, at.ledger, cancel.signal);
    await until(
      async () => at.lab.faults.rules[0]?.met,
      (met) => met === 1,
    );
    cancel.abort('operator cancelled');

    await expect(making).rejects.toBe('operator cancelled');
    expect(at.ledger.items.find(({ kind }) => kind === 'server')?.id).toBe(at.lab.state().servers[0]?.id);
    await at.undo();
    expect(at.things).toEqual({});
  });

  test('that was made otherwise than planned is found out', async () => {
    at = await LabCloud.start();
    const spec = await specOf({ ports: [await port()] });
    const server = await provision(spec);
    const otherwise = { ...spec.plan, ports: [await port({ mac: '00:50:56:ff:ff:ff' })] };

    await expect(at.cloud.verify(server, otherwise, never)).rejects.toMatchObject({
      code: 'openstack.server-differs',
      message: expect.stringContaining('00:50:56:ff:ff:ff') as string,
    });
  });

  test('gets a flavor made to measure when an admin moves it', async () => {
    at = await LabCloud.start({}, 'admin');
    const spec = await specOf({ flavor: { value: { id: null, name: 'guts.web01' }, reason: '' } });

    const server = await provision(spec);

    expect(server.flavor).toBe('guts.web01');
    expect(at.lab.state().servers[0]?.flavor).toMatchObject({ vcpus: 1, ram: 256, disk: 1 });
    await at.cloud.cleanUp(server, at.ledger, spec.options, never);
    expect(await at.cloud.leftovers(never)).toEqual([]);
    await at.undo(); // by their ids, whatever they are called now
    expect(at.things).toEqual({});
  });
});

describe('a flavor that another migration made', () => {
  const flavor = { value: { id: null, name: 'guts-1c-256m-0g' }, reason: '' };
  const other = new MemoryLedger('guts-mig_0123456789cd');

  const isMet = async (): Promise<void> =>
    void (await until(
      () => Promise.resolve(at.lab.faults.rules.some(({ met }) => met > 0)),
      (is) => is,
    ));

  // Nova refused the server, and an hour of making volumes was undone with it.
  test.each([
    ['while volumes are made', 'volume', '^POST .*/volumes$'],
    ['as the server is ordered', 'compute', '^POST /v2.1/servers$'],
  ])('and that goes %s is made anew', async (_when, where, match) => {
    at = await LabCloud.start({}, 'admin');
    const spec = await specOf({ flavor, ports: [] }, { boot: 'volume' });
    at.lab.faults.add({ where, kind: 'delay', match, nth: 2, delayMs: 2000 }); // the first is the other one's
    await at.cloud.provision({ ...spec, migrationTag: other.tag }, other, never);

    const making = provision(spec);
    await isMet();
    await other.undo(at.cloud, never);

    expect((await making).flavor).toBe(flavor.value.name);
    const { servers, flavors } = at.lab.state();
    expect(servers).toMatchObject([{ status: 'ACTIVE', metadata: { guts_migration: TAG } }]);
    expect(flavors).toEqual([flavor.value.name]);
    await at.undo();
    expect(at.things).toEqual({});
  });

  test('while this one looked for it is taken up', async () => {
    at = await LabCloud.start({}, 'admin');
    const spec = await specOf({ flavor, ports: [] }, { boot: 'volume' });
    at.lab.faults.add({ where: 'compute', kind: 'delay', match: '^POST /v2.1/flavors$', delayMs: 1000 });
    const one = provision(spec);
    await isMet();
    await at.cloud.provision({ ...spec, migrationTag: other.tag }, other, never);

    expect((await one).flavor).toBe(flavor.value.name);
    expect(at.ledger.items.map(({ kind }) => kind)).not.toContain('flavor');
    await at.undo();
    await other.undo(at.cloud, never);
    expect(at.things).toEqual({});
  });
});

describe('a cloud that refuses', () => {
  async function refusal(
    options: OpenstackOptions,
    change: Partial<MigrationPlan> = {},
    also: Partial<MigrationOptions> = {},
  ) {
    at = await LabCloud.start(options);
    const spec = await specOf(change, also);
    await expect(provision(spec)).rejects.toSatisfy((error) => {
      refused = error as { code: string; message: string; remedy: string };
      return true;
    });
    await at.undo();
    expect(at.things).toEqual({});
    return refused;
  }
  let refused = { code: '', message: '', remedy: '' };

  test('says Nova’s own words when a server ends in error, and leaves nothing', async () => {
    const { code, message, remedy } = await refusal({
      failsToBuild: () => 'No valid host was found. There are not enough hosts available.',
    });

    expect(code).toBe('openstack.server-failed');
    expect(message).toContain('No valid host was found');
    expect(remedy).toContain('nova-scheduler’s log');
    expect(remedy).toMatch(/plan the machine anew with another availability zone or the profile “compatible”\.$/);
  });

  test('advises nothing that is so already when no host takes a server', async () => {
    const no = { failsToBuild: () => 'No valid host was found.' };
    const profile = { value: 'compatible', reason: '' } as const;

    const { remedy } = await refusal(no, { profile });
    expect(remedy).toMatch(/plan the machine anew with another availability zone\.$/);
    await at[Symbol.asyncDispose]();
    const { remedy: ofChosen } = await refusal(no, { profile }, { flavor: 'm1.small' });
    expect(ofChosen).toMatch(/plan the machine anew with a smaller flavor or another availability zone\.$/);
  });

  test('names the quota', async () => {
    expect((await refusal({ quotas: { instances: 0 } })).code).toBe('openstack.quota-exceeded');
    await at[Symbol.asyncDispose]();
    expect((await refusal({ quotas: { volumeGiB: 0 } }, {}, { boot: 'volume' })).code).toBe('openstack.quota-exceeded');
  });

  test('says that a flavor without a disk boots from volumes only', async () => {
    const flavor = { value: { id: '1', name: 'm1.nano' }, reason: '' };

    expect((await refusal({}, { flavor })).code).toBe('openstack.flavor-without-disk');
  });

  test('says that there are no volumes where a second disk needs one', async () => {
    const disks = [plannedDisk('2000', { bootIndex: 0 }), plannedDisk('2001')];

    expect((await refusal({ hasVolumes: false }, { disks })).code).toBe('openstack.service-missing');
  });

  test('names a MAC and an address that somebody else has', async () => {
    at = await LabCloud.start();
    const twice = [await port(), await port({ nicKey: '4001' }, '192.0.2.21')];
    await expect(provision(await specOf({ ports: twice }))).rejects.toMatchObject({ code: 'openstack.mac-in-use' });
    const spec = await specOf({ ports: [await port(), await port({ nicKey: '4002', mac: null })] });

    await expect(provision(spec)).rejects.toMatchObject({ code: 'openstack.address-in-use' });
  });

  test('for a while is asked again where that is safe', async () => {
    at = await LabCloud.start();
    const spec = await specOf({ ports: [await port()] });
    at.lab.faults.add({ where: 'compute', kind: 'http', match: '^GET .*/servers/', status: 503, count: 2 });
    at.lab.faults.add({ where: 'network', kind: 'drop', match: '^GET ', count: 1 });

    await expect(provision(spec)).resolves.toMatchObject({ name: 'web01' });
  });
});

describe('watching a server boot', () => {
  const watch = async (console: string, options: Partial<MigrationOptions> = {}, plan: Partial<MigrationPlan> = {}) => {
    at = await LabCloud.start({ console: () => console });
    const server = await provision(await specOf(plan));
    return await at.cloud.watchBoot(server, { ...defaultOptions, ...options }, never);
  };

  test('ends with the login prompt', async () => {
    const boot = await watch('Debian GNU/Linux 12 web01 ttyS0\n\nweb01 login: ');

    expect(boot).toMatchObject({ verdict: 'running', evidence: 'The console shows “web01 login:”.' });
    expect(boot.console.at(-1)).toBe('web01 login:');
  });

  test('says where the guest has stopped, and what to do', async () => {
    await expect(watch('ALERT!  UUID=12ab does not exist.  Dropping to a shell!\n(initramfs) ')).rejects.toMatchObject({
      code: 'guest.initramfs-shell',
      message: expect.stringContaining('web01') as string,
      remedy: expect.stringContaining('compatible') as string,
      console: expect.arrayContaining(['(initramfs)']) as string[],
    });
  });

  test('does not advise the profile that the server has', async () => {
    const plan = { profile: { value: 'compatible', reason: '' } } as const;

    await expect(watch('VFS: Unable to mount root fs on unknown-block(0,0)\n', {}, plan)).rejects.toMatchObject({
      code: 'guest.kernel-no-root',
      remedy: expect.not.stringContaining('profile “compatible”') as string,
    });
  });

  test('does not know, after its time, when the console says nothing that is a sign', async () => {
    const boot = await watch('[    0.0] Linux version 6.1.0\n', { bootTimeoutSeconds: 30 });

    expect(boot.verdict).toBe('unknown');
    expect(boot.evidence).toContain('did not show a login prompt within 30 s');
  });

  test('does not look where nobody asked for it', async () => {
    expect((await watch('', { bootTimeoutSeconds: 0 })).verdict).toBe('notWatched');
  });

  test('takes a port that answers for a sign, and waits for both where both were asked for', async () => {
    at = await LabCloud.start({ console: () => '' });
    const made = await provision(await specOf());
    const listener = net.createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const { port: reachablePort } = listener.address() as net.AddressInfo;
    const server = { ...made, ports: [{ nicKey: '4000', id: '', mac: MAC, addresses: ['127.0.0.1'], floating: null }] };
    const options = { ...defaultOptions, bootTimeoutSeconds: 10, reachablePort };
    try {
      const open = await at.cloud.watchBoot(server, options, never);
      const silent = await at.cloud.watchBoot(server, { ...options, consoleMarker: 'GUEST-READY' }, never);
      at.lab.sayOnConsole(made.id, 'GUEST-READY\n');
      const both = await at.cloud.watchBoot(server, { ...options, consoleMarker: 'GUEST-READY' }, never);

      expect(open).toMatchObject({ verdict: 'running', evidence: `TCP port ${reachablePort} of 127.0.0.1 answers.` });
      expect(silent.verdict).toBe('unknown');
      expect(both.verdict).toBe('running');
    } finally {
      await new Promise((resolve) => listener.close(resolve));
    }
  });
});
