/** What a Hyper-V host can refuse over WinRM. */
import { GutsError } from '../../../../main/shared/errors.ts';

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
