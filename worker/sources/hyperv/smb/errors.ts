/** What can go wrong where a host's disks are read over SMB. */
import { GutsError } from '../../../../main/shared/errors.ts';
import { statusText } from './status.ts';

/** The server's message is none, or breaks a rule of its own protocol. */
export class SmbMessageError extends GutsError {
  readonly code = 'hyperv.smb-bad-message';
  readonly remedy = 'Check that the address is the host’s own, and that nothing in between changes what it says.';

  constructor(problem: string) {
    super(`A message of the SMB server is not right: ${problem}.`);
  }
}

/** A message is not signed or sealed by whoever has the session's key. */
export class SmbSignatureError extends GutsError {
  readonly code = 'hyperv.smb-untrusted';
  readonly remedy =
    'Connect again. If that goes on, something between this machine and the host changes what is sent: find it before you go on.';

  constructor(problem: string, options?: ErrorOptions) {
    super(`A message of the SMB server cannot be trusted: ${problem}.`, options);
  }
}

/** Somebody made both sides agree on less than they can. */
export class SmbDowngradeError extends GutsError {
  readonly code = 'hyperv.smb-downgraded';
  readonly remedy =
    'Something between this machine and the host changes what is sent. Find it (a “WAN optimizer”, a proxy, an attacker) before you go on.';

  constructor(server: string, what: string) {
    super(`What ${server} and Guts agreed on was changed on its way: ${what}.`);
  }
}

export class SmbTooOldError extends GutsError {
  readonly code = 'hyperv.smb-too-old';
  readonly remedy =
    'Turn on SMB 2.1 or newer on the host (Windows Server 2008 R2 has it), or give the disks’ files by another way.';

  constructor(server: string, options?: ErrorOptions) {
    super(`${server} speaks only versions of SMB that are too old to be read from safely.`, options);
  }
}

export class SmbGuestError extends GutsError {
  readonly code = 'hyperv.smb-guest';
  readonly remedy =
    'Give a user whom the host knows, with the right password, and turn the guest account of the host off.';

  constructor(server: string, user: string) {
    super(`${server} lets “${user}” in as a guest only, which proves neither side to the other.`);
  }
}

export class SmbCannotEncryptError extends GutsError {
  readonly code = 'hyperv.smb-cannot-encrypt';
  readonly remedy =
    'Use a host that offers AES-128-GCM or AES-256-GCM over SMB 3.1.1, or AES-128-CCM over SMB 3.0 (Windows Server 2012 and newer do), or read the disks from a share that does not demand encryption.';

  constructor(server: string, who: string, dialect: string) {
    super(
      `${who} that everything is encrypted, but ${server} offers nothing for that which Guts has (SMB ${dialect}).`,
    );
  }
}

interface Meaning {
  readonly code: string;
  /** What it means, with the name of what was asked for before it. */
  readonly says: string;
  readonly remedy: string;
  readonly retryable?: boolean;
}

const denied: Meaning = {
  code: 'hyperv.smb-denied',
  says: 'the user may not do that',
  remedy:
    'Use a member of the host’s Administrators, or give the user the right to read the share and the files in it. On a host without a domain, local administrators other than the built-in one get admin shares only with LocalAccountTokenFilterPolicy=1.',
};
const fileMissing: Meaning = {
  code: 'hyperv.file-missing',
  says: 'there is no such file',
  remedy: 'Refresh the source: the machine or its disks may have been moved, renamed or deleted.',
};
const inUse: Meaning = {
  code: 'hyperv.file-locked',
  says: 'it is in use',
  remedy:
    'Shut the machine down, or take a checkpoint first: a disk that a running machine writes to cannot be read. If the machine is off, close what else holds the file: a backup, or a disk that is mounted on the host.',
};
const account = (says: string, remedy: string): Meaning => ({ code: 'hyperv.account-refused', says, remedy });
const noDomain: Meaning = {
  code: 'hyperv.no-domain-controller',
  says: 'the host reaches no domain controller to check the password with',
  remedy: 'See that a domain controller runs and that the host reaches it, or use a local account of the host.',
  retryable: true,
};

const meanings = new Map<number, Meaning>([
  [0xc0000022, denied],
  [0xc0000061, denied], // PRIVILEGE_NOT_HELD
  [0xc000000f, fileMissing],
  [0xc0000033, fileMissing],
  [0xc0000034, fileMissing],
  [0xc000003a, fileMissing],
  [0xc0000056, fileMissing], // DELETE_PENDING
  [0xc0000043, inUse],
  [0xc0000054, inUse], // FILE_LOCK_CONFLICT
  [0xc00000ba, { code: 'hyperv.file-missing', says: 'it is a folder', remedy: 'Name the file of the disk itself.' }],
  [
    0xc00000cc,
    {
      code: 'hyperv.share-missing',
      says: 'there is no such share',
      remedy:
        'Check the share’s name. Admin shares such as D$ can be turned off on the host (AutoShareServer): turn them on, or share the folder of the disks and name that share.',
    },
  ],
  [
    0xc0000257,
    {
      code: 'hyperv.share-elsewhere',
      says: 'it lies on another server (DFS)',
      remedy: 'Name the server on which the share really is.',
    },
  ],
  [
    0xc000006e,
    account(
      'the host’s rules keep this account from signing in over the network',
      'Give the account a password that is not empty, and allow it to sign in over the network.',
    ),
  ],
  [0xc000006f, account('the account may not sign in at this hour', 'Sign in at another hour, or change its hours.')],
  [0xc0000070, account('the account may not sign in from here', 'Allow it to sign in from this machine.')],
  [0xc0000071, account('its password has expired', 'Set a new password for the account.')],
  [0xc0000072, account('the account is disabled', 'Enable the account, or use another one.')],
  [
    0xc000015b,
    account(
      'the account may not sign in over the network',
      'Give it “Access this computer from the network” on the host, and take it out of “Deny access to this computer from the network”.',
    ),
  ],
  [0xc0000193, account('the account has expired', 'Prolong the account, or use another one.')],
  [0xc0000224, account('its password must be changed first', 'Sign in once on the host and change the password.')],
  [0xc0000234, account('the account is locked', 'Unlock the account, then check the password that Guts has.')],
  [
    0xc0000418,
    account(
      'the host does not let anybody sign in by NTLM',
      'Allow NTLM on the host (“Network security: Restrict NTLM: Incoming NTLM traffic”).',
    ),
  ],
  [0xc000005e, noDomain],
  [0xc0000192, noDomain],
]);

/** The host refuses, with a number of Windows. */
export class SmbRefusedError extends GutsError {
  readonly code: string;
  readonly remedy: string;
  override readonly retryable: boolean;
  readonly status: number;

  /** @param what was asked for: a user, a share, a file */
  constructor(what: string, status: number) {
    const meaning = meanings.get(status);
    super(`“${what}”: ${meaning?.says ?? 'the host refuses'} (${statusText(status)}).`);
    this.status = status;
    this.code = meaning?.code ?? 'hyperv.smb-refused';
    this.remedy =
      meaning?.remedy ?? 'Look for that number in the documentation of Windows (NTSTATUS); trying again may help.';
    this.retryable = meaning?.retryable ?? false;
  }
}
