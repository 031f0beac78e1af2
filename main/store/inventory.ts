/**
 * What a source has, kept in one file per source with one thing per line: it is written page by page as it is told and
 * read line by line, so that neither side ever holds 10,000 machines, and an update is a line at the end.
 */
import { createReadStream } from 'node:fs';
import { open, rename, unlink, type FileHandle } from 'node:fs/promises';
import * as path from 'node:path';
import { z } from 'zod';
import type { SourceId } from '../shared/connections.ts';
import { GutsError } from '../shared/errors.ts';
import {
  InventoryDatastore,
  InventoryHost,
  InventoryNetwork,
  InventoryTags,
  InventoryVm,
  type InventoryPage,
} from '../shared/inventory.ts';
import { makeFolder } from './durable-file.ts';
import { refused, StoreDamagedError } from './errors.ts';

const SCHEMA_VERSION = 1;
/** A machine with its disks takes 2 to 5 KiB: this many bytes are written at once. */
const FLUSH_AT = 256 * 1024;

const Line = z.union([
  z.object({ vm: InventoryVm }),
  z.object({ network: InventoryNetwork }),
  z.object({ datastore: InventoryDatastore }),
  z.object({ host: InventoryHost }),
  z.object({ gone: z.array(z.string()) }),
  z.object({ tagged: z.array(InventoryTags) }),
]);
const Head = z.object({ schemaVersion: z.literal(SCHEMA_VERSION), source: z.string(), takenAt: z.iso.datetime() });
/** The last line: without it the file was cut. */
const End = z.object({ end: z.literal(true) });

export type InventoryThing =
  | { readonly kind: 'vm'; readonly thing: InventoryVm }
  | { readonly kind: 'network'; readonly thing: InventoryNetwork }
  | { readonly kind: 'datastore'; readonly thing: InventoryDatastore }
  | { readonly kind: 'host'; readonly thing: InventoryHost };

export interface Inventory {
  readonly takenAt: string;
  /** Those that were asked for, in the order in which the source told them. */
  readonly things: readonly InventoryThing[];
}

/** Nothing was read from this source yet. */
export class NoInventoryError extends GutsError {
  readonly code = 'inventory.none';
  readonly remedy: string;

  constructor(name: string) {
    super(`The inventory of “${name}” was not read yet.`);
    this.remedy = `Run “guts source refresh ${name}”.`;
  }
}

export class InventoryStore {
  readonly #folder: string;

  constructor(dataDir: string) {
    this.#folder = path.join(dataDir, 'inventory');
  }

  /** Takes pages until it is finished; what was there before stays until then, and stays for good when it is not. */
  async writer(source: SourceId): Promise<InventoryWriter> {
    await makeFolder(this.#folder).catch((error: unknown) => {
      throw refused('written', this.#folder, error);
    });
    return await InventoryWriter.begin(this.#fileOf(source), source);
  }

  /**
   * The things for which `wanted` holds; the others are read and let go. Null where nothing was kept.
   * @param isTagged of machines with their tags, which stand behind all machines: `wanted` does not see them
   * @throws StoreDamagedError when the file is cut or not what was written
   */
  async read(
    source: SourceId,
    wanted: (one: InventoryThing) => boolean,
    isTagged: (vm: InventoryVm) => boolean = () => true,
  ): Promise<Inventory | null> {
    const file = this.#fileOf(source);
    try {
      const { takenAt, things } = await readInventory(file, wanted);
      return { takenAt, things: things.filter((one) => one.kind !== 'vm' || isTagged(one.thing)) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw refused('read', file, error);
    }
  }

  async remove(source: SourceId): Promise<void> {
    await unlink(this.#fileOf(source)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw refused('written', this.#fileOf(source), error);
    });
  }

  #fileOf(source: SourceId): string {
    return path.join(this.#folder, `${source}.ndjson`);
  }
}

export class InventoryWriter implements AsyncDisposable {
  readonly #file: string;
  readonly #part: string;
  readonly #handle: FileHandle;
  #text = '';
  #written: Promise<void> = Promise.resolve();
  #failure: unknown;
  #isOpen = true;

  private constructor(file: string, part: string, handle: FileHandle) {
    this.#file = file;
    this.#part = part;
    this.#handle = handle;
  }

