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

/** The host refuses what it was asked, with its own code and words. */
export class HostFaultError extends GutsError {
  readonly code = 'hyperv.fault';
  readonly remedy: string;
  override readonly retryable: boolean;
  readonly fault: WsmanFault;

  constructor(server: string, status: number, fault: WsmanFault) {
    const { code, says } = fault;
    super(`${server} refuses (${code === null ? `HTTP ${status}` : `fault ${code}`}): ${says}`);
    this.fault = fault;
    const known = code === null ? undefined : remedies.get(code);
    this.remedy = known?.remedy ?? 'Look for that number in the documentation of WinRM; trying again may help.';
    this.retryable = known?.passes ?? false;
  }
}

/** By the numbers of wsmerror.h and of Windows. */
const remedies = new Map<number, { readonly remedy: string; readonly passes: boolean }>([
  [
    5,
    {
      remedy:
        'The user may sign in but not do this: make it a member of “Hyper-V Administrators” and “Remote Management Users”. Local administrators other than the built-in one also need LocalAccountTokenFilterPolicy=1 on a host without a domain.',
      passes: false,
    },
  ],
  [
    2_150_858_815,
    { remedy: 'The user has as many shells as the host allows: close others, or wait until they end.', passes: true },
  ],
  [
    2_150_859_174,
    { remedy: 'The user has as many operations as the host allows: wait until others end.', passes: true },
  ],
  [2_150_858_843, { remedy: 'The shell on the host is gone, as after a restart: try again.', passes: true }],
  [2_147_943_418, { remedy: 'The host could not load the user’s registry: try again.', passes: true }],
]);

/** A script ended without its result. */
export class ScriptFailedError extends GutsError {
  readonly code = 'hyperv.script-failed';
  readonly remedy = 'Read what PowerShell says; if that does not help, save a log bundle and report it.';

  constructor(server: string, exitCode: number, says: string) {
    super(`A script on ${server} ended with ${exitCode}: ${says === '' ? 'it says nothing.' : says.slice(0, 2000)}`);
  }
}
