/** What keeps the audit log: the files of a data folder, or a database that several servers write into. */
import type { AuditEntry } from '../shared/access.ts';

export type UnnumberedEntry = Omit<AuditEntry, 'number'>;

export interface AuditBook extends AsyncDisposable {
  /** With the next number; returns when that would survive a power cut. Entries come in the order of the calls. */
  append(entry: UnnumberedEntry): Promise<void>;
}

export interface AuditPlace {
  /** @param hear is told the last entries, and every new one, whoever has written it */
  open(hear: (entry: AuditEntry) => void): Promise<AuditBook>;
  /** All, newest first. */
  entries(): AsyncGenerator<AuditEntry>;
}