  static async begin(file: string, source: SourceId): Promise<InventoryWriter> {
    const part = `${file}.${process.pid}.part`;
    const handle = await open(part, 'w', 0o600).catch((error: unknown) => {
      throw refused('written', part, error);
    });
    const writer = new InventoryWriter(file, part, handle);
    writer.#line({ schemaVersion: SCHEMA_VERSION, source, takenAt: new Date().toISOString() });
    return writer;
  }

  /** Takes a page at once and writes it behind the caller's back; `finish` tells how that went. */
  add({ vms, networks, datastores, hosts, gone, tagged }: InventoryPage): void {
    for (const vm of vms) this.#line({ vm });
    for (const network of networks) this.#line({ network });
    for (const datastore of datastores) this.#line({ datastore });
    for (const host of hosts) this.#line({ host });
    if (gone.length > 0) this.#line({ gone });
    if (tagged.length > 0) this.#line({ tagged });
  }

  /** Everything was told: from here on it is the inventory. */
  async finish(): Promise<void> {
    this.#line({ end: true });
    this.#flush();
    await this.#written;
    try {
      if (this.#failure !== undefined) throw this.#failure;
      await this.#handle.datasync();
      await this.#close();
      await rename(this.#part, this.#file); // it can be read again: a name that a power cut takes back is no loss
    } catch (error) {
      throw refused('written', this.#file, error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOpen) return;
    await this.#written;
    await this.#close();
    await unlink(this.#part);
  }

  async #close(): Promise<void> {
    this.#isOpen = false;
    await this.#handle.close();
  }

  #line(value: unknown): void {
    this.#text += `${JSON.stringify(value)}\n`;
    if (this.#text.length >= FLUSH_AT) this.#flush();
  }

  #flush(): void {
    const text = this.#text;
    this.#text = '';
    this.#written = this.#written.then(async () => {
      if (this.#failure !== undefined) return;
      try {
        await this.#handle.appendFile(text);
      } catch (error) {
        this.#failure = error;
      }
    });
  }
}

async function readInventory(file: string, wanted: (one: InventoryThing) => boolean): Promise<Inventory> {
  const kept = new Map<string, InventoryThing>();
  const tags = new Map<string, readonly string[]>();
  let takenAt: string | undefined;
  let hasEnded = false;
  let number = 0;
  for await (const text of linesOf(file)) {
    number++;
    const value = parsed(file, number, text);
    if (takenAt === undefined) takenAt = checked(file, number, Head, value).takenAt;
    else if (End.safeParse(value).success) hasEnded = true;
    else {
      const line = checked(file, number, Line, value);
      if ('tagged' in line) for (const one of line.tagged) tags.set(one.ref, one.tags);
      else if ('gone' in line) for (const ref of line.gone) kept.delete(ref);
      else {
        const one = thingOf(line);
        kept.delete(one.thing.ref); // a later line is what is true now
        if (wanted(one)) kept.set(one.thing.ref, one);
      }
    }
  }
  if (takenAt === undefined || !hasEnded) throw damagedAt(file, number, undefined);
  return { takenAt, things: [...kept.values()].map((one) => withTags(one, tags.get(one.thing.ref))) };
}

function withTags(one: InventoryThing, tags: readonly string[] | undefined): InventoryThing {
  if (one.kind !== 'vm' || tags === undefined) return one;
  return { kind: 'vm', thing: { ...one.thing, tags: [...new Set([...one.thing.tags, ...tags])] } };
}

async function* linesOf(file: string): AsyncGenerator<string> {
  let rest = '';
  // Whoever stops listening closes the file: the stream ends with its iteration.
  for await (const chunk of createReadStream(file, { encoding: 'utf8' })) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

function thingOf(
  line: Exclude<z.infer<typeof Line>, { gone: string[] } | { tagged: InventoryTags[] }>,
): InventoryThing {
  if ('vm' in line) return { kind: 'vm', thing: line.vm };
  if ('network' in line) return { kind: 'network', thing: line.network };
  if ('datastore' in line) return { kind: 'datastore', thing: line.datastore };
  return { kind: 'host', thing: line.host };
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

function damagedAt(file: string, number: number, cause: unknown): StoreDamagedError {
  return new StoreDamagedError(
    file,
    `Line ${number} is not what was written, or the rest is missing.`,
    'Read the inventory again with “guts source refresh”; nothing else depends on this file.',
    { cause },
  );
}
