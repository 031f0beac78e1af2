/** Faults in the middle of a migration: it recovers, or ends in a named error with everything put back. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { TidyResult } from '../../main/shared/move-jobs.ts';
import { faultStories } from '../support/fault-stories.ts';
import { FaultWorld, moved, putBack, rule, WorldPool } from './fault-worlds.ts';
import { vcenterHome, type Home, type VcenterHome } from './homes.ts';

/** Stories side by side, each in a world of its own; those that wait for one are not slow. */
const WORLDS = 3;
vi.setConfig({ testTimeout: 900_000 });
let pool: WorldPool<VcenterHome>;

beforeAll(async () => void (pool = await WorldPool.make(vcenterHome(), WORLDS, 40)));
afterAll(async () => await pool[Symbol.asyncDispose]());

describe.concurrent('a vCenter', () => {
  test.each(faultStories)('$name ($reading): $ends', async ({ reading, faults, options = [], ends, says }) => {
    await pool.lend(async (world) => {
      for (const fault of faults) world.home.faults.add(rule(fault));

      const move = await world.move(['--read', reading, ...options]);

      const home = options.includes('snapshot') ? 'on' : 'off';
      expect(world.endOf(move), move.said.err).toEqual(ends === 'done' ? moved(home) : putBack(ends));
      expect(move.said.err).toMatch(says ?? /./);
    });
  });

  test('out of service while disks are copied: done', async () => {
    await pool.lend(async (world) => {
      const move = await world.move(['--read', 'ranges'], async () => {
        await world.midUpload();
        world.home.lab.outage(3);
      });

      expect(world.endOf(move), move.said.err).toEqual(moved());
    });
  });

  test('whose sessions all end while a disk is copied by a lease: done', async () => {
    await pool.lend(async (world) => {
      const move = await world.move(['--read', 'lease'], async () => {
        await world.midUpload();
        world.home.lab.expireSessions();
      });

      expect(world.endOf(move), move.said.err).toEqual(moved());
    });
  });
});

test.concurrent('a vCenter with another certificate all of a sudden: nothing is sent to it until an operator trusts it', async () => {
  await using world = await FaultWorld.make(vcenterHome(), 1);
  const { home, cloud, mover } = world;

  const { vm, record, said } = await world.move(['--read', 'lease'], async () => {
    await world.midUpload();
    await home.lab.rotateCertificate();
  });

  expect(record, said.err).toMatchObject({ stage: 'failed', error: { code: 'net.certificate-changed' } });
  expect(record.error?.remedy).toMatch(
    /guts source trust.* Still there until it is cancelled \(“guts cancel”\).*power vm-0/,
  );
  expect(said.err).toContain(record.error?.remedy);
  expect(record.ledger).toMatchObject([{ kind: 'power' }, { kind: 'lease' }]);
  expect(cloud.state()).toMatchObject({ images: [], ports: [], servers: [] });

  const trusted = await mover.say(['source', 'trust', 'from', '--fingerprint', home.lab.fingerprint, '--json']);
  const cancelled = await mover.say(['cancel', record.request.id, '--json']);

  expect([trusted.code, cancelled.code], cancelled.err).toEqual([0, 0]);
  expect(await mover.record(record.request.id)).toMatchObject({ stage: 'cancelled', ledger: [] });
  expect(world.home.atHome(vm)).toEqual({ power: 'on', snapshots: [], holds: [] });
});

test.concurrent('a cloud with another certificate all of a sudden: the machine runs again, and images wait to be removed', async () => {
  await using world = await FaultWorld.make(vcenterHome(), 1);
  const { cloud, mover } = world;

  const { vm, record, said } = await world.move([], async () => {
    await world.midUpload();
    await cloud.rotateCertificate();
  });

  expect(record, said.err).toMatchObject({ stage: 'failed', error: { code: 'net.certificate-changed' } });
  expect(record.error?.remedy).toMatch(/guts destination trust/);
  expect(world.home.atHome(vm)).toEqual({ power: 'on', snapshots: [], holds: [] });

  await mover.say(['destination', 'trust', 'to', '--fingerprint', await cloud.rotateCertificate()]);
  const cancelled = await mover.say(['cancel', record.request.id, '--json']);

  expect(cancelled, cancelled.err).toMatchObject({ code: 0 });
  expect(cloud.state()).toMatchObject({ images: [], ports: [], servers: [] });
});

interface CloudStory {
  readonly name: string;
  readonly faults?: readonly Readonly<Record<string, unknown>>[];
  readonly options?: readonly string[];
  /** While the cloud takes the bytes of an image. */
  readonly meanwhile?: (world: FaultWorld<Home>) => void;
  readonly ends: string;
  readonly says?: RegExp;
}
const upload = { where: 'image', match: '^PUT .*/file', afterBytes: 200_000 };
const always = { count: -1 };

