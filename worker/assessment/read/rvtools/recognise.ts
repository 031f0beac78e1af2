/** Tells which of RVTools' tabs a table is: by its name with whatever stands around it, else by its headings. */
import { headingsIn, type Tab } from '../records.ts';
import type { Table } from '../table.ts';
import * as tabs from './tabs.ts';

/** Longer names first, for `vPort` is at the end of `dvPort`. */
const NAMES = [
  'vPartition',
  'vMultiPath',
  'vDatastore',
  'vMetaData',
  'vSnapshot',
  'vFileInfo',
  'dvSwitch',
  'vNetwork',
  'vCluster',
  'vLicense',
  'vSC_VMK',
  'vMemory',
  'vSwitch',
  'vFloppy',
  'vSource',
  'vHealth',
  'dvPort',
  'vTools',
  'vInfo',
  'vDisk',
  'vHost',
  'vPort',
  'vCPU',
  'vUSB',
  'vHBA',
  'vNIC',
  'vCD',
  'vRP',
] as const;
export type TabName = (typeof NAMES)[number];

/** `tabvInfo`, `RVTools_tabvInfo.csv`, `VINFO (2)`, `2024-03-05 vInfo`. */
export function tabNamed(name: string): TabName | null {
  const bare = name
    .slice(-200)
    .replace(/\.(csv|txt|tsv)$/i, '')
    .replace(/[\s_-]*(?:\(\d+\)|copy|\d+)$/i, '')
    .trim()
    .toLowerCase();
  return NAMES.find((known) => bare.endsWith(known.toLowerCase()) && isEdge(bare, bare.length - known.length)) ?? null;
}

/** Whether a word begins there, or behind RVTools' `tab`. */
const isEdge = (text: string, at: number): boolean =>
  at === 0 || /[^a-z]$/.test(text.slice(0, at)) || text.slice(0, at).endsWith('tab');

/** What a tab has that those after it in this list lack, or have not all of. */
const TELLING: readonly (readonly [TabName, Tab<string>, readonly string[]])[] = [
  ['vDisk', tabs.vDisk, ['vm', 'capacity', 'mode', 'thin']],
  ['vNetwork', tabs.vNetwork, ['vm', 'mac', 'network']],
  ['vPartition', tabs.vPartition, ['vm', 'path', 'capacity', 'free']],
  ['vCPU', tabs.vCPU, ['vm', 'cpus', 'coresPerSocket']],
  ['vInfo', tabs.vInfo, ['vm', 'cpus', 'memory', 'power']],
];

/** The tabs that are read. */
const READ = new Map<TabName, Tab<string>>(
  [
    tabs.vInfo,
    tabs.vDisk,
    tabs.vNetwork,
    tabs.vCPU,
    tabs.vMemory,
    tabs.vPartition,
    tabs.vSnapshot,
    tabs.vTools,
    tabs.vCD,
    tabs.vFloppy,
    tabs.vUSB,
    tabs.vHost,
    tabs.vDatastore,
    tabs.vSwitch,
    tabs.vPort,
    tabs.dvSwitch,
    tabs.dvPort,
    tabs.vMetaData,
  ].map((tab) => [tab.name as TabName, tab]), // they are called as RVTools calls them
);
/** Of a table that is only called somehow like a tab. */
const FEWEST_HEADINGS = 3;

type Rows = readonly (readonly string[])[];

function tabByHeadings(rows: Rows): TabName | null {
  for (const [name, tab, fields] of TELLING)
    if (rows.some((row) => fieldsIn(row, tab, fields) === fields.length)) return name;
  return null;
}

function fieldsIn(row: readonly string[], tab: Tab<string>, fields: readonly string[]): number {
  const headings = headingsIn({ number: 0, cells: [...row] }, tab);
  return fields.filter((field) => headings.has(field)).length;
}

/** `RVTools_tabvInfo_vc2.csv`, `vInfo (copy)`: a tab’s name with anything behind it. */
const tabMentioned = (name: string): TabName | null =>
  NAMES.find((known) => new RegExp(`(?:^|[^a-z]|tab)${known}(?![a-z])`, 'i').test(name.slice(-200))) ?? null;

const hasHeadingsOf = (tab: Tab<string>, rows: Rows): boolean =>
  rows.some(
    (row) =>
      fieldsIn(row, tab, [tab.key]) === 1 &&
      fieldsIn(row, tab, Object.keys(tab.columns)) >= Math.min(FEWEST_HEADINGS, Object.keys(tab.columns).length),
  );

export interface Recognised {
  readonly tables: Map<TabName, Table[]>;
  /** Of tables that look like one of machines, and are not used: why. */
  readonly unused: string[];
}

/**
 * By their names; those whose names are no tab’s, by what stands in them. Beside a table that is called like its tab, such a
 * one may be somebody’s selection of the same machines: it counts where ids tell.
 *
 * @param heads the first rows of the tables whose names are no tab’s
 */
export function recognised(all: readonly Table[], heads: ReadonlyMap<Table, Rows>): Recognised {
  const tables = new Map<TabName, Table[]>();
  const unused: string[] = [];
  const use = (name: TabName, table: Table): void => {
    const before = tables.get(name);
    if (before === undefined) tables.set(name, [table]);
    else before.push(table);
  };
  for (const table of all) {
    const name = tabNamed(table.name);
    if (name !== null) use(name, table);
  }
  const named = new Set(tables.keys());
  for (const [table, rows] of heads) {
    const mentioned = tabMentioned(table.name);
    const name = tabByHeadings(rows) ?? mentioned;
    const tab = name === null ? undefined : READ.get(name);
    if (name === null || tab === undefined) continue;
    if (!hasHeadingsOf(tab, rows)) {
      if (name === 'vInfo') unused.push(`“${table.name}” has not the headings of the tab vInfo, and is not used.`);
    } else if (named.has(name) && 'vm' in tab.columns && !rows.some((row) => fieldsIn(row, tab, ['id', 'uuid']) > 0))
      unused.push(
        `“${table.name}” looks like the tab ${name}, and is not used, as it has neither “VM ID” nor “VM UUID” to tell whether it is about other machines; if it is, call it “${name} (2)”.`,
      );
    else use(name, table);
  }
  return { tables, unused };
}
