/** What can stand between Guts and a machine's disks. */
import { GutsError } from '../../../../main/shared/errors.ts';

/** The lease ended before the disks were read: vSphere took it back, or its session is gone. */
export class LeaseLostError extends GutsError {
  readonly code = 'vsphere.lease-lost';
  readonly remedy =
    'Try again; Guts asks for a new lease. If it happens often, see in the vSphere client who ends tasks or sessions, and choose another way of reading.';
  override readonly retryable = true;
}

/** What was read of a machine that ran meanwhile is of no moment at all. */
export class NotStillError extends GutsError {
  readonly code = 'vsphere.not-still';
  readonly remedy = 'Whatever started or changed it, the copy is of no use: see that it stays off, and try again.';

  constructor(vmName: string, how: string) {
    super(`“${vmName}” is ${how}.`);
  }
}

export class SnapshotGoneError extends GutsError {
  readonly code = 'vsphere.snapshot-gone';
  readonly remedy =
    'Somebody removed it, or a backup did, and the host wrote to the files that were being read: let it stay until the copy is done, and try again.';

  constructor(vmName: string, options?: ErrorOptions) {
    super(`The snapshot of “${vmName}” that was copied is no longer there, so the copy is of no use.`, options);
  }
}

/** A way of reading that was planned cannot be gone for this disk. */
export class UnreadableDiskError extends GutsError {
  readonly code = 'vsphere.disk-unreadable';
  readonly remedy: string;

  constructor(message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.remedy = remedy;
  }
}
