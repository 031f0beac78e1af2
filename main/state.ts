/** Everything that Guts has to remember, wherever it is kept: in the files of a data folder, or in a database that several servers share. */
import type { AuditPlace } from './access/audit-book.ts';
import { AuditFiles } from './access/audit-files.ts';
import type { EnginePool } from './engine-pool.ts';
import type { MigrationId } from './shared/migration.ts';
import { queueLogIn, type OpenQueueLog } from './scheduler/queue-log.ts';
import { DocumentFiles } from './store/document-files.ts';
import type { Documents } from './store/documents.ts';
import { JournalFiles } from './store/journal-files.ts';
import type { Journals } from './store/journals.ts';

export interface State {
  /** Of one that several servers share: the same at each of them. */
  readonly identity?: string;
  readonly documents: Documents;
  readonly audit: AuditPlace;
  readonly queue: OpenQueueLog;
  journals(engines: EnginePool): Journals;
  /** Where several servers share it; without it this process decides alone. */
  readonly leadership?: Leadership;
  /** Returns when all is known here that other servers had written before; without it there are no others. */
  catchUp?(): Promise<void>;
  /** Why it cannot be asked right now; undefined where it can. */
  trouble?(): unknown;
}

export interface OpenedState extends State, AsyncDisposable {}

/** One of the servers that share a state leads: it decides who runs, and runs them. */
export interface Leadership {
  /** Returns after the first look at who leads; from then on the listener is told. */
  begin(listener: {
    lead(term: { readonly over: AbortSignal }): Promise<void>;
    /** Another server leads since. */
    rest(): Promise<void>;
  }): Promise<void>;
  /** What was written was refused, perhaps because another server leads. */
  hearRefusal(error: unknown): void;
  isLeading(): boolean;
  /** @param meet is told of migrations before anybody hears that others have changed their entries in the queue */
  beforeNews(meet: (ids: readonly MigrationId[]) => Promise<void>): void;
  /** Of the server that leads, for the others; worth nothing a little later. */
  tell(text: string): Promise<void>;
  /** Calls with what the server that leads has told. */
  onTold(hear: (text: string) => void): void;
  /** Another server may lead at once. */
  end(): Promise<void>;
}

/** Of the queue: written anew at this size, or at four times that of the last time, whichever is more. */
const SNAPSHOT_AT_BYTES = 1024 ** 2;

export const stateIn = (dataDir: string): State => ({
  documents: new DocumentFiles(dataDir),
  audit: new AuditFiles(dataDir),
  queue: queueLogIn(dataDir, SNAPSHOT_AT_BYTES),
  journals: (engines) => new JournalFiles(dataDir, engines),
});
