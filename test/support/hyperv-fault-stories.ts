/** What goes wrong on a Hyper-V host in the middle of the move of a machine with two disks that runs, and how that ends. */

export interface HypervFault {
  readonly where: 'winrm' | 'login' | 'script' | 'smb';
  readonly kind: string;
  /** `Receive power shutDown`, `checkpoint create`, `READ D:\…`: a regular expression on it. */
  readonly match?: string;
  readonly nth?: number;
  readonly count?: number;
  readonly afterBytes?: number;
  readonly delayMs?: number;
  readonly status?: number;
  /** A number of WinRM, the id of a cmdlet’s error, or a status of SMB. */
  readonly faultType?: string;
  readonly message?: string;
}

export interface HypervFaultStory {
  readonly name: string;
  readonly faults: readonly HypervFault[];
  readonly options: readonly string[];
  /** `done`, or the code of the error that the operator is told. */
  readonly ends: string;
  /** What the words of the error or of its remedy must have. */
  readonly says?: RegExp;
}

const always = { count: -1 } as const;
const running = ['--while-running', 'snapshot'];
const story = (name: string, ends: string, ...faults: HypervFault[]): HypervFaultStory => ({
  name,
  faults,
  options: [],
  ends,
});
const onRunning = (name: string, ends: string, ...faults: HypervFault[]): HypervFaultStory => ({
  ...story(name, ends, ...faults),
  options: running,
});

const NO_SHELL = '2150858843';
const TOO_MANY_SHELLS = '2150858815';