const cloudStories: readonly CloudStory[] = [
  { name: 'whose tokens end in the middle of an upload', faults: [{ ...upload, kind: 'expire' }], ends: 'done' },
  { name: 'whose tokens end before an upload', faults: [{ ...upload, kind: 'expire', afterBytes: 0 }], ends: 'done' },
  { name: 'cutting an upload', faults: [{ ...upload, kind: 'cut' }], ends: 'done' },
  {
    name: 'cutting every upload',
    faults: [{ ...upload, kind: 'cut', ...always }],
    ends: 'net.connection-lost',
    says: /broke off/,
  },
  { name: 'corrupting an upload', faults: [{ ...upload, kind: 'corrupt' }], ends: 'done' },
  {
    name: 'corrupting every upload',
    faults: [{ ...upload, kind: 'corrupt', ...always }],
    ends: 'openstack.image-differs',
    says: /SHA-512/,
  },
  {
    name: 'refusing an upload with HTTP 503 and hanging up on questions',
    faults: [
      { ...upload, kind: 'http' },
      { where: 'image', kind: 'drop', match: '^GET /v2/images/', nth: 2 },
      { where: 'compute', kind: 'http', match: '^GET /v2.1/servers/', count: 2 },
      { where: 'network', kind: 'drop', match: '^GET ', nth: 2 },
      { where: 'identity', kind: 'http', match: '^POST /v3/auth/tokens' },
    ],
    ends: 'done',
  },
  {
    name: 'hanging up on an order for an image',
    faults: [{ where: 'image', kind: 'drop', match: '^POST /v2/images' }],
    ends: 'done',
  },
  {
    name: 'hanging up on an order for a port',
    faults: [{ where: 'network', kind: 'drop', match: '^POST /v2.0/ports' }],
    ends: 'done',
  },
  {
    name: 'hanging up on an order for a server',
    faults: [{ where: 'compute', kind: 'drop', match: '^POST /v2.1/servers' }],
    ends: 'done',
  },
  {
    name: 'out of service when the server is ordered',
    faults: [{ where: 'compute', kind: 'http', match: '^POST /v2.1/servers' }],
    ends: 'done',
  },
  {
    name: 'hanging up on every order for a server',
    faults: [{ where: 'compute', kind: 'drop', match: '^POST /v2.1/servers', ...always }],
    ends: 'net.connection-lost',
  },
  {
    name: 'whose quota of servers is used up meanwhile',
    meanwhile: ({ cloud }) => void (cloud.quotas.instances = 0),
    ends: 'openstack.quota-exceeded',
    says: /quota/i,
  },
  {
    name: 'whose quota of ports is used up meanwhile',
    meanwhile: ({ cloud }) => void (cloud.quotas.ports = 0),
    ends: 'openstack.quota-exceeded',
    says: /quota/i,
  },
  {
    name: 'with a conflict over a port',
    faults: [{ where: 'network', kind: 'http', match: '^POST /v2.0/ports', status: 409, ...always }],
    ends: 'openstack.conflict',
  },
  {
    name: 'with no host for the server',
    faults: [{ where: 'compute', kind: 'error', match: '^POST /v2.1/servers', message: 'No valid host was found. ' }],
    ends: 'openstack.server-failed',
    says: /cannot be built: No valid host was found\.$/m,
  },
  {
    name: 'that cannot make a volume',
    faults: [{ where: 'volume', kind: 'error', match: '^POST /v3/.*volumes' }],
    options: ['--volumes'],
    ends: 'openstack.volume-failed',
  },
  { name: 'stopped and started while it takes an image', meanwhile: ({ cloud }) => cloud.outage(3), ends: 'done' },
  {
    name: 'whose compute service is out for a while',
    faults: [{ where: 'compute', kind: 'http', match: '^GET /v2.1/servers/', count: 3 }],
    options: ['--volumes'],
    ends: 'done',
  },
];

describe.concurrent('a cloud', () => {
  test.each(cloudStories)('$name: $ends', async ({ faults = [], options = [], meanwhile, ends, says }) => {
    await pool.lend(async (world) => {
      const quotas = { ...world.cloud.quotas };
      for (const fault of faults) world.cloud.faults.add(rule(fault));

      const move = await world.move(options, async () => {
        if (meanwhile === undefined) return;
        await world.midUpload();
        meanwhile(world);
      });
      Object.assign(world.cloud.quotas, quotas);

      expect(world.endOf(move), move.said.err).toEqual(ends === 'done' ? moved() : putBack(ends));
      expect(move.said.err).toMatch(says ?? /./);
    });
  });

  test('in which somebody takes the MAC address meanwhile: openstack.mac-in-use', async () => {
    await pool.lend(async (world) => {
      let free = async (): Promise<void> => {};

      const move = await world.move([], async (mac) => {
        await world.midUpload();
        free = await world.takeMac(mac);
      });
      await free();

      expect(world.endOf(move), move.said.err).toEqual(putBack('openstack.mac-in-use'));
      expect(move.said.err).toContain('Delete the port');
    });
  });
});

test('in the end “guts tidy” finds nothing on either side', async () => {
  for (const { mover } of pool.all) {
    const { out } = await mover.say(['tidy', '--json']);
    expect(TidyResult.parse(JSON.parse(out))).toEqual({ leftovers: [] });
  }
});
