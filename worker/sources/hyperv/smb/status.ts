/** The numbers by which Windows says how it went ([MS-ERREF] 2.3), and what they mean for whoever reads disks. */

export const status = {
  success: 0,
  pending: 0x103,
  bufferOverflow: 0x80000005,
  invalidParameter: 0xc000000d,
  invalidDeviceRequest: 0xc0000010,
  endOfFile: 0xc0000011,
  moreProcessingRequired: 0xc0000016,
  accessDenied: 0xc0000022,
  insufficientResources: 0xc000009a,
  notSupported: 0xc00000bb,
  networkNameDeleted: 0xc00000c9,
  fileClosed: 0xc0000128,
  userSessionDeleted: 0xc0000203,
  networkSessionExpired: 0xc000035c,
} as const;

/** The session, or what was opened in it, is gone: a new one goes on. */
const lost: ReadonlySet<number> = new Set([
  status.networkNameDeleted,
  status.fileClosed,
  status.userSessionDeleted,
  status.networkSessionExpired,
  status.insufficientResources,
  0xc000020c, // CONNECTION_DISCONNECTED
  0xc000020d, // CONNECTION_RESET
  0xc0000466, // SERVER_UNAVAILABLE
]);
export const isLost = (code: number): boolean => lost.has(code);

/** As documents write it. */
export const statusText = (code: number): string => `0x${code.toString(16).toUpperCase().padStart(8, '0')}`;
