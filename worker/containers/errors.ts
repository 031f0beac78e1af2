/** What can be wrong with an OVA, OVF, VMX or libvirt description, each with its way out. */
import { GutsError } from '../../main/shared/errors.ts';

/** The container contradicts its format or itself: checksums, numbers, names used twice, references to nothing. */
export class DamagedContainerError extends GutsError {
  readonly code = 'container.damaged';
  readonly remedy = 'Export the virtual machine again; this description or archive is not sound.';
}

/** The archive ends inside a header or a member. */
export class TruncatedContainerError extends GutsError {
  readonly code = 'container.truncated';
  readonly remedy = 'Copy or download the archive again; its end is missing.';
}

/** Sound as far as can be told, but it uses something that Guts does not read. */
export class UnsupportedContainerError extends GutsError {
  readonly code = 'container.unsupported';
  readonly remedy: string;

  constructor(message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.remedy = remedy;
  }
}

/** A size, count or depth beyond what a real container has; keeps hostile files from eating memory or time. */
export class ContainerLimitError extends GutsError {
  readonly code = 'container.limit';
  readonly remedy =
    'The file claims sizes or counts that no real virtual machine has. Export the virtual machine again.';
}

/** A member's name would lead outside the container's own folder. */
export class UnsafeNameError extends GutsError {
  readonly code = 'container.unsafe-name';
  readonly remedy = 'Do not trust this file: its names point outside of it. Ask its maker for a clean export.';
}

/** The description or the manifest names a file that is not there. */
export class MissingMemberError extends GutsError {
  readonly code = 'container.member-missing';
  readonly remedy = 'Copy or download the whole export again, with every file that its description and manifest name.';
}

/** The bytes are not those that the manifest was written for. */
export class ManifestMismatchError extends GutsError {
  readonly code = 'container.manifest-mismatch';
  readonly remedy =
    'Copy or download the file again. If it was changed on purpose, remove the manifest (.mf) and try again.';
}
