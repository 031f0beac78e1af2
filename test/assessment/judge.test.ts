/** An estate becomes an honest plan: what can move, what cannot, what nobody knows, and what all of it needs. */
import { describe, expect, test } from 'vitest';
import { assessmentText } from '../../main/cli/assessment-text.ts';
import { assessmentAs } from '../../main/reports/assessment/formats.ts';
import { Assessment } from '../../main/shared/assessment.ts';
import type { EstateGap } from '../../main/shared/estate.ts';
import { cloud, disk, flavor, machine, nic } from '../plan/sample.ts';
import { readPdf } from '../support/pdf-text.ts';
import { estate, judged, vm } from './estate.ts';

const GiB = 2 ** 30;

const gap = (of: string, machines: string[] | null = null): EstateGap => ({ of, says: `no tab about ${of}`, machines });

describe('how ready a machine is', () => {
  test('is what the rules of preflight say of it: ready, under conditions, not ready', async () => {
    const { machines, rules, readiness } = await judged(
      estate({
        vms: [
          vm('plain'),
          vm('locked', { hasTpm: true }),
          vm('raw', { hasTpm: true, disks: [disk({ rawDevice: 'physical' })] }),
        ],
      }),
    );

    expect(machines.map(({ name, readiness: own }) => [name, own])).toEqual([
      ['plain', 'ready'],
      ['locked', 'conditional'],
      ['raw', 'notReady'],
    ]);
    expect(machines[2]?.findings).toEqual([
      { id: 'DSK-04', about: ['Hard disk 1'] },
      { id: 'DEV-02', about: ['raw'] },
    ]);
    expect(rules.map(({ id, severity, machines: count }) => [id, severity, count])).toEqual([
      ['DSK-04', 'blocks', 1],
      ['DEV-02', 'warns', 2],
    ]);
    expect(rules[0]?.remedy).toContain('Convert it to a virtual disk');
    expect([readiness.ready.machines, readiness.conditional.machines, readiness.notReady.machines]).toEqual([1, 1, 1]);
  });

  test('is unknown where the origin does not tell what could stop it, and never “ready” by silence', async () => {
    const silent = vm('silent', { disks: [] });
    const blocked = vm('blocked', { disks: [], power: 'suspended' });

    const { machines, rules, gaps } = await judged(estate({ vms: [silent, blocked], gaps: [gap('disks')] }));

    expect(machines.map(({ readiness }) => readiness)).toEqual(['unknown', 'notReady']);
    expect(machines[0]?.findings).toEqual([]);
    expect(machines[0]?.gaps).toEqual([0]);
    expect(rules.find(({ id }) => id === 'DSK-20')).toMatchObject({ machines: 0, notTold: 2 });
    expect(gaps).toMatchObject([{ of: 'disks', says: 'no tab about disks', machines: null }]);
    expect(gaps[0]?.rules).toContain('DSK-20');
    expect(gaps[0]?.blocking).toContain('DSK-20');
  });

  test('does not suffer from what no blocking rule needs, nor from what is told of other machines', async () => {
    const { machines, rules } = await judged(
      estate({ vms: [vm('a'), vm('b', { disks: [] })], gaps: [gap('snapshots'), gap('disks', ['b'])] }),
    );

    expect(machines.map(({ readiness, gaps }) => [readiness, gaps])).toEqual([
      ['ready', [0]],
      ['unknown', [0, 1]],
    ]);
    expect(rules.find(({ id }) => id === 'CBT-04')).toMatchObject({ machines: 0, notTold: 2 });
  });
});

test('two cards on one network are found before anybody has planned where they go', async () => {
  const other = { key: '4001', label: 'Network adapter 2', mac: '00:50:56:aa:bb:09' };

  const { machines } = await judged(estate({ vms: [machine({ nics: [nic(), nic(other)] }), machine({ ref: 'one' })] }));

  expect(machines.map(({ findings }) => findings.find(({ id }) => id === 'NET-11')?.about)).toEqual([
    ['Network adapter 2 on “lan”'],
    undefined,
  ]);
});

