/**
 * What a source has, in memory: of each thing what lists ask for, and the bytes that the rest of it is read from when it is
 * shown. Ten thousand machines take some 30 MiB, nearly all of it outside the heap, where nothing has to be tidied up.
 */
import { open, type FileHandle } from 'node:fs/promises';
import type { z } from 'zod';
import type { InventoryVm } from '../shared/inventory.ts';
import { ROW_END, vmRowOf, type RowFacts, type VmRow } from '../shared/inventory-lines.ts';
import { Breather } from './breather.ts';
import { damagedAt, End, Head, Line, LINE_SHAPE, newSum, type InventoryThing } from './inventory-format.ts';
import { sortGently } from './sort-gently.ts';

const READ_BYTES = 512 * 1024;
const SUM_BYTES = 128 * 1024;

/** A thing by what it is listed, sorted and looked for. */
export interface InventoryRow {
  readonly kind: InventoryThing['kind'];
  readonly ref: string;
  readonly name: string;
  /** Null, and empty, of what is no machine. */
  readonly power: InventoryVm['power'] | null;
  readonly os: readonly string[];
  readonly networks: readonly string[];
  readonly folder: string;
  readonly cluster: string;
  readonly tags: readonly string[];
  /** Keys of its disks. */
  readonly disks: readonly string[];
  /** Null of what is no machine. */
  readonly facts: RowFacts | null;
  /** Where its line begins and ends. */
  readonly at: number;
  readonly end: number;
}

export class InventoryView {
  readonly takenAt: string;
  /** By name, as people count. */
  readonly rows: readonly InventoryRow[];
  /** The same in the order in which the source told them. */
  readonly told: readonly InventoryRow[];
  readonly #tagsUntold: Pick<InventoryVm, 'tagsUntold'>;
  readonly #bytes: Buffer;

  private constructor({ takenAt, rows: told, tagsUntold }: Told, rows: readonly InventoryRow[], bytes: Buffer) {
    this.takenAt = takenAt;
    this.told = told;
    this.rows = rows;
    this.#tagsUntold = tagsUntold === null ? {} : { tagsUntold };
    this.#bytes = bytes;
  }

  /** @throws StoreDamagedError when the file is cut or not what was written */
  static async load(file: string): Promise<InventoryView> {
    const breather = new Breather();
    const bytes = await readGently(file);
    const isOwn = await isVouchedFor(bytes, breather);
    const told = await toldIn(file, bytes, isOwn, breather);
    return new InventoryView(told, await sortGently(told.rows, byName, breather), bytes);
  }

