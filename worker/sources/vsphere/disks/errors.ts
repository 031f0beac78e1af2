/** What can stand between Guts and a machine's disks. */
import { GutsError } from '../../../../main/shared/errors.ts';

/** The lease ended before the disks were read: vSphere took it back, or its session is gone. */
export class LeaseLostError extends GutsError {
  readonly code = 'vsphere.lease-lost';
  readonly remedy =
    'Try again; Guts asks for a new lease. If it happens often, see in the vSphere client who ends tasks or sessions, and choose another way of reading.';
  override readonly retryable = true;
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