test('how old a snapshot is counts from when the export was taken, not from today', async () => {
  const snapshot = { ref: 's', name: 's', createdAt: '2026-02-28T08:00:00Z', depth: 0 };
  const vms = [vm('web', { snapshots: [snapshot] })];
  const aboutAt = async (takenAt: string): Promise<unknown> =>
    (await judged(estate({ vms, takenAt }))).machines[0]?.findings;

  expect(await aboutAt('2026-03-01T08:00:00Z')).toEqual([
    { id: 'CBT-04', about: ['1 snapshot, 0 of them older than 3 days'] },
  ]);
  expect(await aboutAt('2026-03-08T08:00:00Z')).toEqual([
    { id: 'CBT-04', about: ['1 snapshot, 1 of them older than 3 days'] },
  ]);
});

test('what few machines have is a condition of those of which it is not told, where it would block; where it is told of none, of none', async () => {
  const { machines, rules, gaps, shares, waves } = await judged(
    estate({ vms: [vm('a'), vm('b', { hasTpm: true })], gaps: [gap('encryption', ['a']), gap('usb')] }),
    { waves: { mostMachines: 50, windowHours: null, pilotMachines: 1 } },
  );
  const warned = await judged(estate({ gaps: [gap('tpm', ['web'])] }));
  const ofNone = await judged(estate({ gaps: [gap('encryption')] }));

  expect(warned.machines[0]?.readiness).toBe('ready');
  expect(ofNone.machines[0]?.readiness).toBe('ready');
  expect(ofNone.gaps[0]?.blocking).toEqual(['DSK-15', 'DEV-02a']);
  expect(machines.map(({ readiness }) => readiness)).toEqual(['conditional', 'conditional']);
  expect(gaps.map(({ blocking }) => blocking)).toEqual([['DSK-15', 'DEV-02a'], []]);
  expect(shares?.map(({ of, isUntold, why }) => [of, isUntold, why])).toEqual([
    ['conditional', true, 'No rule warns, but somebody has to look: no tab about encryption'],
    ['conditional', undefined, 'Rules warn of what wants a look before.'],
  ]);
  expect(waves[0]).toMatchObject({ isPilot: true, machines: 1 });
  expect(machines.map(({ wave }) => wave)).toEqual([1, 2]);
  expect(rules.map(({ id, severity, machines: count, notTold }) => [id, severity, count, notTold])).toEqual([
    ['DSK-15', 'blocks', 0, 1],
    ['DEV-02', 'warns', 1, 0],
  ]);
});

test('a machine whose size nobody tells is unknown, since no flavor can be chosen for it', async () => {
  const { machines } = await judged(estate({ vms: [vm('a', { cpus: 0 })], gaps: [gap('size', ['a'])] }));

  expect(machines[0]?.readiness).toBe('unknown');
});

test('what is not told counts for machines that are judged, as each of them says', async () => {
  const { gaps, machines } = await judged(
    estate({
      vms: [vm('a'), vm('b'), vm('t', { isTemplate: true })],
      gaps: [gap('tpm', ['t']), gap('addresses', ['a', 't'])],
    }),
  );

  expect(gaps.map(({ of, machines: count }) => [of, count])).toEqual([['addresses', 1]]);
  expect(machines.map((one) => one.gaps)).toEqual([[0], []]);
});

describe('which machines are judged', () => {
  const vms = [
    vm('web-1', { power: 'on' }),
    vm('web-2'),
    vm('golden', { isTemplate: true }),
    vm('db-1', { folder: 'DC0/vm/databases', power: 'on' }),
  ];

  test('templates are counted apart, and powered-off ones where that is asked', async () => {
    const usual = await judged(estate({ vms }));
    const running = await judged(estate({ vms }), {
      machines: { name: null, folder: null, cluster: null, withPoweredOff: false, withTemplates: false },
    });

    expect(usual.machines.map(({ name }) => name)).toEqual(['web-1', 'web-2', 'db-1']);
    expect(usual.leftOut).toEqual({ templates: 1, placeholders: 0, poweredOff: 0, byFilter: 0 });
    expect(running.machines.map(({ name }) => name)).toEqual(['web-1', 'db-1']);
    expect(running.leftOut).toEqual({ templates: 1, placeholders: 0, poweredOff: 1, byFilter: 0 });
    expect(running.estate.machines).toBe(4);
  });

  test('names and folders choose by patterns', async () => {
    const { machines, leftOut } = await judged(estate({ vms }), {
      machines: { name: '*-1', folder: '*/databases', cluster: null, withPoweredOff: true, withTemplates: true },
    });

    expect(machines.map(({ name }) => name)).toEqual(['db-1']);
    expect(leftOut.byFilter).toBe(3);
  });
});

