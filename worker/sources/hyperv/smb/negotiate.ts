/** What both sides agree on before anything else: version, signing, encryption ([MS-SMB2] 2.2.3, 2.2.4). */
import { SmbMessageError } from './errors.ts';
import { HEADER_BYTES, mustBeBody, part } from './header.ts';
import type { SigningAlgorithm } from './signing.ts';

export const dialects = { '2.1': 0x0210, '3.0': 0x0300, '3.0.2': 0x0302, '3.1.1': 0x0311 } as const;
export type Dialect = keyof typeof dialects;
export const allDialects: readonly Dialect[] = ['2.1', '3.0', '3.0.2', '3.1.1'];

export type Cipher = 'aes-128-gcm' | 'aes-256-gcm' | 'aes-128-ccm';
export const cipherKeyBytes = (cipher: Cipher | null): number => (cipher === 'aes-256-gcm' ? 32 : 16);

/** Signing is demanded, and not only allowed. */
export const SECURITY_MODE = 3;
const capability = { largeMtu: 0x4, encryption: 0x40 } as const;
export const CAPABILITIES = capability.largeMtu | capability.encryption;
const context = { preauth: 1, encryption: 2, signing: 8 } as const;
const SHA_512 = 1;
/** In the order in which we like them. */
const ciphers: readonly (readonly [number, Cipher])[] = [
  [2, 'aes-128-gcm'],
  [4, 'aes-256-gcm'],
];
const signings: readonly (readonly [number, SigningAlgorithm])[] = [
  [2, 'aes-gmac'],
  [1, 'aes-cmac'],
];
const RESPONSE_FIXED = 64;
const MOST_CONTEXTS = 16;

export interface Offer {
  readonly dialects: readonly Dialect[];
  /** 16 bytes; the same for all of a session. */
  readonly clientGuid: Buffer;
  /** 32 random bytes. */
  readonly salt: Buffer;
}

export interface Terms {
  readonly dialect: Dialect;
  readonly securityMode: number;
  readonly serverGuid: Buffer;
  readonly capabilities: number;
  readonly maxReadBytes: number;
  /** The server's hint of how to sign in. */
  readonly token: Buffer;
  readonly signing: SigningAlgorithm;
  /** Null where the server offers none that we have. */
  readonly cipher: Cipher | null;
}

export function negotiateBody({ dialects: offered, clientGuid, salt }: Offer): Buffer {
  const head = Buffer.alloc(36 + offered.length * 2);
  head.writeUInt16LE(36, 0);
  head.writeUInt16LE(offered.length, 2);
  head.writeUInt16LE(SECURITY_MODE, 4);
  head.writeUInt32LE(CAPABILITIES, 8);
  head.set(clientGuid, 12);
  for (const [i, dialect] of offered.entries()) head.writeUInt16LE(dialects[dialect], 36 + i * 2);
  if (!offered.includes('3.1.1')) return head;
  const padding = Buffer.alloc(-head.length & 7);
  const contexts = [
    contextBytes(context.preauth, Buffer.concat([numbers(1, salt.length, SHA_512), salt])),
    contextBytes(context.encryption, numbers(ciphers.length, ...ciphers.map(([id]) => id))),
    contextBytes(context.signing, numbers(signings.length, ...signings.map(([id]) => id))),
  ];
  head.writeUInt32LE(HEADER_BYTES + head.length + padding.length, 28);
  head.writeUInt16LE(contexts.length, 32);
  return Buffer.concat([head, padding, ...contexts]);
}

function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [i, value] of values.entries()) bytes.writeUInt16LE(value, i * 2);
  return bytes;
}

/** Padded so that another may follow, which the last need not be but may. */
function contextBytes(type: number, data: Buffer): Buffer {
  return Buffer.concat([numbers(type, data.length, 0, 0), data, Buffer.alloc(-data.length & 7)]);
}

