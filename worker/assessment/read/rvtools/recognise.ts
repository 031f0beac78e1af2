/** Tells which of RVTools' tabs a table is: by its name with whatever stands around it, else by its headings. */
import { headingsIn, type Tab } from '../records.ts';
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

/** @param rows the first of the table */
export function tabByHeadings(rows: readonly (readonly string[])[]): TabName | null {
  for (const [name, tab, fields] of TELLING)
    for (const row of rows) {
      const headings = headingsIn({ number: 0, cells: [...row] }, tab);
      if (fields.every((field) => headings.has(field))) return name;
    }
  return null;
}
