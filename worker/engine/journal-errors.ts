/** What can go wrong with a journal: no room, not to be read or written, damaged, from a newer Guts. */
import { GutsError } from '../../main/shared/errors.ts';

/** The operating system did not let Guts read or write a journal. The codes are those of Guts's other files. */
class JournalRefusedError extends GutsError {
  readonly code: string;
  readonly remedy: string;
  override readonly retryable = true;

  constructor(file: string, cause: NodeJS.ErrnoException) {
    super(`“${file}” cannot be read or written (${cause.code ?? cause.message}).`, { cause });
    const isFull = cause.code === 'ENOSPC' || cause.code === 'EDQUOT';
    const isReadOnly = cause.code === 'EROFS';
    this.code = isFull ? 'store.full' : isReadOnly ? 'store.read-only' : 'store.refused';
    this.remedy = isFull
      ? 'Make room on the file system of the data folder and try again; everything that was done so far is still written down.'
      : isReadOnly
        ? 'Make the file system of the data folder writable, or name another folder by GUTS_DATA_DIR.'
        : 'Check who owns the data folder and whether its disk is healthy, and try again.';
  }
}

export class JournalDamagedError extends GutsError {
  readonly code = 'store.damaged';
  readonly remedy =
    'Run it again: it goes on from there. What the lost lines made may be left over on either side; look for it (“guts tidy”).';

  constructor(file: string, corrupt: string) {
    super(
      `The journal “${file}” is damaged in its middle. It was set aside as “${corrupt}”, and what stood before the damage is in its place now.`,
    );
  }
}

export class JournalTooNewError extends GutsError {
  readonly code = 'store.too-new';
  readonly remedy = 'Use the newer Guts to go on with it.';

  constructor(file: string) {
    super(`The journal “${file}” was written by a newer Guts.`);
  }
}

/** Lets what is known already through, and names what the file system says. */
export function journalRefused(file: string, error: unknown): unknown {
  return isSystemError(error) ? new JournalRefusedError(file, error) : error;
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException => error instanceof Error && 'syscall' in error;