describe('flavors', () => {
  test('are those that the cloud has, with what they waste', async () => {
    const { flavors, machines, totals } = await judged(
      estate({ vms: [vm('a'), vm('b', { cpus: 3, memoryBytes: 5 * GiB })] }),
      {},
      { name: 'prod', facts: cloud() },
    );

    expect(flavors.map(({ name, isNew, machines: count, waste }) => [name, isNew, count, waste])).toEqual([
      ['medium', false, 1, { vcpus: 0, memoryMiB: 0 }],
      ['large', false, 1, { vcpus: 1, memoryMiB: 3072 }],
    ]);
    expect(machines[1]).toMatchObject({ flavor: 1, waste: { vcpus: 1, memoryMiB: 3072 } });
    expect(totals.flavorWaste).toEqual({ vcpus: 1, memoryMiB: 3072 });
  });

  test('are made where the cloud has none that is large enough', async () => {
    const { flavors } = await judged(
      estate({ vms: [vm('giant', { cpus: 48, memoryBytes: 256 * GiB })] }),
      {},
      { name: 'prod', facts: cloud() },
    );

    expect(flavors).toEqual([
      expect.objectContaining({ name: 'guts.48c.256g', vcpus: 48, memoryMiB: 262_144, isNew: true, machines: 1 }),
    ]);
  });

  test('say how many of their machines do not move yet, everywhere', async () => {
    const size = { cpus: 8, memoryBytes: 32 * GiB };
    const assessment = await judged(
      estate({ vms: [vm('web'), vm('a', { ...size, power: 'suspended' }), vm('b', { ...size, power: 'suspended' })] }),
    );

    expect(assessment.flavors.map(({ machines, notMoving }) => [machines, notMoving])).toEqual([
      [2, 2],
      [1, 0],
    ]);
    expect(assessmentText({ assessment, comparison: null, report: null, estate: null })).toContain(
      'guts.8c.32g: 8 vCPU, 32 GiB, for 2 machines, all do not move yet',
    );
    expect(String(await assessmentAs(assessment, 'html'))).toContain('<small>all do not move yet</small>');
    expect(readPdf(Buffer.from(await assessmentAs(assessment, 'pdf'))).text).toContain('all do not move yet');
  });

  test('without a cloud are few, and waste little of what thousands of machines have', async () => {
    const vms = Array.from({ length: 3000 }, (_, at) =>
      vm(`m${at}`, { cpus: 1 + (at % 16), memoryBytes: (1 + ((at * 7) % 64)) * GiB }),
    );

    const { flavors, totals, machines } = await judged(estate({ vms }));

    expect(flavors.length).toBeLessThanOrEqual(16);
    expect(flavors.reduce((count, one) => count + one.machines, 0)).toBe(3000);
    for (const one of machines) {
      const own = flavors[one.flavor ?? -1];
      expect(own?.vcpus).toBe(one.cpus + one.waste.vcpus);
      expect(own?.memoryMiB).toBe(one.memoryMiB + one.waste.memoryMiB);
      expect(Math.min(one.waste.vcpus, one.waste.memoryMiB)).toBeGreaterThanOrEqual(0);
    }
    expect(totals.flavorWaste.memoryMiB).toBeLessThan(totals.memoryMiB * 0.4);
  });
});

