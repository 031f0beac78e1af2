/** What a Hyper-V host can refuse over WinRM. */
import { GutsError } from '../../../../main/shared/errors.ts';
import type { WsmanFault } from './replies.ts';

export class HostLoginRefusedError extends GutsError {
  readonly code = 'hyperv.login-refused';
  readonly remedy =
    'Check the user’s name and password. A user of a domain is DOMAIN\\user or user@domain; the account must be allowed to sign in over the network.';

  constructor(server: string, user: string) {
    super(`${server} does not let “${user}” sign in with this password.`);
  }
}

/** The host does not offer the way to sign in that was chosen. */
export class MethodRefusedError extends GutsError {
  readonly code = 'hyperv.method-refused';
  readonly remedy =
    'Choose another way to sign in, or allow this one on the host (“winrm get winrm/config/service/auth” shows what it allows).';

  constructor(server: string, method: string, offered: string) {
    const names = [...new Set(offered.split('\n').flatMap((line) => line.split(' ')[0] ?? []))].filter(Boolean);
    super(
      `${server} does not offer to sign in by ${method}${names.length === 0 ? '' : `; it offers ${names.join(', ')}`}.`,
    );
  }
}

/** Somebody has written it so into a file: nothing that asks for connections takes it. */
export class BasicInTheClearError extends GutsError {
  readonly code = 'hyperv.basic-in-the-clear';
  readonly remedy = 'Sign in by NTLM, which seals each message, or give the host’s address with https.';

  constructor(server: string) {
    super(`Basic would send the password to ${server} for everybody on the way to read.`);
  }
}

/** The host has no time, or its service is only just starting. */
export class HostUnavailableError extends GutsError {
  readonly code = 'hyperv.unavailable';
  readonly remedy = 'Wait until the host has less to do, or until it has started, and try again.';
  override readonly retryable = true;

  constructor(server: string, status: number) {
    super(`${server} cannot answer at this moment (HTTP ${status}).`);
  }
}

/** The host refuses what it was asked, with its own code and words. */
export class HostFaultError extends GutsError {
  readonly code: string;
  readonly remedy: string;
  override readonly retryable: boolean;
  readonly fault: WsmanFault;

  constructor(server: string, status: number, fault: WsmanFault) {
    const { code, says } = fault;
    super(`${server} refuses (${code === null ? `HTTP ${status}` : `fault ${code}`}): ${says}`);
    this.fault = fault;
    const known = code === null ? undefined : meanings.get(code);
    this.code = known?.code ?? 'hyperv.fault';
    this.remedy = known?.remedy ?? 'Look for that number in the documentation of WinRM; trying again may help.';
    this.retryable = known?.passes ?? false;
  }
}

interface Meaning {
  readonly code: string;
  readonly remedy: string;
  readonly passes: boolean;
}

/** By the numbers of wsmerror.h and of Windows. */
const meanings = new Map<number, Meaning>([
  [
    5,
    {
      code: 'hyperv.access-denied',
      remedy:
        'The user may sign in but not do this: make it a member of “Hyper-V Administrators” and “Remote Management Users”. Local administrators other than the built-in one also need LocalAccountTokenFilterPolicy=1 on a host without a domain.',
      passes: false,
    },
  ],
  [
    2_150_858_815,
    {
      code: 'hyperv.too-many-shells',
      remedy: 'Close the user’s other shells on the host (other tools leave theirs open), or wait until they end.',
      passes: true,
    },
  ],
  [
    2_150_859_174,
    {
      code: 'hyperv.too-many-operations',
      remedy: 'The user has as many operations on the host as it allows: wait until others end.',
      passes: true,
    },
  ],
  [
    2_150_858_843,
    {
      code: 'hyperv.shell-gone',
      remedy: 'The shell on the host is gone, as after a restart: try again.',
      passes: true,
    },
  ],
  [
    2_147_943_418,
    { code: 'hyperv.profile', remedy: 'The host could not load the user’s registry: try again.', passes: true },
  ],
]);

/** A script ended without its result. */
export class ScriptFailedError extends GutsError {
  readonly code = 'hyperv.script-failed';
  readonly remedy = 'Read what PowerShell says; if that does not help, save a log bundle and report it.';

  constructor(server: string, exitCode: number, says: string) {
    super(`A script on ${server} ended with ${exitCode}: ${says === '' ? 'it says nothing.' : says.slice(0, 2000)}`);
  }
}

/** A result that is shorter than it says, or another: what its script did may be asked for again. */
export class DamagedResultError extends GutsError {
  readonly code = 'hyperv.damaged-result';
  readonly remedy =
    'Try again. If that goes on, look whether the host ends processes that take much memory (MaxMemoryPerShellMB), and whether something in between changes what is sent.';
  override readonly retryable = true;

  constructor(server: string, options?: ErrorOptions) {
    super(`${server} sends a result that was cut or changed.`, options);
  }
}
