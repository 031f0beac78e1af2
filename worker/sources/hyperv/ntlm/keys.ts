/** Keys and proofs of NTLMv2 ([MS-NLMP] 3.3.2, 3.4.5): from a password to what signs and seals a session. */
import { createHash, createHmac } from 'node:crypto';
import { md4 } from './md4.ts';
import { Rc4 } from './rc4.ts';

export interface Account {
  readonly user: string;
  /** Empty for a local account. */
  readonly domain: string;
  readonly password: string;
}

export const hmacMd5 = (key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer =>
  parts.reduce((hmac, part) => hmac.update(part), createHmac('md5', key)).digest();

export const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

/** NTOWFv2: what is known of a password. @returns 16 bytes */
export const responseKey = ({ user, domain, password }: Account): Buffer =>
  hmacMd5(md4(utf16(password)), utf16(upperCase(user) + domain));

/** As Windows does it, letter by letter: one that would become several, as ß, stays as it is. */
const upperCase = (text: string): string =>
  [...text]
    .map((letter) => {
      const upper = letter.toUpperCase();
      return upper.length === letter.length ? upper : letter;
    })
    .join('');

export interface ProofInput {
  readonly responseKey: Buffer;
  /** 8 bytes each. */
  readonly serverChallenge: Buffer;
  readonly clientChallenge: Buffer;
  /** In units of 100 ns since 1601, as 8 bytes, little endian. */
  readonly time: Buffer;
  /** The server's description of itself with what the client adds, as bytes. */
  readonly targetInfo: Buffer;
}

export interface Proof {
  readonly ntResponse: Buffer;
  readonly lmResponse: Buffer;
  /** 16 bytes; for NTLMv2 also what the session's key is exchanged with. */
  readonly sessionBaseKey: Buffer;
}

/** The answer to a challenge. */
export function proofOf(input: ProofInput): Proof {
  const { serverChallenge, clientChallenge, time, targetInfo } = input;
  const versions = Buffer.from([1, 1, 0, 0, 0, 0, 0, 0]);
  const blob = Buffer.concat([versions, time, clientChallenge, Buffer.alloc(4), targetInfo, Buffer.alloc(4)]);
  const proof = hmacMd5(input.responseKey, serverChallenge, blob);
  return {
    ntResponse: Buffer.concat([proof, blob]),
    lmResponse: Buffer.concat([hmacMd5(input.responseKey, serverChallenge, clientChallenge), clientChallenge]),
    sessionBaseKey: hmacMd5(input.responseKey, proof),
  };
}

/** The session's key, sealed with what both sides can reckon. */
export const exchangedKey = (sessionBaseKey: Buffer, sessionKey: Buffer): Buffer =>
  new Rc4(sessionBaseKey).apply(sessionKey);

export type Direction = 'client-to-server' | 'server-to-client';

const derived = (sessionKey: Buffer, what: 'signing' | 'sealing', direction: Direction): Buffer =>
  createHash('md5').update(sessionKey).update(`session key to ${direction} ${what} key magic constant\0`).digest();

export const signingKey = (sessionKey: Buffer, direction: Direction): Buffer =>
  derived(sessionKey, 'signing', direction);
/** With 128 bits, which are demanded. */
export const sealingKey = (sessionKey: Buffer, direction: Direction): Buffer =>
  derived(sessionKey, 'sealing', direction);
