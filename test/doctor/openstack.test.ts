/** The path doctor on the way to a cloud: its endpoints, what the roles allow, an upload with consent. */
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { startOpenstack, type OpenstackLab } from '../lab/openstack/start.ts';
import { scratch } from '../support/disks.ts';
import { cloudSignIn } from './cloud-sign-in.ts';
import { looked, stepOn, wrong } from './looking.ts';

const folder = scratch();
let cloud: OpenstackLab;
let runs = 0;

beforeEach(async () => {
  cloud = await startOpenstack({ buildMs: 20 });
});
afterEach(async () => await cloud[Symbol.asyncDispose]());
afterAll(() => folder[Symbol.dispose]());

const dataDir = (): string => folder.file(`data-${runs++}`);
const things = (): number => {
  const { images, volumes, ports, servers } = cloud.state();
  return images.length + volumes.length + ports.length + servers.length;
};

test('every service that is needed is asked, and nothing is made', async () => {
  const report = await looked(dataDir(), null, { destination: cloudSignIn(cloud) });

  expect(wrong(report)).toEqual([]);
  expect(report.source).toBeNull();
  for (const service of ['Glance', 'Nova', 'Neutron', 'Cinder'])
    expect(stepOn(report, 'rights', service).verdict).toBe('good');
  expect(stepOn(report, 'rights', 'making images').says).toContain('member');
  expect(stepOn(report, 'writing', 'an image').verdict).toBe('notTried');
  expect(report.destination?.project).toBe('migration');
  expect(things()).toBe(0);
});

test('an upload that was allowed says how fast it went, and is removed', async () => {
  const report = await looked(dataDir(), null, { destination: cloudSignIn(cloud), writeTest: true });
  const step = stepOn(report, 'writing', 'an image');

  expect(step.verdict === 'good' || step.verdict === 'poor').toBe(true); // whatever this computer is busy with
  expect(step.says).toMatch(/64 MiB went to Glance in .*MB\/s/);
  expect(things()).toBe(0);
  expect(report.leftBehind).toEqual([]);
});

test('an upload that breaks leaves no image, either', async () => {
  cloud.faults.add({ where: 'image', kind: 'http', match: '^PUT .*/file', status: 413, count: -1 });
  const report = await looked(dataDir(), null, { destination: cloudSignIn(cloud), writeTest: true });

  expect(stepOn(report, 'writing', 'an image').verdict).toBe('bad');
  expect(things()).toBe(0);
});

test('a user who may only read makes nothing', async () => {
  const viewer = cloud.users.find(({ name }) => name === 'viewer');
  const report = await looked(dataDir(), null, { destination: cloudSignIn(cloud, viewer) });

  expect(stepOn(report, 'rights', 'making images')).toMatchObject({ verdict: 'bad', evidence: ['reader'] });
});

test('a cloud without volumes is poor, and a clock that is off is told', async () => {
  await using bare = await startOpenstack({ hasVolumes: false });
  bare.setClock(120_000);
  const report = await looked(dataDir(), null, { destination: cloudSignIn(bare) });

  expect(stepOn(report, 'rights', 'Cinder').verdict).toBe('poor');
  expect(stepOn(report, 'clocks', '127.0.0.1').verdict).toBe('poor');
});

test('a wrong password is told, and it is nowhere in what is said', async () => {
  const report = await looked(dataDir(), null, {
    destination: { ...cloudSignIn(cloud), secret: 'pass-that-is-wrong' },
  });

  expect(stepOn(report, 'rights', 'sign-in').verdict).toBe('bad');
  expect(JSON.stringify(report)).not.toContain('pass-that-is-wrong');
});
