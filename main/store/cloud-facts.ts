/** What a destination was last seen to have: one file per destination, with the time, to be asked for anew at will. */
import { unlink } from 'node:fs/promises';
import * as path from 'node:path';
import { Low } from 'lowdb';
import { z } from 'zod';
import { CloudFacts } from '../shared/cloud.ts';
import type { DestinationId } from '../shared/connections.ts';
import { DurableFile } from './durable-file.ts';
import { refused } from './errors.ts';
import { asOnlyWriter } from './writer-lock.ts';

const SCHEMA_VERSION = 1;
const Document = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  takenAt: z.iso.datetime(),
  facts: CloudFacts,
});
type Document = z.infer<typeof Document>;
export type KeptFacts = Omit<Document, 'schemaVersion'>;

export class CloudFactsStore {
  readonly #folder: string;

  constructor(dataDir: string) {
    this.#folder = path.join(dataDir, 'clouds');
  }

  /** Null where nothing was kept. */
  async read(destination: DestinationId): Promise<KeptFacts | null> {
    const db = this.#open(destination);
    await db.read();
    return db.data;
  }

  async write(destination: DestinationId, facts: CloudFacts): Promise<KeptFacts> {
    const kept = { takenAt: new Date().toISOString(), facts };
    await asOnlyWriter(this.#folder, async () => {
      const db = this.#open(destination);
      db.data = { schemaVersion: SCHEMA_VERSION, ...kept };
      await db.write();
    });
    return kept;
  }

  async remove(destination: DestinationId): Promise<void> {
    const file = this.#fileOf(destination);
    await unlink(file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw refused('written', file, error);
    });
  }

  #open(destination: DestinationId): Low<Document | null> {
    const file = this.#fileOf(destination);
    return new Low<Document | null>(
      new DurableFile<Document | null>({
        file,
        schema: Document,
        schemaVersion: SCHEMA_VERSION,
        keepsBackup: false,
      }),
      null,
    );
  }

  #fileOf(destination: DestinationId): string {
    return path.join(this.#folder, `${destination}.json`);
  }
}
