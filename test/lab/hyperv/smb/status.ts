/** The numbers by which an SMB server says how it went (NTSTATUS, [MS-ERREF]). */

export const status = {
  SUCCESS: 0,
  PENDING: 0x103,
  BUFFER_OVERFLOW: 0x8000_0005,
  INFO_LENGTH_MISMATCH: 0xc000_0004,
  INVALID_PARAMETER: 0xc000_000d,
  INVALID_DEVICE_REQUEST: 0xc000_0010,
  END_OF_FILE: 0xc000_0011,
  MORE_PROCESSING_REQUIRED: 0xc000_0016,
  ACCESS_DENIED: 0xc000_0022,
  OBJECT_NAME_NOT_FOUND: 0xc000_0034,
  SHARING_VIOLATION: 0xc000_0043,
  LOGON_FAILURE: 0xc000_006d,
  ACCOUNT_RESTRICTION: 0xc000_006e,
  INSUFFICIENT_RESOURCES: 0xc000_009a,
  FILE_IS_A_DIRECTORY: 0xc000_00ba,
  NOT_SUPPORTED: 0xc000_00bb,
  NETWORK_NAME_DELETED: 0xc000_00c9,
  BAD_NETWORK_NAME: 0xc000_00cc,
  FILE_CLOSED: 0xc000_0128,
  USER_SESSION_DELETED: 0xc000_0203,
  NETWORK_SESSION_EXPIRED: 0xc000_035c,
} as const;
export type StatusName = keyof typeof status;

/** An error reply of SMB. */
export class SmbStatus extends Error {
  readonly code: number;

  constructor(name: StatusName) {
    super(name);
    this.code = status[name];
  }
}

/** By its name, with or without `STATUS_` before it, or as `c0000043`. @throws RangeError */
export function statusNamed(text: string): number {
  const name = text.replace(/^STATUS_/, '');
  const found = Object.entries(status).find(([known]) => known === name)?.[1] ?? Number(`0x${name}`);
  if (!Number.isInteger(found)) throw new RangeError(`The simulator knows no status “${text}”.`);
  return found;
}
