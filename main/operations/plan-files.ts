/** Answers what is asked about plans as files, and about lists of machines for them. */
import { stringify } from 'yaml';
import type { SourceConnection } from '../shared/connections.ts';
import { GutsError } from '../shared/errors.ts';
import { matched, type Listed } from '../shared/lists/match.ts';
import { nothing, wantedOf, type MachineList, type Wanted } from '../shared/lists/vm-list.ts';
import {
  documentOf,
  hasUserData,
  machineText,
  planJsonSchema,
  PlanDocument,
  type MachineInDocument,
} from '../shared/plan-document.ts';
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
  const rows = machinesIn(view?.rows ?? []);
  const uuids = new Map(rows.map(({ ref, uuids: [uuid = null] }) => [ref, uuid]));
  const times = new Map<string, number>();
  for (const { ref, name } of rows)
    for (const word of new Set([ref, name])) times.set(word, (times.get(word) ?? 0) + 1);
  const document = documentOf(plan, {
    ofConnection: (id) => sides.find((one) => one.id === id)?.name ?? id,
    isAmbiguous: (name) => times.get(name) !== 1, // also where nothing is known of it
    uuidOf: (ref) => uuids.get(ref) ?? null,
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
  const isSame = named === source.id || named?.toLowerCase() === source.name.toLowerCase();
  const of = named === undefined ? 'any' : isSame ? 'this' : 'another';
  const uuids = new Set(rows.flatMap((row) => row.uuids.map((uuid) => uuid.toLowerCase())));
  const isUuid = (word: string | undefined): word is string => word !== undefined && uuids.has(word.toLowerCase());
  const wanted = machines.map((machine, at): Wanted => ({
    ...nothing,
    line: at,
    said: machineText(machine),
    ...soughtBy(machine, of, isUuid),
  }));
  const { found, unknown, ambiguous } = matched(wanted, rows);
  const lineOf = new Map<string, number>();
  const problems: { at: number; says: string }[] = [];
  const refs = new Set(rows.map(({ ref }) => ref));
  for (const { line, said } of unknown) {
    const why =
      of === 'another' && refs.has(said)
        ? `a ref means a machine of “${named ?? ''}” alone: give its name or UUID`
        : 'nothing else is taken for it';
    problems.push({ at: line, says: `“${said}” is not there in “${source.name}”; ${why}` });
  }
  for (const { wanted, candidates } of ambiguous) {
    const shown = candidates.slice(0, 10).map(({ name, ref, folder }) => `${name} (${ref}, ${folder})`);
    const way = of === 'another' ? 'UUID, as {uuid: …}' : 'ref, as {ref: …}';
    problems.push({ at: wanted.line, says: `“${wanted.said}” may be ${shown.join(' or ')}: name it by its ${way}` });
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

/**
 * What a machine of the file is looked for by. A ref means one machine in the very source that the file is of, and nothing in
 * another; a file that names none may be of any.
 */
function soughtBy(
  { vm }: MachineInDocument,
  of: 'this' | 'another' | 'any',
  isUuid: (word: string | undefined) => word is string,
): Partial<Pick<Wanted, 'word' | 'name' | 'uuid' | 'ref'>> {
  if (typeof vm === 'string') {
    if (of !== 'another') return { word: vm };
    return isUuid(vm) ? { uuid: vm } : { name: vm };
  }
  const { name, uuid, ref } = vm;
  if (of === 'this' && ref !== undefined) return { ref, uuid: uuid ?? null };
  if (of === 'this' && uuid !== undefined) return { uuid };
  if (name !== undefined) return { name, uuid: isUuid(uuid) ? uuid : null }; // elsewhere a copy of it may have another one
  if (uuid !== undefined) return { uuid };
  return of === 'another' ? {} : { ref: ref ?? null };
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
