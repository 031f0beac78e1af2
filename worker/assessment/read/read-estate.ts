/** Exported files → a data centre: tells by their content what they are. Nothing is sent anywhere. */
import type { Estate } from '../../../main/shared/estate.ts';
import { GutsError } from '../../../main/shared/errors.ts';
import { NoMachinesError } from './errors.ts';
import { readHyperv } from './hyperv/read.ts';
import { hypervTabOf, type HypervTab } from './hyperv/tabs.ts';
import { readRvtools } from './rvtools/read.ts';
import { recognised, tabNamed } from './rvtools/recognise.ts';
import { firstRows, Sources } from './sources.ts';
import { demandNoAssessment, inSpiteOf } from './strange.ts';
import type { Table } from './table.ts';

/**
 * @param files paths: one workbook (.xlsx) of RVTools; or a folder, files, or a zip archive with CSV files of RVTools or Hyper-V
 * @throws DamagedExportError, ExportLimitError, UnsupportedExportError, NoMachinesError
 */
export async function readEstate(files: readonly string[], signal: AbortSignal): Promise<Estate> {
  await using sources = await Sources.open(files, signal);
  const { tables, names } = sources;
  const { heads, unreadable } = await headsOf(tables, signal);
  const rvtools = recognised(tables, heads);
  const hyperv = new Map<HypervTab, Table[]>();
  for (const [table, rows] of heads) {
    const name = hypervTabOf(rows);
    if (name !== null) hyperv.set(name, [...(hyperv.get(name) ?? []), table]);
  }
  if (rvtools.tables.has('vInfo')) {
    const beside = (hyperv.get('machines') ?? []).map(
      ({ name }) =>
        `“${name}” looks like a table of Hyper-V, and is not used beside those of RVTools: give it by itself.`,
    );
    const estate = await readRvtools(rvtools.tables, names, signal);
    return { ...estate, warnings: [...unreadable, ...rvtools.unused, ...beside, ...estate.warnings] };
  }
  if (hyperv.has('machines')) return await readHyperv(hyperv, names, signal);
  demandNoAssessment(heads, names);
  const [only, second] = names;
  if (only !== undefined && second === undefined && sources.hasText && inSpiteOf(only) !== '')
    throw new NoMachinesError(`“${only}” is no workbook but a text, and no table of machines is in it.`);
  const others = [...rvtools.tables.keys()].join(', ');
  const there = others === '' ? tablesIn(tables) : `, only RVTools’ ${others}`;
  throw new NoMachinesError(`There is no table of machines in “${names.slice(0, 10).join('”, “')}”${there}.`);
}

/** The first rows of the tables whose names are no tab’s. What cannot be read is no harm beside a table that is called vInfo. */
async function headsOf(
  tables: readonly Table[],
  signal: AbortSignal,
): Promise<{ heads: Map<Table, readonly (readonly string[])[]>; unreadable: string[] }> {
  const isNamed = tables.some(({ name }) => tabNamed(name) === 'vInfo');
  const heads = new Map<Table, readonly (readonly string[])[]>();
  const unreadable: string[] = [];
  for (const table of tables)
    if (tabNamed(table.name) === null)
      try {
        heads.set(table, await firstRows(table, signal));
      } catch (error) {
        if (!isNamed || !(error instanceof GutsError)) throw error;
        unreadable.push(`${error.message} It is not used.`);
      }
  return { heads, unreadable };
}

/** What sheets are called, where there are several tables. */
const tablesIn = (tables: readonly Table[]): string =>
  tables.length < 2
    ? ''
    : `, whose tables are “${tables
        .slice(0, 10)
        .map(({ name }) => name.slice(0, 60))
        .join('”, “')}”`;