describe('what is needed of a project', () => {
  const disks = [disk(), disk({ key: '2001', label: 'Hard disk 2', sizeBytes: 100.5 * GiB, storedBytes: null })];

  test('is told plainly without a cloud', async () => {
    const { quotas, totals } = await judged(estate({ vms: [vm('a', { disks, nics: [nic(), nic({ key: '4001' })] })] }));

    expect(Object.fromEntries(quotas.map(({ of, needs }) => [of, needs]))).toEqual({
      instances: 1,
      cores: 2,
      memoryMiB: 4096,
      ports: 2,
      floatingIps: 0,
      volumes: 2,
      volumeGiB: 111,
    });
    expect(quotas.every(({ quota, over }) => quota === null && over === 0)).toBe(true);
    expect(totals).toMatchObject({ disks: 2, cards: 2, addresses: 2, diskGiB: 111 });
  });

  test('is held against live quotas, those of volume types among them', async () => {
    const facts = cloud({
      quotas: { ...cloud().quotas, cores: { limit: 10, used: 9 }, volumeGiB: { limit: -1, used: 5 } },
      typeQuotas: { fast: { volumes: { limit: 1, used: 0 }, volumeGiB: { limit: 1000, used: 0 } } },
    });

    const { quotas, hurts } = await judged(estate({ vms: [vm('a', { disks })] }), {}, { name: 'prod', facts });

    expect(quotas.filter(({ over }) => over > 0)).toEqual([
      { of: 'cores', type: null, needs: 2, quota: { limit: 10, used: 9 }, over: 1 },
      { of: 'volumes', type: 'fast', needs: 2, quota: { limit: 1, used: 0 }, over: 1 },
    ]);
    expect(hurts[0]?.says).toContain('quota is too small in 2 places');
    expect(hurts[0]?.about[0]).toBe('vCPUs: 2 needed, 9 of 10 used, 1 too many');
  });

  test('grows by what disks shall grow', async () => {
    const { totals } = await judged(estate({ vms: [vm('a', { disks })] }), { growthPercent: 20 });

    expect(totals.diskGiB).toBe(12 + 121);
  });

  test('has no volume for a boot disk that lies on the flavor', async () => {
    const { quotas, flavors, machines } = await judged(estate({ vms: [vm('a', { disks })] }), { boot: 'image' });

    expect(quotas.find(({ of }) => of === 'volumes')?.needs).toBe(1);
    expect(flavors[0]?.diskGiB).toBe(10);
    expect(machines[0]?.boot).toBe('image');
  });
});

describe('datastores', () => {
  const facts = cloud({
    volumeTypes: [
      { name: 'standard', isDefault: true },
      { name: 'gold', isDefault: false },
    ],
  });

  test('become the volume type that is called alike, else the default, else what was chosen', async () => {
    const of = estate();
    const named = await judged(of, {}, { name: 'prod', facts });
    const usual = await judged(
      { ...of, datastores: of.datastores.map((one) => ({ ...one, name: 'vsan-7' })) },
      {},
      { name: 'prod', facts },
    );
    const chosen = await judged(of, { volumeTypes: { 'gold-01': 'ssd' } });

    expect([named, usual, chosen].map(({ datastores: [one] }) => one?.to)).toEqual(['gold', 'standard', 'ssd']);
    expect(named.machines[0]?.volumes).toEqual([{ type: 'gold', volumes: 1, gib: 10 }]);
  });
});

describe('time', () => {
  const stored = [disk({ sizeBytes: 100 * GiB, storedBytes: 1e9 })];

  test('is that of what is stored at a given rate, and of the disks’ size at a measured one', async () => {
    const of = estate({ vms: [vm('a', { disks: stored })] });
    const given = await judged(of, { rate: { bytesPerSecond: 100e6, atOnce: 1, basis: 'given' } });
    const measured = await judged(of, { rate: { bytesPerSecond: 100 * 2 ** 20, atOnce: 1, basis: 'measured' } });

    expect(given.machines[0]?.seconds).toBe(10);
    expect(measured.machines[0]?.seconds).toBe(1024);
    expect(given.waves[0]?.seconds).toBe(10);
  });

  test('is told by waves of what can move, and what cannot is in none', async () => {
    const { waves, machines, totals } = await judged(
      estate({ vms: [vm('a'), vm('b', { hasTpm: true }), vm('c', { power: 'suspended' })] }),
      { waves: { mostMachines: 1, windowHours: null, pilotMachines: 1 } },
    );

    expect(machines.map(({ wave }) => wave)).toEqual([1, 2, null]);
    expect(waves.map(({ machines: count, isPilot }) => [count, isPilot])).toEqual([
      [1, true],
      [1, false],
    ]);
    expect(totals.seconds).toBeCloseTo(2 * ((2 * GiB) / 50e6));
  });
});

