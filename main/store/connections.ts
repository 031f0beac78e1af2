/** `connections.json`: the sources and destinations that the operator has set up, without their secrets. */
import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { DestinationConnection, DestinationId, SourceConnection, SourceId } from '../shared/connections.ts';
import { GutsError } from '../shared/errors.ts';
import type { Trust } from '../shared/trust.ts';
import { documentsAt } from './document-files.ts';
import type { Documents, StateDocument } from './documents.ts';

const SCHEMA_VERSION = 1;
const Document = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  sources: z.array(SourceConnection),
  destinations: z.array(DestinationConnection),
});
type Document = z.infer<typeof Document>;

export class NameTakenError extends GutsError {
  readonly code = 'connection.name-taken';
  readonly remedy = 'Choose another name, or delete that one first.';
}

export class UnknownConnectionError extends GutsError {
  readonly code = 'connection.unknown';
  readonly remedy: string;

  constructor(kind: ConnectionKind, nameOrId: string, known: readonly string[]) {
    super(`There is no ${kind} “${nameOrId}”.`);
    this.remedy =
      known.length === 0
        ? `Add it (“guts ${kind} create”).`
        : `Take one of these: ${known.join(', ')}; or add it (“guts ${kind} create”).`;
  }
}

export type ConnectionKind = 'source' | 'destination';
interface ByKind {
  readonly source: SourceConnection;
  readonly destination: DestinationConnection;
}
const listOf = { source: 'sources', destination: 'destinations' } as const;

export class ConnectionStore {
  readonly #document: StateDocument<Document>;

  /** @param place a data folder, or what keeps the documents elsewhere */
  constructor(place: string | Documents) {
    this.#document = documentsAt(place).document({
      name: 'connections.json',
      schema: Document,
      schemaVersion: SCHEMA_VERSION,
      keepsBackup: true,
      empty: () => ({ schemaVersion: SCHEMA_VERSION, sources: [], destinations: [] }),
    });
  }

  /** Calls with all of them when another server has changed some, until it is disposed. */
  follow(hear: (all: readonly { readonly side: ConnectionKind; readonly id: string }[]) => void): Disposable {
    return this.#document.follow(({ sources, destinations }) =>
      hear([
        ...sources.map(({ id }) => ({ side: 'source', id }) as const),
        ...destinations.map(({ id }) => ({ side: 'destination', id }) as const),
      ]),
    );
  }

  /** By name, as people sort. */
  async list<K extends ConnectionKind>(kind: K): Promise<ByKind[K][]> {
    const all: ByKind[K][] = connectionsOf(await this.#document.read(), kind);
    return [...all].sort(byName);
  }

  /**
   * @param nameOrId names are compared without regard to case
   * @throws UnknownConnectionError
   */
  async find<K extends ConnectionKind>(kind: K, nameOrId: string): Promise<ByKind[K]> {
    const all = await this.list(kind);
    const found = all.find((one) => one.id === nameOrId) ?? all.find((one) => isSameName(one.name, nameOrId));
    if (found === undefined)
      throw new UnknownConnectionError(
        kind,
        nameOrId,
        all.map(({ name }) => name),
      );
    return found;
  }

  /** @throws NameTakenError */
  async demandFree(kind: ConnectionKind, name: string): Promise<void> {
    const taken = (await this.list(kind)).find((one) => isSameName(one.name, name));
    if (taken !== undefined) throw new NameTakenError(`There is a ${kind} “${taken.name}” already.`);
  }

  /** Adds the connection, or replaces the one with its id. @throws NameTakenError */
  async put<K extends ConnectionKind>(kind: K, connection: ByKind[K]): Promise<void> {
    await this.#change((data) => {
      const list: ByKind[K][] = connectionsOf(data, kind);
      const taken = list.find((one) => one.id !== connection.id && isSameName(one.name, connection.name));
      if (taken !== undefined) throw new NameTakenError(`There is a ${kind} “${taken.name}” already.`);
      const at = list.findIndex((one) => one.id === connection.id);
      if (at < 0) list.push(connection);
      else list[at] = connection;
    });
  }

  /**
   * What a connection told of itself; all else stays as it is now, which may be another than when it was asked.
   * @returns whether it is still there
   */
  async setAbout<K extends ConnectionKind>(kind: K, id: string, about: ByKind[K]['about']): Promise<boolean> {
    return (await this.#set(kind, id, (now) => ({ ...now, about }))) !== null;
  }

  /** Which certificate it must have; all else stays as it is now. @throws UnknownConnectionError where it is gone */
  async setTrust<K extends ConnectionKind>(kind: K, id: string, trust: Trust): Promise<ByKind[K]> {
    return (await this.#set(kind, id, (now) => ({ ...now, trust }))) ?? (await this.find(kind, id));
  }

  async #set<K extends ConnectionKind>(
    kind: K,
    id: string,
    changed: (now: ByKind[K]) => ByKind[K],
  ): Promise<ByKind[K] | null> {
    let after: ByKind[K] | null = null;
    await this.#change((data) => {
      const list: ByKind[K][] = connectionsOf(data, kind);
      const at = list.findIndex((one) => one.id === id);
      const now = list[at];
      if (now !== undefined) list[at] = after = changed(now);
    });
    return after;
  }

  /** Nothing happens where it is gone already. */
  async remove(kind: ConnectionKind, id: string): Promise<void> {
    await this.#change((data) => {
      const list: { id: string }[] = connectionsOf(data, kind);
      const at = list.findIndex((one) => one.id === id);
      if (at >= 0) list.splice(at, 1);
    });
  }

  /** Reads, changes and writes while nobody else does. */
  async #change(change: (data: Document) => void): Promise<void> {
    await this.#document.change((data) => {
      change(data);
      return data;
    });
  }
}

function connectionsOf<K extends ConnectionKind>(data: Document, kind: K): ByKind[K][] {
  return data[listOf[kind]] as ByKind[K][]; // listOf names the list of the same kind
}

const isSameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
const byName = (a: { name: string }, b: { name: string }): number => a.name.localeCompare(b.name, 'en');

const LETTERS = '0123456789abcdefghijklmnopqrstuvwxyz';
/** Twelve letters and digits that nobody guesses: about 62 bits. */
export const randomLetters = (): string =>
  Array.from({ length: 12 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
export const newSourceId = (): SourceId => SourceId.parse(`src_${randomLetters()}`);
export const newDestinationId = (): DestinationId => DestinationId.parse(`dst_${randomLetters()}`);
