/** Exports of several vCenters, of several versions, or made twice, put together: nothing is lost, and nothing counts twice. */
import { describe, expect, test } from 'vitest';
import { csvOf, readFiles } from '../support/estate-files.ts';
import { rvtoolsSheets, VCENTER, type Layout, type MadeEstate, type MadeMachine } from '../support/rvtools.ts';
import { judged } from './estate.ts';

/** The CSV files of one vCenter, their names behind a number as a script gives them. */
function filesOf(number: number, layout: Layout, estate: MadeEstate): Record<string, string> {
  const own = (text: string): string =>
    text
      .replaceAll(VCENTER.server, `vc${number}.example`)
      .replaceAll(VCENTER.uuid, VCENTER.uuid.replace(/^1+/, String(number).repeat(8)));
  return Object.fromEntries(
    rvtoolsSheets(estate, layout).map((sheet) => [`${number}_${sheet.name}.csv`, own(csvOf(sheet))]),
  );
}

const made = (name: string, number: number, change: Partial<MadeMachine> = {}): MadeMachine => ({
  name,
  number,
  firmware: 'efi',
  disks: [{ gib: 40 }],
  nics: [],
  ...change,
});

describe('two vCenters, of which one was exported by an older version', () => {
  const cluster = made('rac1', 1, { disks: [{ gib: 40, sharing: 'sharingMultiWriter' }] });
  const orders: readonly (readonly [Layout, Layout])[] = [
    ['4.7', '3.11'],
    ['3.11', '4.7'],
  ];

  // In the field, the last file of a tab decided for all: a cluster’s disk was ready, or an old export counted as looked at.
  test.each(orders)('are each judged by their own columns: %s before %s', async (first, second) => {
    const of = (layout: Layout): MadeEstate => ({ machines: [layout === '4.7' ? cluster : made('old', 2)] });
    const estate = await readFiles({ ...filesOf(1, first, of(first)), ...filesOf(2, second, of(second)) });
    const { machines, rules, gaps } = await judged(estate);

    const [rac, old] = ['rac1', 'old'].map((name) => machines.find((one) => one.name === name));
    expect(rac).toMatchObject({ readiness: 'notReady' });
    expect(rac?.findings.map(({ id }) => id)).toContain('DSK-06');
    expect(old).toMatchObject({ readiness: 'conditional' });
    expect(rules).toContainEqual(expect.objectContaining({ id: 'DSK-06', machines: 1, notTold: 1 }));
    for (const of of ['shared-disks', 'secure-boot', 'change-tracking', 'disk-ids'])
      expect(gaps.filter((gap) => gap.of === of)).toEqual([expect.objectContaining({ machines: 1 })]);
  });

  test('say once of a machine that its firmware is not told', async () => {
    const { ['2_vInfo.csv']: info = '', ...others } = filesOf(2, '4.7', { machines: [made('blank', 2)] });
    const { gaps } = await readFiles({
      ...filesOf(1, '4.7', { machines: [cluster] }),
      ...others,
      '2_vInfo.csv': info.replace('"Firmware"', '"Other"'),
    });

    expect(gaps.filter(({ of }) => of === 'firmware')).toEqual([
      {
        of: 'firmware',
        says: 'vInfo has no column “Firmware”: machines are taken to start by BIOS.',
        machines: [expect.stringContaining('vm-2')],
      },
    ]);
  });
});
