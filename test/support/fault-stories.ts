/** What a vSphere server can do to a migration that is under way, and how that must end; for every vSphere there is. */
import type { Reading } from '../../main/shared/migration.ts';

/** In the words of the built-in simulator; the peer's are made of them. */
export interface VsphereFault {
  readonly where: 'soap' | 'folder' | 'nfc' | 'lease';
  readonly kind: string;
  /** A SOAP method, or a part of a path. */
  readonly match?: string;
  readonly nth?: number;
  readonly count?: number;
  readonly afterBytes?: number;
  readonly delayMs?: number;
  readonly status?: number;
  readonly faultType?: string;
  readonly detail?: Readonly<Record<string, string>>;
  readonly privileges?: readonly string[];
  readonly message?: string;
}

export interface FaultStory {
  readonly name: string;
  readonly reading: Reading;
  readonly faults: readonly VsphereFault[];
  readonly options?: readonly string[];
  /** `done`, or the code of the error that the operator is told. */
  readonly ends: string;
  /** What the words of the error or of its remedy must have. */
  readonly says?: RegExp;
}

const FLAT = 'GET /folder/.*-flat';
/** Behind the first byte of each file, which is asked for alone. */
const inside = { match: FLAT, nth: 3 } as const;
/** Within the first disk, behind its first blocks. */
const AFTER = 300_000;
const always = { count: -1 } as const;
const story = (name: string, reading: Reading, ends: string, ...faults: VsphereFault[]): FaultStory => ({
  name,
  reading,
  faults,
  ends,
});

/** Each in the middle of the move of a machine with two disks that runs. */
export const faultStories: readonly FaultStory[] = [
  story(
    'busy with HTTP 503 at every turn',
    'lease',
    'done',
    { where: 'soap', kind: 'http', match: 'RetrievePropertiesEx', nth: 4, count: 2 },
    { where: 'soap', kind: 'http', match: 'WaitForUpdatesEx', count: 2 },
    { where: 'soap', kind: 'http', match: 'HttpNfcLeaseGetManifest' },
    { where: 'nfc', kind: 'http' },
  ),
  story('busy with HTTP 503 for files', 'ranges', 'done', { where: 'folder', kind: 'http', ...inside, count: 2 }),
  story(
    'slow',
    'lease',
    'done',
    { where: 'soap', kind: 'delay', match: 'ShutdownGuest|ExportVm|HttpNfcLeaseComplete', count: -1, delayMs: 700 },
    { where: 'nfc', kind: 'stall', afterBytes: AFTER, delayMs: 700 },
  ),
  story(
    'hanging up on questions and on a wish',
    'lease',
    'done',
    { where: 'soap', kind: 'drop', match: 'RetrievePropertiesEx', nth: 5 },
    { where: 'soap', kind: 'drop', match: 'ShutdownGuest' },
    { where: 'nfc', kind: 'drop' },
  ),
  story(
    'hanging up on orders',
    'lease',
    'done',
    { where: 'soap', kind: 'drop', match: 'HttpNfcLeaseComplete' },
    { where: 'soap', kind: 'drop', match: 'HttpNfcLeaseGetManifest' },
  ),
  story('hanging up on the wish for a lease', 'lease', 'done', { where: 'soap', kind: 'drop', match: 'ExportVm' }),
  story('hanging up on files', 'areas', 'done', { where: 'folder', kind: 'drop', ...inside, count: 2 }),
  story('cutting a stream at a byte', 'lease', 'done', { where: 'nfc', kind: 'cut', afterBytes: AFTER }),
  story('cutting files at bytes', 'ranges', 'done', {
    where: 'folder',
    kind: 'cut',
    ...inside,
    afterBytes: AFTER,
    count: 2,
  }),
  {
    ...story('cutting every stream', 'lease', 'net.connection-lost', {
      where: 'nfc',
      kind: 'cut',
      afterBytes: AFTER,
      ...always,
    }),
    says: /ended before all was there/,
  },
  story('corrupting a byte of a stream', 'lease', 'done', { where: 'nfc', kind: 'corrupt', afterBytes: AFTER }),
  {
    ...story('corrupting every stream', 'lease', 'source.manifest-differs', {
      where: 'nfc',
      kind: 'corrupt',
      afterBytes: AFTER,
      ...always,
    }),
    says: /SHA-1/,
  },
  story('corrupting a byte of a file', 'ranges', 'done', {
    where: 'folder',
    kind: 'corrupt',
    ...inside,
    afterBytes: 30_000,
  }),
  story('corrupting a byte of an area', 'areas', 'done', {
    where: 'folder',
    kind: 'corrupt',
    ...inside,
    afterBytes: 30_000,
  }),
  {
    ...story('refusing a lease in the end', 'lease', 'vsphere.file-fault', {
      where: 'lease',
      kind: 'leaseerror',
      faultType: 'FileFault',
      message: 'The file cannot be read.',
      ...always,
    }),
    says: /The file cannot be read/,
  },
  story(
    'taking a lease back',
    'lease',
    'done',
    { where: 'lease', kind: 'leaseerror', faultType: 'RequestCanceled', message: 'Cancelled.', delayMs: 400 },
    { where: 'nfc', kind: 'stall', afterBytes: AFTER, delayMs: 900 },
  ),
  story(
    'ending the session at every turn',
    'lease',
    'done',
    { where: 'soap', kind: 'expire', match: 'ShutdownGuest' },
    { where: 'soap', kind: 'expire', match: 'ExportVm' },
    { where: 'soap', kind: 'expire', match: 'HttpNfcLeaseGetManifest' },
    { where: 'soap', kind: 'expire', match: 'HttpNfcLeaseComplete' },
  ),
  story('ending the session while files are read', 'ranges', 'done', {
    where: 'folder',
    kind: 'expire',
    ...inside,
  }),
  {
    ...story('denying a privilege beforehand', 'lease', 'preflight.blocked', {
      where: 'soap',
      kind: 'deny',
      match: 'HasPrivilegeOnEntities',
      privileges: ['VApp.Export'],
      ...always,
    }),
    says: /VApp\.Export/,
  },
  {
    ...story('denying a privilege on the way', 'lease', 'vsphere.missing-privilege', {
      where: 'soap',
      kind: 'fault',
      match: 'ExportVm',
      faultType: 'NoPermission',
      detail: { privilegeId: 'VApp.Export' },
      ...always,
    }),
    says: /VApp\.Export/,
  },
  {
    ...story('failing to make a snapshot', 'lease', 'vsphere.snapshot-failed', {
      where: 'soap',
      kind: 'taskfail',
      match: 'CreateSnapshot',
      faultType: 'SnapshotFault',
      message: 'An error occurred while quiescing.',
      ...always,
    }),
    options: ['--while-running', 'snapshot'],
    says: /quiescing|SnapshotFault/,
  },
  {
    ...story('failing to remove a snapshot the first time', 'lease', 'done', {
      where: 'soap',
      kind: 'taskfail',
      match: 'RemoveSnapshot',
      faultType: 'TaskInProgress',
      message: 'Another task is already in progress.',
    }),
    options: ['--while-running', 'snapshot'],
  },
  {
    ...story(
      'failing to start the machine again the first time',
      'lease',
      'net.connection-lost',
      { where: 'nfc', kind: 'drop', ...always },
      { where: 'soap', kind: 'taskfail', match: 'PowerOnVM', faultType: 'TaskInProgress', message: 'Busy.' },
    ),
  },
];
