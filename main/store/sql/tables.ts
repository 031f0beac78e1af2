/** The tables of a shared state, and how one layout is made of the one before. */
import { sql, type Kysely, type Migration, type MigrationProvider } from 'kysely';
import type { StateAddress } from './address.ts';

export interface Tables {
  /** One row: everything that is written is written while it is locked. */
  guts_state: {
    id: number;
    layout: number;
    /** Tells one state from another. */
    identity: string;
    /** Grows with each write. */
    changed: number;
    /** The server that leads, by its own name; the number grows with each that comes to lead. */
    holder: string;
    fence: number;
    /** Milliseconds since 1970 by the database’s clock. */
    valid_until: number;
  };
  /** Writes whose answer may have been lost. */
  guts_writes: { writer: string; number: number };
  guts_documents: { name: string; changed: number; text: string };
  /** Lines of the queue and of the audit log, as JSON; line 0 is the head. */
  guts_log: { log: string; number: number; changed: number; text: string };
  /** Lines of the journals of migrations, as JSON. */
  guts_journal: { migration: string; number: number; changed: number; text: string };
  guts_removed: { migration: string; changed: number };
  /** What the server that leads tells the others, worth nothing a little later. */
  guts_told: { name: string; changed: number; text: string };
}

/** The newest layout that this Guts knows. */
export const LAYOUT = 2;
export const layoutNames = ['1-state', '2-told'] as const;
export const stateTables = [
  'guts_state',
  'guts_writes',
  'guts_documents',
  'guts_log',
  'guts_journal',
  'guts_removed',
] as const;

/** A name or id: compared byte by byte everywhere. */
const word = (kind: StateAddress['kind'], letters: number) =>
  kind === 'mysql'
    ? sql.raw<string>(`varchar(${letters}) character set ascii collate ascii_bin`)
    : sql.raw<string>(`varchar(${letters})`);
const long = (kind: StateAddress['kind']) =>
  kind === 'mysql' ? sql.raw<string>('longtext character set utf8mb4 collate utf8mb4_bin') : sql.raw<string>('text');

export class Layouts implements MigrationProvider {
  readonly #kind: StateAddress['kind'];

  constructor(kind: StateAddress['kind']) {
    this.#kind = kind;
  }

  async getMigrations(): Promise<Record<string, Migration>> {
    const kind = this.#kind;
    const first: Migration = {
      up: async (db: Kysely<Tables>) => {
        await db.schema
          .createTable('guts_state')
          .addColumn('id', 'integer', (column) => column.primaryKey())
          .addColumn('layout', 'integer', (column) => column.notNull())
          .addColumn('identity', word(kind, 64), (column) => column.notNull())
          .addColumn('changed', 'bigint', (column) => column.notNull())
          .addColumn('holder', word(kind, 200), (column) => column.notNull())
          .addColumn('fence', 'bigint', (column) => column.notNull())
          .addColumn('valid_until', 'bigint', (column) => column.notNull())
          .execute();
        await db.schema
          .createTable('guts_writes')
          .addColumn('writer', word(kind, 64), (column) => column.notNull())
          .addColumn('number', 'bigint', (column) => column.notNull())
          .addPrimaryKeyConstraint('guts_writes_key', ['writer', 'number'])
          .execute();
        await db.schema
          .createTable('guts_documents')
          .addColumn('name', word(kind, 64), (column) => column.primaryKey())
          .addColumn('changed', 'bigint', (column) => column.notNull())
          .addColumn('text', long(kind), (column) => column.notNull())
          .execute();
        for (const [table, of] of [
          ['guts_log', 'log'],
          ['guts_journal', 'migration'],
        ] as const) {
          await db.schema
            .createTable(table)
            .addColumn(of, word(kind, 64), (column) => column.notNull())
            .addColumn('number', 'bigint', (column) => column.notNull())
            .addColumn('changed', 'bigint', (column) => column.notNull())
            .addColumn('text', long(kind), (column) => column.notNull())
            .addPrimaryKeyConstraint(`${table}_key`, [of, 'number'])
            .execute();
          await db.schema.createIndex(`${table}_changed`).on(table).column('changed').execute();
        }
        await db.schema
          .createTable('guts_removed')
          .addColumn('migration', word(kind, 64), (column) => column.primaryKey())
          .addColumn('changed', 'bigint', (column) => column.notNull())
          .execute();
        const identity = crypto.randomUUID();
        const row = { id: 1, layout: 1, identity, changed: 0, holder: '', fence: 0, valid_until: 0 };
        await db.insertInto('guts_state').values(row).execute();
      },
      down: async (db: Kysely<Tables>) => {
        for (const table of stateTables.toReversed()) await db.schema.dropTable(table).execute();
      },
    };
    const second: Migration = {
      up: async (db: Kysely<Tables>) => {
        await db.schema
          .createTable('guts_told')
          .addColumn('name', word(kind, 64), (column) => column.primaryKey())
          .addColumn('changed', 'bigint', (column) => column.notNull())
          .addColumn('text', long(kind), (column) => column.notNull())
          .execute();
        await db.updateTable('guts_state').set({ layout: 2 }).execute();
      },
      down: async (db: Kysely<Tables>) => {
        await db.schema.dropTable('guts_told').execute();
        await db.updateTable('guts_state').set({ layout: 1 }).execute();
      },
    };
    return await Promise.resolve({ [layoutNames[0]]: first, [layoutNames[1]]: second });
  }
}
