/** `nodes.json`: the workers that were heard, so that a daemon which starts again gives them time to be heard anew. */
import * as path from 'node:path';
import { Low } from 'lowdb';
import { z } from 'zod';
import { NodeId } from '../../shared/schedule.ts';
import { DurableFile } from '../../store/durable-file.ts';
import { asOnlyWriter } from '../../store/writer-lock.ts';

const SCHEMA_VERSION = 1;
const KnownNode = z.object({ id: NodeId, isDraining: z.boolean(), joinedAt: z.iso.datetime() });
export type KnownNode = z.infer<typeof KnownNode>;
const Document = z.object({ schemaVersion: z.literal(SCHEMA_VERSION), nodes: z.array(KnownNode) });
type Document = z.infer<typeof Document>;

export class KnownNodes {
  readonly #folder: string;
  readonly #db: Low<Document>;

  private constructor(folder: string, db: Low<Document>) {
    this.#folder = folder;
    this.#db = db;
  }

  /** @throws StoreDamagedError, StoreTooNewError, StoreRefusedError */
  static async open(dataDir: string): Promise<KnownNodes> {
    const file = new DurableFile<Document>({
      file: path.join(dataDir, 'nodes.json'),
      schema: Document,
      schemaVersion: SCHEMA_VERSION,
      keepsBackup: true,
    });
    const db = new Low<Document>(file, { schemaVersion: SCHEMA_VERSION, nodes: [] });
    await db.read();
    return new KnownNodes(dataDir, db);
  }

  get all(): readonly KnownNode[] {
    return this.#db.data.nodes;
  }

  /** Adds it, or replaces what was known of it. @throws StoreBusyError, StoreRefusedError */
  async put(node: KnownNode): Promise<void> {
    await this.#change((nodes) => [...nodes.filter(({ id }) => id !== node.id), node]);
  }

  async remove(node: NodeId): Promise<void> {
    await this.#change((nodes) => nodes.filter(({ id }) => id !== node));
  }

  async #change(change: (nodes: readonly KnownNode[]) => KnownNode[]): Promise<void> {
    await asOnlyWriter(this.#folder, async () => {
      const before = this.#db.data;
      this.#db.data = { ...before, nodes: change(before.nodes) };
      try {
        await this.#db.write();
      } catch (error) {
        this.#db.data = before;
        throw error;
      }
    });
  }
}