/**
 * The server's choice, out of what was offered.
 * @throws SmbMessageError where it is no choice, or another's
 */
export function parsedTerms(message: Buffer, offer: Offer): Terms {
  mustBeBody(message, 65, RESPONSE_FIXED);
  const at = HEADER_BYTES;
  const number = message.readUInt16LE(at + 4);
  const dialect = offer.dialects.find((one) => dialects[one] === number);
  if (dialect === undefined) throw new SmbMessageError('it chooses a version that was not offered');
  const capabilities = message.readUInt32LE(at + 24);
  const maxReadBytes = message.readUInt32LE(at + 32);
  if (maxReadBytes < 4096) throw new SmbMessageError(`it allows reads of ${maxReadBytes} bytes only`);
  const from = HEADER_BYTES + RESPONSE_FIXED;
  const token = part(message, message.readUInt16LE(at + 56), message.readUInt16LE(at + 58), from);
  const isNewest = dialect === '3.1.1';
  const chosen = isNewest ? chosenByContexts(message) : null;
  const olderCipher = dialect !== '2.1' && (capabilities & capability.encryption) !== 0 ? 'aes-128-ccm' : null;
  return {
    dialect,
    securityMode: message.readUInt16LE(at + 2),
    serverGuid: Buffer.from(message.subarray(at + 8, at + 24)),
    capabilities,
    // Without large requests a read costs one credit, and a credit is 64 KiB.
    maxReadBytes: (capabilities & capability.largeMtu) === 0 ? Math.min(maxReadBytes, 65_536) : maxReadBytes,
    token: Buffer.from(token),
    signing: chosen?.signing ?? (dialect === '2.1' ? 'hmac-sha256' : 'aes-cmac'),
    cipher: chosen === null ? olderCipher : chosen.cipher,
  };
}

function chosenByContexts(message: Buffer): Pick<Terms, 'signing' | 'cipher'> {
  const found = contextsOf(message);
  const preauth = found.get(context.preauth);
  if (
    preauth === undefined ||
    preauth.length < 6 ||
    preauth.readUInt16LE(0) !== 1 ||
    preauth.readUInt16LE(4) !== SHA_512
  )
    throw new SmbMessageError('it does not protect what was agreed on');
  return {
    signing: chosenOf(found.get(context.signing), signings, null) ?? 'aes-cmac',
    cipher: chosenOf(found.get(context.encryption), ciphers, 0),
  };
}

/** Null where it does not choose, or chooses `none`. @throws SmbMessageError where it chooses several, or one that was not offered */
function chosenOf<T>(
  data: Buffer | undefined,
  offered: readonly (readonly [number, T])[],
  none: number | null,
): T | null {
  if (data === undefined) return null;
  if (data.length < 4 || data.readUInt16LE(0) !== 1)
    throw new SmbMessageError('it does not choose one of what was offered');
  const id = data.readUInt16LE(2);
  if (id === none) return null;
  const chosen = offered.find(([one]) => one === id);
  if (chosen === undefined) throw new SmbMessageError('it chooses what was not offered');
  return chosen[1];
}

function contextsOf(message: Buffer): Map<number, Buffer> {
  const count = message.readUInt16LE(HEADER_BYTES + 6);
  let at = message.readUInt32LE(HEADER_BYTES + 60);
  if (count > MOST_CONTEXTS) throw new SmbMessageError(`it has ${count} parts`);
  const found = new Map<number, Buffer>();
  for (let i = 0; i < count; i++) {
    at += -at & 7;
    const head = part(message, at, 8, HEADER_BYTES + RESPONSE_FIXED);
    const type = head.readUInt16LE(0);
    const data = part(message, at + 8, head.readUInt16LE(2), HEADER_BYTES + RESPONSE_FIXED);
    if (found.has(type)) throw new SmbMessageError('it says the same twice');
    found.set(type, data);
    at += 8 + data.length;
  }
  return found;
}