  /** Everything that is known of it. */
  thing(row: InventoryRow): InventoryThing {
    const line = JSON.parse(this.#bytes.toString('utf8', row.at, row.end)) as Line; // checked when it was loaded
    if ('vm' in line) return { kind: 'vm', thing: { ...line.vm, tags: [...row.tags], ...this.#tagsUntold } };
    if ('network' in line) return { kind: 'network', thing: line.network };
    if ('datastore' in line) return { kind: 'datastore', thing: line.datastore };
    if ('host' in line) return { kind: 'host', thing: line.host };
    throw new Error(`“${row.ref}” is no thing`);
  }
}

/** web-9 before web-10. */
const inOrder = new Intl.Collator('en', { numeric: true });
const byName = (a: InventoryRow, b: InventoryRow): number =>
  inOrder.compare(a.name, b.name) || inOrder.compare(a.ref, b.ref);

/** The whole file, a piece at a time: in one go, copying it together would be felt. */
async function readGently(file: string): Promise<Buffer> {
  await using closing = await opened(file);
  const { handle } = closing;
  const { size } = await handle.stat();
  const bytes = Buffer.allocUnsafeSlow(size);
  for (let at = 0; at < size;) {
    const { bytesRead } = await handle.read(bytes, at, Math.min(READ_BYTES, size - at), at);
    if (bytesRead === 0) return bytes.subarray(0, at);
    at += bytesRead;
  }
  return bytes;
}

async function opened(file: string): Promise<{ readonly handle: FileHandle } & AsyncDisposable> {
  const handle = await open(file, 'r');
  return { handle, [Symbol.asyncDispose]: async () => await handle.close() };
}

/** This Guts wrote it, and nothing has changed since: each line is what the schema says. */
async function isVouchedFor(bytes: Buffer, breather: Breather): Promise<boolean> {
  const endAt = bytes.lastIndexOf('\n', bytes.length - 2) + 1;
  const end = End.safeParse(orNothing(bytes.toString('utf8', endAt)));
  if (!end.success || end.data.shape !== LINE_SHAPE) return false;
  const sum = newSum();
  for (let at = 0; at < endAt; at += SUM_BYTES) {
    sum.update(bytes.subarray(at, Math.min(endAt, at + SUM_BYTES)));
    if (breather.isDue) await breather.breathe();
  }
  return sum.digest('hex') === end.data.sum;
}

function orNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface Told {
  readonly takenAt: string;
  readonly rows: InventoryRow[];
  /** Why the source told no tags. */
  readonly tagsUntold: string | null;
}

async function toldIn(file: string, bytes: Buffer, isOwn: boolean, breather: Breather): Promise<Told> {
  const found = new Map<string, InventoryRow>();
  const tags = new Map<string, readonly string[]>();
  const same = interned();
  const put = (row: InventoryRow): void => {
    found.delete(row.ref); // a later line is what is true now
    found.set(row.ref, row);
  };
  let takenAt: string | undefined;
  let tagsUntold: string | null = null;
  let hasEnded = false;
  let number = 0;
  for (let at = 0; at < bytes.length;) {
    if (breather.isDue) await breather.breathe();
    const feed = bytes.indexOf(10, at);
    const end = feed < 0 ? bytes.length : feed;
    number++;
    const tab = bytes.subarray(at, end).indexOf(ROW_END);
    const begin = at + tab + 1; // of the thing; what stands before it is its row
    const text = isOwn && tab >= 0 ? bytes.toString('utf8', at, at + tab) : bytes.toString('utf8', begin, end);
    const value = parsed(file, number, text);
    at = end + 1;
    if (takenAt === undefined) {
      takenAt = checked(file, number, Head, value).takenAt;
      continue;
    }
    if (isOwn && tab >= 0) {
      put(vmRow(value as VmRow, begin, end, same)); // it was a row when it was written
      continue;
    }
    if (End.safeParse(value).success) {
      hasEnded = true;
      continue;
    }
    const line = isOwn ? (value as Line) : checked(file, number, Line, value); // it was a line when it was written
    if ('tagged' in line) for (const one of line.tagged) tags.set(one.ref, one.tags);
    else if ('tagsUntold' in line) ({ tagsUntold } = line);
    else if ('gone' in line) for (const ref of line.gone) found.delete(ref);
    else put(rowOf(line, begin, end, same));
  }
  if (takenAt === undefined || !hasEnded) throw damagedAt(file, number, undefined);
  const rows = [...found.values()].map((row) => withTags(row, tags.get(row.ref)));
  return { takenAt, rows, tagsUntold };
}

function rowOf(
  line: Exclude<Line, { gone: string[] } | { tagged: unknown } | { tagsUntold: string }>,
  at: number,
  end: number,
  same: (text: string) => string,
): InventoryRow {
  const none = {
    power: null,
    os: [],
    networks: [],
    folder: '',
    cluster: '',
    tags: [],
    disks: [],
    facts: null,
    at,
    end,
  };
  if ('network' in line) return { kind: 'network', ref: line.network.ref, name: line.network.name, ...none };
  if ('datastore' in line) return { kind: 'datastore', ref: line.datastore.ref, name: line.datastore.name, ...none };
  if ('host' in line) return { kind: 'host', ref: line.host.ref, name: line.host.name, ...none };
  return vmRow(vmRowOf(line.vm), at, end, same);
}

/** Ten thousand machines are in a hundred folders: one text for each of those is enough. */
const vmRow = (
  { ref, name, power, os, networks, folder, cluster, tags, disks, facts }: VmRow,
  at: number,
  end: number,
  same: (text: string) => string,
): InventoryRow => ({
  kind: 'vm',
  ref,
  name,
  power,
  os: os.map(same),
  networks: networks.map(same),
  folder: same(folder),
  cluster: same(cluster),
  tags: tags.map(same),
  disks: disks.map(same),
  facts: {
    ...facts,
    datacenter: same(facts.datacenter),
    host: same(facts.host),
    datastores: facts.datastores.map(same),
  },
  at,
  end,
});

function withTags(row: InventoryRow, tags: readonly string[] | undefined): InventoryRow {
  if (row.kind !== 'vm' || tags === undefined) return row;
  return { ...row, tags: [...new Set([...row.tags, ...tags])] };
}

function interned(): (text: string) => string {
  const texts = new Map<string, string>();
  return (text) => {
    const before = texts.get(text);
    if (before === undefined) texts.set(text, text);
    return before ?? text;
  };
}

function parsed(file: string, number: number, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damagedAt(file, number, cause);
  }
}

function checked<T>(file: string, number: number, schema: z.ZodType<T>, value: unknown): T {
  const { data, success, error } = schema.safeParse(value);
  if (!success) throw damagedAt(file, number, error);
  return data;
}