describe('hardware', () => {
  const hardwareOf = async (guests: readonly [id: string | null, name: string | null][]) =>
    await judged(
      estate({ vms: guests.map(([guestOsId, guestOsName], at) => vm(`m${at}`, { guestOsId, guestOsName })) }),
    );

  test('is virtio for guests that bring it, by id or by name, and a reason that many share is told once', async () => {
    const { machines, profiles, profileReasons, profileChoices } = await hardwareOf([
      [null, 'Ubuntu Linux (64-bit)'],
      ['ubuntu64Guest', 'Ubuntu Linux (64-bit)'],
      [null, 'Microsoft Windows Server 2019 (64-bit)'],
      ['windows9Server64Guest', 'Microsoft Windows Server 2016 (64-bit)'],
    ]);

    expect(machines.map(({ profile, profileReason }) => [profile, profileReason])).toEqual([
      ['virtio', 0],
      ['virtio', 0],
      ['compatible', 1],
      ['compatible', 1],
    ]);
    expect(profiles).toEqual({ virtio: 2, compatible: 2 });
    expect(profileReasons[1]).toContain(profileChoices?.[1]?.reason);
    expect(profileReasons[0]).toContain('Ubuntu brings virtio drivers');
    expect(profileChoices?.map(({ machines: count, remedy }) => [count, remedy === null])).toEqual([
      [2, true],
      [2, false],
    ]);
  });

  test.each([
    ['rhel8_64Guest', 'Red Hat Enterprise Linux 8 (64-bit)', /dracut, hostonly/, /dracut -f; then choose virtio/],
    [null, 'Rocky Linux (64-bit)', /dracut, hostonly/, /virtio_pci virtio_blk/],
    [null, 'SUSE Linux Enterprise 15 (64-bit)', /^SUSE has virtio drivers/, /dracut\.conf\.d/],
    ['centos6_64Guest', 'CentOS 6 (64-bit)', /up to 6/, /^Leave it as it is; or .*mkinitrd/],
    [null, 'SUSE Linux Enterprise 11 (64-bit)', /up to 11/, /mkinitrd/],
    [null, 'Microsoft Windows Server 2022 (64-bit)', /no virtio drivers of its own/, /viostor/],
    [null, 'Debian GNU/Linux 4 (64-bit)', /^Debian GNU\/Linux 4 .* not known/, /Find out/],
    [null, null, /^Nobody tells which system/, /Find out/],
  ])('of %s, “%s”, is compatible, with the reason, the cost and the way to virtio', async (id, name, why, way) => {
    const { profileChoices, profileReasons } = await hardwareOf([[id, name]]);

    expect(profileChoices).toEqual([
      {
        profile: 'compatible',
        machines: 1,
        reason: expect.stringMatching(why),
        remedy: expect.stringMatching(way),
      },
    ]);
    expect(profileReasons[0]).toMatch(/SATA or IDE disks and an e1000 card.*slower/);
  });
});

describe('an assessment', () => {
  test('is what its schema says, also of an empty estate', async () => {
    const full = await judged(estate({ gaps: [gap('tpm')], warnings: ['vInfo, row 7: no name'] }));
    const empty = await judged(estate({ vms: [], networks: [], datastores: [] }));

    expect(Assessment.parse(full)).toEqual(full);
    expect(full.warnings).toEqual(['vInfo, row 7: no name']);
    expect(Assessment.parse(empty)).toEqual(empty);
    expect(empty.waves).toEqual([]);
  });

  test('for flavors that nobody has can be asked with a cloud of special ones', async () => {
    const facts = cloud({
      flavors: [{ ...flavor('gpu', 8, 16_384, 80), extraSpecs: { 'pci_passthrough:alias': 'x:1' } }],
    });

    const { flavors } = await judged(estate(), {}, { name: 'prod', facts });

    expect(flavors.map(({ name, isNew }) => [name, isNew])).toEqual([['guts.2c.4g', true]]);
  });
});
