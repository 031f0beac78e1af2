/** What can go wrong between reading a disk and having it safely at its destination. */
import { GutsError } from '../../main/shared/errors.ts';

export class DestinationExistsError extends GutsError {
  readonly code = 'destination.exists';
  readonly remedy = 'Choose another name, or have the file replaced (--force).';

  constructor(path: string, options?: ErrorOptions) {
    super(`“${path}” is already there.`, options);
  }
}

export class DestinationFullError extends GutsError {
  readonly code = 'destination.full';
  readonly remedy = 'Free some space or choose another folder, and run again; the unfinished file has been removed.';
  override readonly retryable = true;
}

export class DestinationWriteError extends GutsError {
  readonly code = 'destination.write-failed';
  readonly remedy = 'Check that the folder exists, is writable and its disk is healthy, and run again.';
  override readonly retryable = true;
}

/** A pipe takes bytes from front to back, and some images cannot be laid out so before all of them is known. */
export class PipeError extends GutsError {
  readonly code = 'destination.pipe';
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

/** What was read back from the destination is not what was written there. */
export class ReadBackError extends GutsError {
  readonly code = 'destination.read-back';
  readonly remedy = 'Do not use this destination before its disk and memory have been checked; nothing was kept there.';
}

/** A machine was described, but no disk of it: what was asked for cannot be done, and nothing must look as if it had been. */
export class NoDisksError extends GutsError {
  readonly code = 'source.no-disks';
  readonly remedy =
    'See what the description names (“guts inspect”). If disks are missing there, export the machine again, or give a disk image itself.';

  constructor(input: string) {
    super(`“${input}” describes a machine without disks.`);
  }
}

export class SourceReadError extends GutsError {
  readonly code = 'source.read-failed';
  readonly remedy = 'Check the disk or network share that holds the image, and run again.';
  override readonly retryable = true;
}

/** Two independent computations of the content digest differ. */
export class ContentMismatchError extends GutsError {
  readonly code = 'verify.content-differs';
  readonly remedy =
    'Nothing was kept. Run again; if it fails again, have the digest of the source computed twice (“guts digest”) and report both.';
}

/** Turns what the file system says about a write into the operator's words. */
export function writeFailure(path: string, error: unknown): GutsError {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
  if (error instanceof GutsError) return error;
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') {
    return new DestinationFullError(`There is no room left for “${path}” (${code}).`, { cause: error });
  }
  return new DestinationWriteError(`“${path}” cannot be written (${code}).`, { cause: error });
}
