/** What an assessment says of waves: which machines they have, whether one is out of proportion, how long machines are off. */
import { describe, expect, test } from 'vitest';
import { assessmentAs } from '../../main/reports/assessment/formats.ts';
import { largeWaveText } from '../../main/reports/assessment/waves.ts';
import { Assessment, defaultAssessmentOptions } from '../../main/shared/assessment.ts';
import { disk, hyperv } from '../plan/sample.ts';
import { readPdf } from '../support/pdf-text.ts';
import { estate, judged, vm } from './estate.ts';

const rate = { bytesPerSecond: 100e6, atOnce: 1, basis: 'given' } as const;
/** 1,000 seconds to copy at that rate. */
const disks = [disk({ sizeBytes: 2 ** 40, storedBytes: 100e9 })];

describe('the machines of a wave', () => {
  test('are named on the page, on paper and in JSON, with ids where two have one name', async () => {
    const vms = [vm('web'), vm('db'), vm('twin-1', { name: 'twin' }), vm('twin-2', { name: 'twin' })];
    const assessment = await judged(estate({ vms: [...vms, vm('stuck', { power: 'suspended' })] }));

    const page = String(await assessmentAs(assessment, 'html'));
    const paper = readPdf(Buffer.from(await assessmentAs(assessment, 'pdf'))).text;
    const { waves } = Assessment.parse(JSON.parse(String(await assessmentAs(assessment, 'json'))));

    for (const text of [page, paper]) expect(text).toContain('web, db, twin (twin-1), twin (twin-2)');
    expect(waves.map(({ names }) => names)).toEqual([['web', 'db', 'twin (twin-1)', 'twin (twin-2)']]);
  });
});

describe('a wave with far more machines than any other', () => {
  const many = estate({ vms: Array.from({ length: 54 }, (_, at) => vm(`m${at}`)) });
  const says = 'of the 54 machines that move: judge again with waves of at most 15 machines';

  test('is pointed at, with the flag on a terminal and without it on the page and on paper', async () => {
    const assessment = await judged(many);

    expect(largeWaveText(assessment)).toContain(`Wave 2 has 49 ${says} (--wave-size 15)`);
    const page = String(await assessmentAs(assessment, 'html'));
    const paper = readPdf(Buffer.from(await assessmentAs(assessment, 'pdf'))).text.replaceAll(/\s+/g, ' ');
    for (const text of [page, paper]) {
      expect(text).toContain(says);
      expect(text).not.toContain('--wave-size');
    }
  });

  test('is nothing to talk about where waves are alike, or small', async () => {
    const smaller = { ...defaultAssessmentOptions.waves, mostMachines: 15 };

    expect(largeWaveText(await judged(many, { waves: smaller }))).toBeNull();
    expect(largeWaveText(await judged(estate({ vms: many.vms.slice(0, 16) })))).toBeNull();
    expect(largeWaveText(await judged(estate({ vms: [] })))).toBeNull();
  });
});

describe('how long a machine is off', () => {
  test('is the whole copy and its stop and start, or what changed meanwhile where changes can be tracked', async () => {
    const { machines, waves, downtime } = await judged(
      estate({
        vms: [
          vm('tracked', { disks, power: 'on', changeTracking: true, firmware: 'uefi' }),
          vm('untracked', { disks, power: 'on', changeTracking: false }),
          vm('ancient', { disks, power: 'on', hardwareVersion: 4 }),
          vm('independent', {
            disks: disks.map((one) => ({ ...one, mode: 'independentPersistent' as const })),
            power: 'on',
          }),
          vm('off', { disks, power: 'off' }),
        ],
      }),
      { rate },
    );

    expect(downtime).toEqual({ stopAndStartSeconds: 300, changedPercent: 5 });
    expect(machines.map(({ name, firmware, tracking, downtime: own }) => [name, firmware, tracking, own])).toEqual([
      ['tracked', 'uefi', 'on', { coldSeconds: 1300, warmSeconds: 350 }],
      ['untracked', 'bios', 'off', { coldSeconds: 1300, warmSeconds: 350 }],
      ['ancient', 'bios', 'cannot', { coldSeconds: 1300, warmSeconds: null }],
      ['independent', 'bios', 'cannot', { coldSeconds: 1300, warmSeconds: null }],
      ['off', 'bios', 'off', null],
    ]);
    expect(waves.map((wave) => wave.downtime)).toEqual([
      { machines: 4, warmMachines: 2, coldSeconds: 5200, warmSeconds: 3300 },
    ]);
  });

  test('and what the origin does not tell is said not to be told', async () => {
    const gap = (of: string) => ({ of, says: `no column for ${of}`, machines: null });
    const assessment = await judged(
      estate({ vms: [vm('web', { disks, power: 'on' })], gaps: [gap('firmware'), gap('change-tracking')] }),
    );

    expect(assessment.machines[0]).toMatchObject({ firmware: null, tracking: 'untold' });
    expect(String(await assessmentAs(assessment, 'html'))).toContain('not told, tracking not told');
  });

  test('of Hyper-V is warm from version 8 of its machines on', async () => {
    const { machines } = await judged(
      estate({
        vms: ['9.0', '5.0'].map((version) => vm(version, { disks, power: 'on', hyperv: hyperv({ version }) })),
      }),
    );

    expect(machines.map(({ tracking }) => tracking)).toEqual(['off', 'cannot']);
  });

  test('stands in the report of each machine and of each wave, with what is assumed', async () => {
    const assessment = await judged(
      estate({ vms: [vm('web', { disks, power: 'on', firmware: 'uefi', changeTracking: true })] }),
      { rate },
    );
    const page = String(await assessmentAs(assessment, 'html'));
    const paper = readPdf(Buffer.from(await assessmentAs(assessment, 'pdf'))).text.replaceAll(/\s+/g, ' ');
    const csv = String(await assessmentAs(assessment, 'csv'));

    for (const text of [page, paper]) {
      expect(text).toMatch(/UEFI/);
      expect(text).toContain('tracking on');
      expect(text).toContain('22 min');
      expect(text).toContain('warm 6 min');
      expect(text).toContain('assumed: 5 % of what there is to copy');
    }
    expect(csv).toContain(',UEFI,on,1300,350,1');
  });
});
