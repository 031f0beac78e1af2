/** What can go wrong with Guts's own files: in use, unreadable, not to be written, from a newer Guts. */
import * as path from 'node:path';
import { GutsError } from '../shared/errors.ts';

/** Another process holds the lock for longer than any write takes. */
export class StoreBusyError extends GutsError {
  readonly code = 'store.busy';
  readonly remedy: string;
  override readonly retryable = true;

  constructor(folder: string, holder: string, lockFile: string) {
    super(`“${folder}” is being written by ${holder}.`);
    this.remedy = `Wait until that has ended and try again. If it hangs, end it; if it runs on another computer that is gone, remove “${lockFile}”.`;
  }
}

/** A file was not what was written; it was set aside under another name. */
export class StoreDamagedError extends GutsError {
  readonly code = 'store.damaged';
  readonly remedy: string;

  constructor(file: string, says: string, remedy: string, options?: ErrorOptions) {
    super(`“${file}” cannot be read. ${says}`, options);
    this.remedy = remedy;
  }
}

/** A file is as it should be, but not for this Guts: it stays where it is. */
export abstract class StoreVersionError extends GutsError {}

export class StoreTooNewError extends StoreVersionError {
  readonly code = 'store.too-new';
  readonly remedy = 'Use the newer Guts, or another data folder by GUTS_DATA_DIR.';

  constructor(file: string, version: number) {
    super(`“${file}” was written by a newer Guts (its layout is number ${version}).`);
  }
}

export class StoreTooOldError extends StoreVersionError {
  readonly code = 'store.too-old';
  readonly remedy = 'Let a Guts of the time between read it once, or begin with another data folder by GUTS_DATA_DIR.';

  constructor(file: string, version: number) {
    super(`“${file}” was written by a Guts so old that this one does not know its layout (number ${version}).`);
  }
}

/** The operating system did not let Guts read or write one of its files. */
export class StoreRefusedError extends GutsError {
  readonly code: string;
  readonly remedy: string;
  override readonly retryable = true;

  constructor(what: 'read' | 'written', place: string, cause: NodeJS.ErrnoException, own?: string) {
    const file = within(place, cause.path);
    const didWhat = cause.syscall === 'scandir' ? 'read' : what;
    super(`“${file}” cannot be ${didWhat} (${cause.code ?? cause.message}).`, { cause });
    const { code, remedy } = advice[cause.code ?? ''] ?? {
      code: 'store.refused',
      remedy:
        'Check who owns that file or folder (Guts has to run as that user) and whether its file system can be written, or name another one by GUTS_DATA_DIR.',
    };
    this.code = code;
    this.remedy = own ?? remedy;
  }
}

/** The very one that the system names, where it is in that folder. */
const within = (place: string, found: string | undefined): string =>
  found?.startsWith(`${place}${path.sep}`) === true ? found : place;

const full = {
  code: 'store.full',
  remedy: 'Make room on that file system and try again; what was there before is still there.',
};
const advice: Readonly<Record<string, { readonly code: string; readonly remedy: string }>> = {
  ENOSPC: full,
  EDQUOT: full,
  EROFS: {
    code: 'store.read-only',
    remedy: 'Make that file system writable (mount -o remount,rw), or name another folder by GUTS_DATA_DIR.',
  },
};

/** Lets what is known already through, and names what the file system says. @param remedy of what lies in no data folder */
export function refused(what: 'read' | 'written', file: string, error: unknown, remedy?: string): unknown {
  return isSystemError(error) ? new StoreRefusedError(what, file, error, remedy) : error;
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException => error instanceof Error && 'syscall' in error;
