/** What the cmdlets of a Hyper-V host can say no to, by PowerShell's ids, which are the same in every language. */
import { GutsError } from '../../../main/shared/errors.ts';
import type { Trouble } from './answers.ts';

/** A cmdlet failed, in its own words. */
export class HypervCommandError extends GutsError {
  readonly code = 'hyperv.command-failed';
  readonly remedy =
    'Look at the machine in Hyper-V Manager: finish or answer what it waits for; read what the host says; then try again.';
  /** PowerShell's id of it. */
  readonly id: string;

  constructor(host: string, { message, id }: Trouble) {
    super(`${host} says: ${plainMessage(message)}`);
    this.id = id;
  }
}

export class HypervAccessError extends GutsError {
  readonly code = 'hyperv.access-denied';
  readonly remedy =
    'Make the user a member of the host’s groups “Hyper-V Administrators” and “Remote Management Users”, or sign in as an administrator of the host. Local administrators other than the built-in one also need LocalAccountTokenFilterPolicy = 1 there.';

  constructor(host: string, says: string) {
    super(`The signed-in user may not do this on ${host}: ${plainMessage(says)}`);
  }
}

export class HypervMissingError extends GutsError {
  readonly code = 'hyperv.not-installed';
  readonly remedy =
    'Check that the address is a Hyper-V host’s, and that its PowerShell module is installed (Install-WindowsFeature Hyper-V-PowerShell).';

  constructor(host: string) {
    super(`${host} has no Hyper-V commands.`);
  }
}

export class MachineMissingError extends GutsError {
  readonly code = 'source.vm-missing';
  readonly remedy = 'Refresh the source: the machine was deleted, or moved to another node of the cluster.';

  constructor(host: string) {
    super(`${host} has no machine of that id any more.`);
  }
}

export class WillNotShutDownError extends GutsError {
  readonly code = 'source.will-not-shut-down';
  readonly remedy =
    'Shut the guest down by hand and try again, or allow to turn it off as if the plug were pulled (--may-pull-plug).';

  constructor(machine: string, reason: string) {
    super(`“${machine}” does not shut down: ${reason}.`);
  }
}

export class WrongStateError extends GutsError {
  readonly code = 'hyperv.wrong-state';
  readonly remedy: string;

  constructor(machine: string, state: string, remedy: string) {
    super(`“${machine}” is ${state}.`);
    this.remedy = remedy;
  }
}

export class CheckpointRefusedError extends GutsError {
  readonly code = 'hyperv.checkpoint-refused';
  readonly remedy =
    'Let Guts shut the machine down instead of copying it as it runs, or remove what stands in the way of a checkpoint and try again.';

  constructor(machine: string, says: string) {
    super(`The host takes no checkpoint of “${machine}”: ${plainMessage(says)}`);
  }
}

export class CheckpointGoneError extends GutsError {
  readonly code = 'hyperv.checkpoint-gone';
  readonly remedy =
    'Somebody removed it, or a backup did, and the host wrote to the files that were being read: let it stay until the copy is done, and try again.';

  constructor(machine: string) {
    super(`The checkpoint of “${machine}” that was copied is no longer there, so the copy is of no use.`);
  }
}

export class MergeUnfinishedError extends GutsError {
  readonly code = 'hyperv.merge-unfinished';
  readonly remedy =
    'The host merges by itself when it has time; see in Hyper-V Manager that “Merging disks” goes on, and that there is free space, then try again.';
  override readonly retryable = true;

  constructor(machine: string) {
    super(`The host has not merged the checkpoint of “${machine}” into its disks yet.`);
  }
}

export class UnreadableDiskError extends GutsError {
  readonly code = 'hyperv.unreadable-disk';
  readonly remedy: string;

  constructor(message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.remedy = remedy;
  }
}

/** What a trouble means. */
export function troubleError(host: string, trouble: Trouble): GutsError {
  const { message, id } = trouble;
  if (/AccessDenied|UnauthorizedAccess|PermissionDenied/i.test(id)) return new HypervAccessError(host, message);
  if (/^CommandNotFound|ModuleNotFound|^CouldNotAutoLoadModule/.test(id)) return new HypervMissingError(host);
  // Windows Server 2012 R2 has the word “Command” at its end.
  if (/^InvalidParameter,Microsoft\.HyperV\.PowerShell\.Commands\.GetVM(?:Command)?$/.test(id))
    return new MachineMissingError(host);
  return new HypervCommandError(host, trouble);
}

const LONGEST = 1000;
const plainMessage = (text: string): string => {
  const plain = text.replaceAll(/\s+/g, ' ').trim().slice(0, LONGEST);
  return plain === '' ? 'nothing.' : /[.!?]$/.test(plain) ? plain : `${plain}.`;
};
