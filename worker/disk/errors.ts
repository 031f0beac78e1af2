/** What can be wrong with a disk image or the files around it, each with its way out. */
import { GutsError } from '../../main/shared/errors.ts';

/** A structure in the image contradicts the format or itself: checksums, offsets, magic numbers, overlapping tables. */
export class DamagedImageError extends GutsError {
  readonly code = 'disk.damaged';
  readonly remedy = 'Export or copy the disk again from its hypervisor; this file does not hold a sound image.';
}

/** The file ends before the bytes that its own tables promise. */
export class TruncatedImageError extends GutsError {
  readonly code = 'disk.truncated';
  readonly remedy = 'Copy or download the file again; its end is missing.';
}

/** The image is sound as far as can be told, but uses something that Guts does not read. */
export class UnsupportedImageError extends GutsError {
  readonly code = 'disk.unsupported';
  readonly remedy: string;

  constructor(message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.remedy = remedy;
  }
}

/** A file that the image names (an extent, a parent) is not there or may not be opened. */
export class MissingFileError extends GutsError {
  readonly code = 'disk.file-missing';
  readonly remedy: string;

  constructor(
    message: string,
    remedy = 'Put the file beside the image under the name given above, and try again.',
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.remedy = remedy;
  }
}

/** A parent was found, but it is not the one that the child was made on, or it has changed since. */
export class ParentMismatchError extends GutsError {
  readonly code = 'disk.parent-mismatch';
  readonly remedy =
    'Find the parent that belongs to this disk. A parent that was started or changed after the child was made cannot be used.';
}

/** A size, count or depth beyond what the format or Guts allows; keeps hostile files from eating memory or time. */
export class LimitError extends GutsError {
  readonly code = 'disk.limit';
  readonly remedy =
    'The file claims sizes that no real disk of its format has. Export the disk again from its hypervisor.';
}

/** The name promises a format of which the bytes show nothing: the file is cut, overwritten, or a raw disk under a wrong name. */
export class MisnamedImageError extends GutsError {
  readonly code = 'disk.not-its-format';
  readonly remedy =
    'Copy the file again: its start or end is missing or damaged. If it is a raw disk in truth, say so (--from raw).';
}
