/** The head of an assessment adds up: each machine of the origin counts once, with why it moves, does not yet, or was not judged. */
import { describe, expect, test } from 'vitest';
import { assessmentAs } from '../../main/reports/assessment/formats.ts';
import { disk } from '../plan/sample.ts';
import { readPdf } from '../support/pdf-text.ts';
import { estate, judged, vm } from './estate.ts';

const raw = [disk({ rawDevice: 'physical' })];
const assessment = await judged(
  estate({
    vms: [
      vm('plain'),
      vm('locked', { hasTpm: true }),
      vm('raw', { disks: raw }),
      vm('raw-2', { disks: raw }),
      vm('asleep', { power: 'suspended' }),
      vm('asleep-and-raw', { power: 'suspended', disks: raw }),
      vm('dumb', { disks: [] }),
      vm('golden', { isTemplate: true }),
      vm('stand-in', { traits: { isPlaceholder: true }, disks: [] }),
      vm('lab', { folder: 'elsewhere' }),
    ],
    gaps: [{ of: 'disks', says: 'vDisk is missing.', machines: ['dumb'] }],
  }),
  { machines: { name: null, folder: 'DC0/*', cluster: null, withPoweredOff: true, withTemplates: false } },
);

describe('shares of an assessment', () => {
  test('are of each machine once, under the weightiest reason, and add up to all of the origin', () => {
    const { shares = [], estate: origin, waves } = assessment;

    expect(shares.map(({ of, rule, machines }) => [of, rule, machines])).toEqual([
      ['ready', null, 1],
      ['conditional', null, 1],
      ['notReady', 'DSK-04', 2],
      ['notReady', 'VM-07', 2],
      ['unknown', null, 1],
      ['template', null, 1],
      ['placeholder', null, 1],
      ['notAskedFor', null, 1],
    ]);
    expect(shares.find(({ of }) => of === 'unknown')?.why).toBe('vDisk is missing.');
    expect(shares.reduce((sum, { machines }) => sum + machines, 0)).toBe(origin.machines);
    const bytes = shares.filter(({ of }) => of === 'ready' || of === 'conditional').map(({ copyBytes }) => copyBytes);
    expect(bytes.reduce<number>((sum, one) => sum + (one ?? 0), 0)).toBe(
      waves.reduce((sum, { copyBytes }) => sum + copyBytes, 0),
    );
  });

  test('are told on the page, on paper and in the workbook, with their sums', async () => {
    const sentence =
      '10 machines: 2 move (1 ready, 1 ready with conditions, as rules warn), 5 do not yet (2 by DSK-04, 2 by VM-07, 1 unknown), 3 are not judged (1 template, 1 placeholder of Site Recovery Manager, 1 not asked for).';
    const page = String(await assessmentAs(assessment, 'html'));
    const paper = readPdf(Buffer.from(await assessmentAs(assessment, 'pdf'))).text.replaceAll(/\s+/g, ' ');

    expect(page).toContain(sentence);
    expect(paper).toContain(sentence);
    for (const sum of ['= move', '= do not move yet', '= judged', '= all in the origin']) {
      expect(page).toContain(sum);
      expect(paper).toContain(sum);
    }
  });

  test('of an assessment that is older are told as far as it has them', async () => {
    const { shares: _, ...older } = assessment;

    expect(String(await assessmentAs(older, 'html'))).toContain('1 ready, 1 ready with conditions, 4 not ready');
  });
});
