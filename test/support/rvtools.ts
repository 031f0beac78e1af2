/** Makes RVTools exports in the layouts of its versions: the tabs and headings that each has, filled from one list of machines. */
import { layout311 } from './rvtools/3.11.ts';
import { layout41 } from './rvtools/4.1.ts';
import { layout47 } from './rvtools/4.7.ts';
import { machineRows, placeRows, VCENTER } from './rvtools/cells.ts';
import type { Layout, MadeEstate, TabHeadings } from './rvtools/made.ts';
import type { MadeSheet } from './workbook.ts';

export type { Layout, MadeDisk, MadeEstate, MadeMachine, MadeNetwork, MadeNic } from './rvtools/made.ts';
export { biosUuidOf, uuidOf, VCENTER } from './rvtools/cells.ts';

const LAYOUTS: Readonly<Record<Layout, { readonly version: string; readonly headings: TabHeadings }>> = {
  '3.11': { version: '3.11.9', headings: layout311 },
  '4.1': { version: '4.1.4.0', headings: layout41 },
  '4.7': { version: '4.7.1.4', headings: layout47 },
};

/** All tabs of a layout, each with its headings first. */
export function rvtoolsSheets(estate: MadeEstate, layout: Layout): MadeSheet[] {
  const { version } = LAYOUTS[layout];
  const places = placeRows(estate);
  return Object.entries(LAYOUTS[layout].headings).map(([name, headings]) => {
    const columns = headings.split(', ');
    const made = machineRows[name];
    const rows =
      name === 'vMetaData'
        ? [
            ['RVTools major version', 'RVTools version', 'xlsx creation datetime', 'Server'].map(
              (_, index) => [version.slice(0, 3), version, '2024/03/05 10:11:12', VCENTER.server][index] ?? null,
            ),
          ]
        : made === undefined
          ? (places[name] ?? []).map((row) => columns.map((heading) => row[heading] ?? null))
          : estate.machines.flatMap((machine) => made(machine).map((fill) => columns.map(fill)));
    return { name, rows: [columns, ...rows] };
  });
}
