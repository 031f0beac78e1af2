/** Reads the files of the audit log, also while a daemon writes them, and where none runs. */
import { readdir } from 'node:fs/promises';
import * as path from 'node:path';
import { AuditEntry } from '../shared/access.ts';
import { readAppendLog, type AppendLogOptions } from '../store/append-log.ts';
import { refused } from '../store/errors.ts';

const NEWEST = 'audit.jsonl';
const OLD = /^audit-(\d+)\.jsonl$/;

export const auditFile = (dataDir: string, name = NEWEST): AppendLogOptions<AuditEntry> => ({
  file: path.join(dataDir, name),
  name: 'audit',
  schema: AuditEntry,
  schemaVersion: 1,
});

export const oldAuditName = (lastNumber: number): string => `audit-${String(lastNumber).padStart(12, '0')}.jsonl`;

/** Of all files, newest first; a file is read when it is come to. */
export async function* auditEntries(dataDir: string): AsyncGenerator<AuditEntry> {
  for (const file of [NEWEST, ...(await oldAuditFiles(dataDir)).map(({ name }) => name)])
    yield* (await readAppendLog(auditFile(dataDir, file))).reverse();
}

/** Newest first, each by the number of its last entry. */
export async function oldAuditFiles(dataDir: string): Promise<{ name: string; number: number }[]> {
  const names = await readdir(dataDir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw refused('read', dataDir, error);
  });
  return names
    .flatMap((name) => {
      const [, number] = OLD.exec(name) ?? [];
      return number === undefined ? [] : [{ name, number: Number(number) }];
    })
    .sort((a, b) => b.number - a.number);
}
