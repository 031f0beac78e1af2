/** Answers what is asked about plans as files, and about lists of machines for them. */
import { stringify } from 'yaml';
import type { SourceConnection } from '../shared/connections.ts';
import { GutsError } from '../shared/errors.ts';
import { matched, type Listed } from '../shared/lists/match.ts';
import { nothing, wantedOf, type MachineList, type Wanted } from '../shared/lists/vm-list.ts';
import { documentOf, hasUserData, planJsonSchema, PlanDocument, wordOf } from '../shared/plan-document.ts';
import type { OutputOf } from '../shared/operations.ts';
import type { Plan } from '../shared/plans.ts';
import type { UploadId } from '../shared/uploads.ts';
import type { InventoryRow } from '../store/inventory-view.ts';
import { UploadStore } from '../store/uploads.ts';
import type { Parts, Some } from './handlers.ts';
import { readWritten } from '../yaml-problems.ts';
import { inventoryOf, type InventoryParts } from './inventory.ts';
import { matchedList } from './plan-lists.ts';

const MOST_TOLD = 100;

class NoListError extends GutsError {
  readonly code = 'plan.no-list';
  readonly remedy = 'Give the text of a list, or name a file that was sent, but not both.';
}

export const planFileHandlers = (
  parts: InventoryParts & Pick<Parts, 'dataDir' | 'engines'>,
): Some<'plans.readFile' | 'plans.schema' | 'plans.matchList' | 'plans.readList'> => ({
  'plans.readFile': async ({ text, source: name }, { signal }) => {
    const read = readWritten(PlanDocument, text);
    if (!read.isSound) return { plan: null, problems: read.problems.slice(0, MOST_TOLD) };
    if (name === undefined) return { plan: read.value, problems: [] };
    const source = await parts.connections.find('source', name);
    const rows = machinesIn((await inventoryOf(parts, source, signal)).rows);
    const { machines, problems } = foundIn(read.value, source, rows);
    if (problems.length === 0) return { plan: { ...read.value, machines }, problems: [] };
    const told = problems.slice(0, MOST_TOLD).map(({ at, says }) => read.problemAt(['machines', at, 'vm'], says));
    return { plan: null, problems: told };
  },
  'plans.schema': async () => await Promise.resolve(planJsonSchema()),
  'plans.matchList': async ({ source: name, text, file }, { signal }) => {
    const source = await parts.connections.find('source', name);
    if ((text === undefined) === (file === undefined))
      throw new NoListError('It is not said of what: a text, or a file.');
    const list = file === undefined ? listOf(text ?? '') : await listIn(parts, file, signal);
    return matchedList(list, machinesIn((await inventoryOf(parts, source, signal)).rows));
  },
  'plans.readList': async ({ file }, { signal }) => await listIn(parts, file, signal),
});

const listOf = (text: string): MachineList => ({ sheet: null, machines: wantedOf(text) });

/** A list in a file that was sent. */
async function listIn(
  { dataDir, engines }: Pick<Parts, 'dataDir' | 'engines'>,
  id: UploadId,
  signal: AbortSignal,
): Promise<MachineList> {
  const file = await new UploadStore(dataDir).pathOf(id);
  return await engines.run({ kind: 'readList', file }, signal);
}

export async function exported(
  { connections, inventories }: Pick<Parts, 'connections' | 'inventories'>,
  plan: Plan,
  format: 'yaml' | 'json',
): Promise<OutputOf<'plans.export'>> {
  const sides = [...(await connections.list('source')), ...(await connections.list('destination'))];
  const view = await inventories.view(plan.source);
  const times = new Map<string, number>();
  for (const { kind, name } of view?.rows ?? []) if (kind === 'vm') times.set(name, (times.get(name) ?? 0) + 1);
  const document = documentOf(plan, {
    ofConnection: (id) => sides.find((one) => one.id === id)?.name ?? id,
    isAmbiguous: (name) => times.get(name) !== 1, // where nothing is known, refs will do
  });
  const text = format === 'json' ? `${JSON.stringify(document, null, 2)}\n` : await yamlOf(document);
  const fileName = `${plan.name.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')}.guts-plan.${format}`;
  return { fileName, text, leavesOutUserData: hasUserData(plan) };
}

async function yamlOf(document: unknown): Promise<string> {
  return `# A plan of Guts, to be kept and changed (“guts plan import” reads it, “guts plan schema” says what may stand in it).\n${stringify(document)}`;
}

interface Found {
  readonly machines: PlanDocument['machines'];
  readonly problems: readonly { readonly at: number; readonly says: string }[];
}

/** Each machine by its ref; a line of the list stands for a machine of the file. */
function foundIn({ source: named, machines }: PlanDocument, source: SourceConnection, rows: readonly Listed[]): Found {
  const isSameSource = named === source.id || named?.toLowerCase() === source.name.toLowerCase();
  const refs = new Set(rows.map(({ ref }) => ref));
  const wanted = machines.map((machine, at): Wanted => {
    const said = wordOf(machine, isSameSource);
    return { ...nothing, line: at, said, ...(refs.has(said) ? { ref: said } : { word: said }) };
  });
  const { found, unknown, ambiguous } = matched(wanted, rows);
  const lineOf = new Map<string, number>();
  const problems: { at: number; says: string }[] = [];
  for (const { line, said } of unknown)
    problems.push({ at: line, says: `“${said}” is not there in “${source.name}”; nothing else is taken for it` });
  for (const { wanted, candidates } of ambiguous) {
    const shown = candidates.slice(0, 10).map(({ ref, folder }) => `${ref} (${folder})`);
    problems.push({ at: wanted.line, says: `“${wanted.said}” may be ${shown.join(' or ')}: name it by its ref` });
  }
  for (const { wanted, row } of found) {
    const before = lineOf.get(row.ref);
    if (before === undefined) lineOf.set(row.ref, wanted.line);
    else problems.push({ at: wanted.line, says: `“${wanted.said}” is machines[${before}] already` });
  }
  const byLine = new Map(found.map(({ wanted, row }) => [wanted.line, row.ref]));
  return {
    machines: machines.map((machine, at) => ({ ...machine, vm: byLine.get(at) ?? machine.vm })),
    problems: problems.sort((a, b) => a.at - b.at),
  };
}

const machinesIn = (rows: readonly InventoryRow[]): readonly Listed[] =>
  rows
    .filter(({ kind }) => kind === 'vm')
    .map(({ ref, name, folder, cluster, facts }) => ({
      ref,
      name,
      folder,
      cluster,
      datacenter: facts?.datacenter ?? '',
      uuids: facts?.uuids ?? [],
    }));
