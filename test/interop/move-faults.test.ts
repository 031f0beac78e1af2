/** Faults of an independent vCenter in the middle of whole migrations: the same stories as the built-in one's. */
import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { MigrationRecord } from '../../main/shared/migration.ts';
import { signInAs } from '../lab/openstack/sign-in.ts';
import { startOpenstack, type OpenstackLab } from '../lab/openstack/start.ts';
import { makeRaw, MiB, qemuImg, scratch } from '../support/disks.ts';
import { faultStories, type VsphereFault } from '../support/fault-stories.ts';
import { Mover, type Said } from '../support/mover.ts';
import { until } from '../support/until.ts';
import { vspherePeer, type VspherePeer } from './vsphere-peer.ts';

const folder = scratch();
afterAll(() => folder[Symbol.dispose]());

const DISKS = ['system.raw', 'data.raw'];
/** Its machines have change ids only after their first snapshot. */
const stories = faultStories.filter(({ reading }) => reading !== 'areas');
/** One for each story, and one whose server's certificate changes. */
const MACHINES = stories.length + 1;

describe('a vCenter of others', () => {
  let vcenter: VspherePeer;
  let cloud: OpenstackLab;
  let mover: Mover;
  let moves = 0;

  beforeAll(async () => {
    for (const [i, name] of DISKS.entries())
      await makeRaw(folder.file(name), (6 - 2 * i) * MiB, [{ offset: i * MiB, length: 2 * MiB, seed: i }]);
    const vms = Array.from({ length: MACHINES }, (_, i) => ({
      name: `fault-${i}`,
      guestId: 'otherLinux64Guest',
      cpus: 1,
      memoryMiB: 256,
      nics: [''],
      firmware: 'bios',
      controller: 'pvscsi',
      tools: 'ok',
      powerOn: true,
      cbt: true,
      disks: DISKS.map((file) => ({ file, thin: true })),
    }));
    writeFileSync(folder.file('manifest.json'), JSON.stringify({ vms }));
    const flags = ['-manifest', folder.file('manifest.json'), '-zoo=false', '-vm', '2', '-shutdown-time', '100ms'];
    vcenter = await vspherePeer('vcenter', ...flags);
    cloud = await startOpenstack({ buildMs: 20, quotas: { instances: 100, cores: 200 } });
    mover = new Mover(folder.file('mover'));
    await mover.connect(await vcenter.signIn(), signInAs(cloud));
  });
  afterEach(async () => await vcenter.reset());
  afterAll(async () => {
    await Promise.all([vcenter[Symbol.asyncDispose](), cloud[Symbol.asyncDispose]()]);
  });

  async function move(
    options: readonly string[],
  ): Promise<{ readonly vm: string; readonly record: MigrationRecord; readonly said: Said }> {
    const vm = `fault-${moves++}`;
    return { vm, ...(await mover.move(vm, '--map', 'lan:auto', ...options)) };
  }

  test.each(stories)('$name ($reading): $ends', async ({ reading, faults, options = [], ends, says }) => {
    const { images } = cloud.state();
    for (const fault of faults) await vcenter.fault(inItsWords(fault));

    const { vm, record, said } = await move(['--read', reading, ...options]);

    const isMoved = ends === 'done';
    expect(record, said.err).toMatchObject({ stage: isMoved ? 'done' : 'failed', ledger: [] });
    expect(record.error?.code ?? 'done').toBe(ends);
    expect(said.err).toMatch(says ?? /./);
    expect(await vcenter.hits()).not.toContain(0);
    if (record.outcome === null) expect(cloud.state().images).toHaveLength(images.length);
    else
      for (const [i, disk] of cloud.serverDisks(record.outcome.serverId).entries())
        qemuImg('compare', '-f', 'raw', '-F', disk.format, folder.file(DISKS[i] ?? ''), disk.path);
    expect(cloud.state().servers.filter(({ name }) => name === vm)).toHaveLength(isMoved ? 1 : 0);
    expect(await vcenter.powerOf(vm)).toBe(isMoved && !options.includes('snapshot') ? 'poweredOff' : 'poweredOn');
    expect(await vcenter.state()).toMatchObject({ leases: 0 });
  });

  test('with another certificate all of a sudden: nothing is sent to it until an operator trusts it', async () => {
    cloud.faults.add({ where: 'image', kind: 'stall', match: '^PUT .*/file', afterBytes: 100_000, delayMs: 10_000 });
    const moving = move(['--read', 'lease']);
    await until(
      async () => cloud.faults.rules[0]?.met ?? 0,
      (met) => met > 0,
    );
    await vcenter.post('/cert/rotate');
    const { vm, record } = await moving;
    cloud.faults.clear();

    expect(record).toMatchObject({ stage: 'failed', error: { code: 'net.certificate-changed' } });
    const { trust } = (await vcenter.signIn()).connection;
    if (trust.kind !== 'pinned') throw new Error('the peer’s certificate is pinned');
    const trusted = await mover.say(['source', 'trust', 'from', '--fingerprint', trust.sha256]);
    const cancelled = await mover.say(['cancel', record.request.id]);

    expect([trusted.code, cancelled.code], cancelled.err).toEqual([0, 0]);
    expect(await mover.record(record.request.id)).toMatchObject({ stage: 'cancelled', ledger: [] });
    expect(await vcenter.powerOf(vm)).toBe('poweredOn');
    expect(await vcenter.state()).toMatchObject({ leases: 0 });
    expect(JSON.parse((await mover.say(['tidy', '--json'])).out)).toEqual({ leftovers: [] });
  });
});

/** The peer matches methods from end to end, and paths without their verb. */
function inItsWords({ match = '', where, ...fault }: VsphereFault): Readonly<Record<string, unknown>> {
  if (where === 'soap') return { ...fault, where, method: `.*(?:${match}).*` };
  return { ...fault, where, path: match.replace('GET ', '') };
}
