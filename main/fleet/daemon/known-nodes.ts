/** `nodes.json`: the workers that were heard, so that a daemon which starts again gives them time to be heard anew. */
import { z } from 'zod';
import { NodeId } from '../../shared/schedule.ts';
import type { Documents, StateDocument } from '../../store/documents.ts';

const SCHEMA_VERSION = 1;
const KnownNode = z.object({ id: NodeId, isDraining: z.boolean(), joinedAt: z.iso.datetime() });
export type KnownNode = z.infer<typeof KnownNode>;
const Document = z.object({ schemaVersion: z.literal(SCHEMA_VERSION), nodes: z.array(KnownNode) });
type Document = z.infer<typeof Document>;

export class KnownNodes {
  readonly #document: StateDocument<Document>;
  #nodes: readonly KnownNode[];

  private constructor(document: StateDocument<Document>, { nodes }: Document) {
    this.#document = document;
    this.#nodes = nodes;
  }

  /** @throws StoreDamagedError, StoreTooNewError, StoreRefusedError */
  static async open(documents: Documents): Promise<KnownNodes> {
    const document = documents.document<Document>({
      name: 'nodes.json',
      schema: Document,
      schemaVersion: SCHEMA_VERSION,
      keepsBackup: true,
      empty: () => ({ schemaVersion: SCHEMA_VERSION, nodes: [] }),
    });
    return new KnownNodes(document, await document.read());
  }

  get all(): readonly KnownNode[] {
    return this.#nodes;
  }

  /** Calls when another server has changed them, until it is disposed. */
  follow(hear: (nodes: readonly KnownNode[]) => void): Disposable {
    return this.#document.follow(({ nodes }) => {
      this.#nodes = nodes;
      hear(nodes);
    });
  }

  /** Adds it, or replaces what was known of it. @throws StoreBusyError, StoreRefusedError */
  async put(node: KnownNode): Promise<void> {
    await this.#change((nodes) => [...nodes.filter(({ id }) => id !== node.id), node]);
  }

  async remove(node: NodeId): Promise<void> {
    await this.#change((nodes) => nodes.filter(({ id }) => id !== node));
  }

  async #change(change: (nodes: readonly KnownNode[]) => KnownNode[]): Promise<void> {
    const { nodes } = await this.#document.change((before) => ({ ...before, nodes: change(before.nodes) }));
    this.#nodes = nodes;
  }
}
