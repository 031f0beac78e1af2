/** What vSphere can refuse or fail at, and what the operator can do about it. */
import { GutsError } from '../../../main/shared/errors.ts';

/** vSphere said no, in its own words: `fault` is the type of its fault, such as `InvalidPowerState`. */
export abstract class VsphereError extends GutsError {
  readonly fault: string;

  constructor(fault: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}

export class LoginRefusedError extends VsphereError {
  readonly code = 'vsphere.login-refused';
  readonly remedy: string;

  constructor(fault: string, server: string, userName: string, isVcenter: boolean, options?: ErrorOptions) {
    super(fault, `${server} does not let “${userName}” sign in with this password.`, options);
    this.remedy =
      isVcenter && !/[@\\]/.test(userName)
        ? `Give the user with the domain that vCenter knows it by, such as ${userName}@vsphere.local or DOMAIN\\${userName}.`
        : 'Check the user’s name and password; a password that has expired or a locked account is refused in the same way.';
  }
}

/** The session was no longer valid, and signing in again did not help. */
export class SessionEndedError extends VsphereError {
  readonly code = 'vsphere.session-ended';
  readonly remedy = 'Try again; if it happens often, look at the session limits and idle times of the server.';
  override readonly retryable = true;
}

export class MissingPrivilegeError extends VsphereError {
  readonly code = 'vsphere.missing-privilege';
  readonly remedy: string;
  readonly privilege: string;

  constructor(fault: string, privilege: string, object: string, options?: ErrorOptions) {
    super(fault, `The signed-in user lacks the privilege ${privilege} on ${object}.`, options);
    this.privilege = privilege;
    this.remedy = `Ask the vSphere administrator for a role with ${privilege} there, or sign in as another user.`;
  }
}

export class LicenceError extends VsphereError {
  readonly code = 'vsphere.licence';
  readonly remedy =
    'A host with the free ESXi licence can be looked at, but not changed or exported. Give it a licence (the evaluation one will do), or move the machine to a host that has one.';
}

export class MaintenanceModeError extends VsphereError {
  readonly code = 'vsphere.maintenance-mode';
  readonly remedy = 'Let the host leave maintenance mode, or move the machine to another host, then try again.';
}

export class WrongStateError extends VsphereError {
  readonly code = 'vsphere.wrong-state';
  readonly remedy =
    'Look at the machine in the vSphere client: finish or answer what it waits for, see that its host is connected, then try again.';
}

export class WrongPowerStateError extends VsphereError {
  readonly code = 'vsphere.wrong-power-state';
  readonly remedy = 'See whether somebody else switches the machine on or off, then try again.';
}

export class BusyError extends VsphereError {
  readonly code = 'vsphere.busy';
  readonly remedy =
    'Wait until the other task (a backup, a move, another export) has ended, or cancel it, then try again.';
  override readonly retryable = true;
}

export class ToolsUnavailableError extends VsphereError {
  readonly code = 'vsphere.tools-unavailable';
  readonly remedy = 'Start or install VMware Tools in the guest, shut it down by hand, or allow Guts to pull the plug.';
}

export class FileFaultError extends VsphereError {
  readonly code = 'vsphere.file-fault';
  readonly remedy =
    'See in the vSphere client whether the datastore is there, has space, and holds the machine’s files; consolidate its disks if it asks for that.';
}

export class GoneError extends VsphereError {
  readonly code = 'vsphere.gone';
  readonly remedy = 'Refresh the inventory: the object was deleted, moved or registered anew.';
}

export class TimedOutError extends VsphereError {
  readonly code = 'vsphere.timed-out';
  readonly remedy = 'See in the vSphere client what the host is busy with, then try again.';
  override readonly retryable = true;
}

export class SnapshotFailedError extends VsphereError {
  readonly code = 'vsphere.snapshot-failed';
  readonly remedy =
    'Try to take a snapshot of the machine in the vSphere client: what prevents it there prevents it here. Or let Guts shut the machine down first.';
}

export class NotSupportedError extends VsphereError {
  readonly code = 'vsphere.not-supported';
  readonly remedy = 'Choose another way of reading the machine’s disks, or shut it down first.';
}

export class HostUnreachableError extends VsphereError {
  readonly code = 'vsphere.host-unreachable';
  readonly remedy = 'See in the vSphere client why the host does not answer, reconnect it, then try again.';
  override readonly retryable = true;
}

/** The guest was not to be stopped gently, and nobody allowed more than that. */
export class WillNotShutDownError extends GutsError {
  readonly code = 'source.will-not-shut-down';
  readonly remedy =
    'Shut the guest down by hand, give it more time, allow Guts to pull the plug, or have the machine copied while it runs.';

  constructor(vmName: string, reason: string, options?: ErrorOptions) {
    super(`“${vmName}” does not shut down: ${reason}.`, options);
  }
}

/** Any other fault, in vSphere's own words. */
export class UnexpectedFaultError extends VsphereError {
  readonly code = 'vsphere.fault';
  readonly remedy = 'Look up the fault in the events of the vSphere client, mend its cause, then try again.';
}

/** Neither generation of the REST interface is there: on another server than vCenter, or one that lacks the service. */
export class NoRestError extends GutsError {
  readonly code = 'vsphere.no-rest';
  readonly remedy =
    'Nothing is wrong where the server is no whole vCenter; on one, see that its service “vmware-vapi-endpoint” runs.';

  constructor(server: string) {
    super(`${server} has no REST interface, by which alone vSphere tells tags.`);
  }
}

/** Not to this user; or something was named that is not there, which vCenter does not tell apart. */
export class RestRefusedError extends GutsError {
  readonly code = 'vsphere.rest-refused';
  readonly remedy =
    'Ask the vSphere administrator for a role with System.Read as a global permission, which is where tags belong.';

  constructor(server: string, userName: string, status: number) {
    super(`${server} does not let “${userName}” read tags (HTTP ${status}).`);
  }
}

export class TagsTooSlowError extends GutsError {
  readonly code = 'vsphere.tags-too-slow';
  readonly remedy = 'See how busy the vCenter is, and try again when it is less so.';

  /** @param after what they were waited for behind */
  constructor(seconds: number, after = 'the last machine') {
    super(`They were not there ${seconds} s after ${after}.`);
  }
}

/** The server is there, but has no time: HTTP 503 and its like. */
export class UnavailableError extends GutsError {
  readonly code = 'vsphere.unavailable';
  readonly remedy = 'The server is starting, stopping or overloaded. Wait until it answers, then try again.';
  override readonly retryable = true;
  /** What the server asks to wait; null where it does not say. */
  readonly waitMs: number | null;

  constructor(server: string, status: number, waitMs: number | null) {
    super(`${server} cannot answer now (HTTP ${status}).`);
    this.waitMs = waitMs;
  }
}
