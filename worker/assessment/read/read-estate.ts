/** Exported files → a data centre: tells by their content what they are. Nothing is sent anywhere. */
import type { Estate } from '../../../main/shared/estate.ts';
import { NoMachinesError } from './errors.ts';
import { readHyperv } from './hyperv/read.ts';
import { hypervTabOf, type HypervTab } from './hyperv/tabs.ts';
import { readRvtools } from './rvtools/read.ts';
import { tabByHeadings, tabNamed, type TabName } from './rvtools/recognise.ts';
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
  const rvtools = grouped(tables, ({ name }) => tabNamed(name));
  if (rvtools.has('vInfo')) return await readRvtools(rvtools, names, signal);

  // Nothing is called as RVTools calls it: what stands in the tables decides.
  const heads = new Map<Table, readonly (readonly string[])[]>();
  for (const table of tables) heads.set(table, await firstRows(table, signal));
  const byHeadings = grouped<TabName>(tables, (table) => tabNamed(table.name) ?? tabByHeadings(heads.get(table) ?? []));
  if (byHeadings.has('vInfo')) return await readRvtools(byHeadings, names, signal);
  const hyperv = grouped<HypervTab>(tables, (table) =>
    tabNamed(table.name) === null ? hypervTabOf(heads.get(table) ?? []) : null,
  );
  if (hyperv.has('machines')) return await readHyperv(hyperv, names, signal);
  demandNoAssessment(heads, names);
  const [only, second] = names;
  if (only !== undefined && second === undefined && sources.hasText && inSpiteOf(only) !== '')
    throw new NoMachinesError(`“${only}” is no workbook but a text, and no table of machines is in it.`);
  const others = [...byHeadings.keys()].join(', ');
  const there = others === '' ? tablesIn(tables) : `, only RVTools’ ${others}`;
  throw new NoMachinesError(`There is no table of machines in “${names.slice(0, 10).join('”, “')}”${there}.`);
}

/** What sheets are called, where there are several tables. */
const tablesIn = (tables: readonly Table[]): string =>
  tables.length < 2
    ? ''
    : `, whose tables are “${tables
        .slice(0, 10)
        .map(({ name }) => name.slice(0, 60))
        .join('”, “')}”`;

function grouped<Name>(tables: readonly Table[], nameOf: (table: Table) => Name | null): Map<Name, Table[]> {
  const groups = new Map<Name, Table[]>();
  for (const table of tables) {
    const name = nameOf(table);
    if (name === null) continue;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [table]);
    else group.push(table);
  }
  return groups;
}
