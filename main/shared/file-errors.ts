/** A file that could not be written: it is there already, or its place does not take it. */
import { GutsError } from './errors.ts';

interface Why {
  readonly says: (file: string, folder: string) => string;
  readonly remedy: string;
}

/** By what a file system calls it. */
const whys: Readonly<Record<string, Why>> = {
  ENOENT: {
    says: (file, folder) => `“${file}” cannot be written: there is no folder “${folder}”.`,
    remedy: 'Make the folder, or name another place.',
  },
  ENOTDIR: {
    says: (file, folder) => `“${file}” cannot be written: “${folder}” is no folder.`,
    remedy: 'Name a place in a folder.',
  },
  EISDIR: { says: (file) => `“${file}” is a folder, and no file.`, remedy: 'Name a file in it.' },
  EACCES: {
    says: (file, folder) => `“${file}” cannot be written: the folder “${folder}” does not let you.`,
    remedy: 'Name another place, or have yourself allowed to write there.',
  },
  EROFS: {
    says: (file, folder) => `“${file}” cannot be written: what the folder “${folder}” is on can only be read.`,
    remedy: 'Name another place.',
  },
  ENOSPC: {
    says: (file, folder) => `“${file}” cannot be written: no room is left where the folder “${folder}” is.`,
    remedy: 'Make room there, or name another place.',
  },
};

export class UnwrittenFileError extends GutsError {
  readonly code: string;
  readonly remedy: string;

  /** @param cause what the file system said */
  constructor(file: string, cause: Error & { readonly code?: string | undefined }) {
    const isThere = cause.code === 'EEXIST';
    const why = whys[cause.code === 'EPERM' ? 'EACCES' : (cause.code ?? '')];
    super(
      isThere
        ? `“${file}” is already there.`
        : (why?.says(file, folderOf(file)) ?? `“${file}” cannot be written (${cause.code ?? cause.message}).`),
      { cause },
    );
    this.code = isThere ? 'destination.exists' : 'destination.write-failed';
    this.remedy = isThere
      ? 'Choose another name, move that file away, or have it replaced (--force).'
      : (why?.remedy ?? 'Check that the folder exists, is writable and has room, and try again.');
  }
}

/** As paths of all systems have it. */
const folderOf = (file: string): string => /^(.+)[/\\][^/\\]+$/.exec(file)?.[1] ?? (/^[/\\]/.test(file) ? '/' : '.');