export const hypervFaultStories: readonly HypervFaultStory[] = [
  story(
    'busy with HTTP 503 at every turn',
    'done',
    { where: 'winrm', kind: 'http', match: 'Receive inventory', count: 2 },
    { where: 'winrm', kind: 'http', match: 'Receive power shutDown' },
    { where: 'winrm', kind: 'http', match: 'Receive power look' },
  ),
  story(
    'slow',
    'done',
    { where: 'script', kind: 'delay', match: 'power', count: 3, delayMs: 700 },
    { where: 'smb', kind: 'delay', match: 'READ', nth: 5, delayMs: 700, faultType: 'STATUS_PENDING' },
    { where: 'smb', kind: 'stall', match: 'READ', nth: 9, afterBytes: 100, delayMs: 700 },
  ),
  story(
    'hanging up on questions and on a wish',
    'done',
    { where: 'winrm', kind: 'drop', match: 'Receive inventory', nth: 2 },
    { where: 'winrm', kind: 'drop', match: 'Receive power shutDown' },
    { where: 'winrm', kind: 'drop', match: 'Command', nth: 3 },
  ),
  story(
    'cutting answers in the middle',
    'done',
    { where: 'winrm', kind: 'cut', match: 'Receive inventory', afterBytes: 900 },
    { where: 'winrm', kind: 'cut', match: 'Receive power shutDown', afterBytes: 400 },
  ),
  onRunning(
    'cutting what it says of a checkpoint that it has made, and of one that it has removed',
    'done',
    { where: 'winrm', kind: 'cut', match: 'Receive checkpoint create', afterBytes: 600 },
    { where: 'winrm', kind: 'cut', match: 'Receive checkpoint remove', afterBytes: 600 },
  ),
  story('losing its shells in the middle', 'done', {
    where: 'winrm',
    kind: 'expire',
    match: 'Receive power shutDown',
  }),
  onRunning('losing its shells while a checkpoint is taken', 'done', {
    where: 'winrm',
    kind: 'expire',
    match: 'Receive checkpoint create',
  }),
  story(
    'with as many shells as it allows, for a while',
    'done',
    { where: 'winrm', kind: 'fault', match: 'Receive inventory', faultType: NO_SHELL },
    { where: 'winrm', kind: 'fault', match: 'Create', nth: 2, count: 2, faultType: TOO_MANY_SHELLS },
  ),
  {
    ...story('with as many shells as it allows', 'hyperv.too-many-shells', {
      where: 'winrm',
      kind: 'fault',
      match: 'Create',
      faultType: TOO_MANY_SHELLS,
      ...always,
    }),
    says: /other shells/,
  },
  {
    ...story('turning the user away', 'hyperv.login-refused', {
      where: 'login',
      kind: 'deny',
      match: 'Negotiate',
      nth: 2, // what is wrong is the proof, not the way
      ...always,
    }),
    says: /password/,
  },
  {
    ...story('denying its machines', 'hyperv.access-denied', {
      where: 'script',
      kind: 'error',
      match: 'inventory',
      faultType: 'AccessDenied',
      message: 'You do not have the required permission to complete this task.',
    }),
    says: /Hyper-V Administrators/,
  },
  {
    ...story('denying the wish to shut down', 'hyperv.access-denied', {
      where: 'winrm',
      kind: 'fault',
      match: 'Receive power shutDown',
      faultType: '5',
      message: 'Access is denied.',
    }),
    says: /Hyper-V Administrators/,
  },
  story('changing a result on its way', 'done', { where: 'script', kind: 'corrupt', match: 'inventory', nth: 2 }),
  {
    ...story('changing every result on its way', 'hyperv.damaged-result', {
      where: 'script',
      kind: 'corrupt',
      match: 'inventory',
      ...always,
    }),
    says: /cut or changed/,
  },
  {
    ...story('failing in PowerShell itself', 'hyperv.script-failed', {
      where: 'script',
      kind: 'taskfail',
      match: 'power shutDown',
      message: 'The type initializer threw an exception.',
      ...always,
    }),
    says: /type initializer/,
  },
  story('cutting reads', 'done', { where: 'smb', kind: 'cut', match: 'READ', nth: 6, afterBytes: 100, count: 4 }),
  {
    ...story('cutting every read of a disk', 'net.connection-lost', {
      where: 'smb',
      kind: 'cut',
      match: 'READ .*-1\\.vhdx',
      nth: 12,
      afterBytes: 100,
      ...always,
    }),
  },
  story('hanging up on files', 'done', { where: 'smb', kind: 'drop', match: 'CREATE', count: 2 }),
  story('hanging up while somebody signs in for files', 'done', {
    where: 'smb',
    kind: 'drop',
    match: 'SESSION_SETUP',
    count: 2,
  }),
  story('ending the session of files', 'done', { where: 'smb', kind: 'expire', match: 'READ', nth: 8 }),
  {
    ...story('changing what is signed', 'hyperv.smb-untrusted', {
      where: 'smb',
      kind: 'corrupt',
      match: 'READ',
      nth: 12,
      afterBytes: 100,
      ...always,
    }),
    says: /cannot be trusted/,
  },
  {
    ...onRunning('denying a share', 'preflight.blocked', {
      where: 'smb',
      kind: 'error',
      match: 'TREE_CONNECT D',
      faultType: 'ACCESS_DENIED',
      ...always,
    }),
    says: /LocalAccountTokenFilterPolicy/,
  },
  {
    ...story(
      'denying a share on the way',
      'hyperv.smb-denied',
      { where: 'smb', kind: 'cut', match: 'READ', nth: 12, afterBytes: 100 },
      { where: 'smb', kind: 'error', match: 'TREE_CONNECT D', nth: 2, faultType: 'ACCESS_DENIED', ...always },
    ),
    says: /may not do that/,
  },
  {
    ...story('with a file that somebody else has open', 'hyperv.file-locked', {
      where: 'smb',
      kind: 'error',
      match: 'CREATE',
      faultType: 'SHARING_VIOLATION',
      ...always,
    }),
    says: /a backup/,
  },
  story('whose files are in use a moment longer than their machine runs', 'done', {
    where: 'smb',
    kind: 'error',
    match: 'CREATE',
    count: 9, // most of them while the machine is only looked at
    faultType: 'SHARING_VIOLATION',
  }),
  {
    ...onRunning('refusing a checkpoint', 'hyperv.checkpoint-refused', {
      where: 'script',
      kind: 'error',
      match: 'checkpoint create',
      message: 'Production checkpoints cannot be created for it.',
      ...always,
    }),
    says: /Production checkpoints cannot be created/,
  },
  onRunning('failing to merge a checkpoint the first time', 'done', {
    where: 'winrm',
    kind: 'drop',
    match: 'Receive checkpoint remove',
  }),
  onRunning('refusing to remove a checkpoint the first time', 'done', {
    where: 'script',
    kind: 'error',
    match: 'checkpoint remove',
    message: 'The operation cannot be performed while the object is in use.',
  }),
  story(
    'failing to start the machine again the first time',
    'hyperv.file-locked',
    { where: 'smb', kind: 'error', match: 'CREATE', faultType: 'SHARING_VIOLATION', ...always },
    { where: 'script', kind: 'error', match: 'power start', message: 'Not enough memory in the system.' },
  ),
];
