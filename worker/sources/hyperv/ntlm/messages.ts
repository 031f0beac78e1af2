/** The three messages by which a client signs in ([MS-NLMP] 2.2.1), as bytes. */
import { NtlmMessageError, NtlmWeakError } from './errors.ts';
import { avIds, avPairBytes, avValue, HAS_MIC, parsedAvPairs, type AvPair } from './av-pairs.ts';
import { exchangedKey, hmacMd5, proofOf, responseKey, utf16, type Account } from './keys.ts';

const SIGNATURE = Buffer.from('NTLMSSP\0', 'latin1');
const NEGOTIATE = 1;
const CHALLENGE = 2;
const AUTHENTICATE = 3;

const flag = {
  unicode: 0x1,
  requestTarget: 0x4,
  sign: 0x10,
  seal: 0x20,
  ntlm: 0x200,
  alwaysSign: 0x8000,
  extendedSecurity: 0x80000,
  targetInfo: 0x800000,
  version: 0x2000000,
  bits128: 0x20000000,
  keyExchange: 0x40000000,
  bits56: 0x80000000,
} as const;

const asked = Object.values(flag).reduce((all, one) => (all | one) >>> 0, 0);
/** Without these a session could not be sealed, or not well. */
const demanded = [
  [flag.unicode, 'Unicode'],
  [flag.extendedSecurity, 'extended session security (NTLMv2)'],
  [flag.bits128, 'keys of 128 bits'],
  [flag.keyExchange, 'an exchange of keys'],
  [flag.targetInfo, 'a description of itself'],
] as const;

/** Windows 10, revision 15 of the protocol: servers want some version, and none of them looks at which. */
const VERSION = Buffer.from([10, 0, 0x61, 0x4a, 0, 0, 0, 15]);
const CHALLENGE_HEAD = 48;
const AUTHENTICATE_HEAD = 88;
const MIC_AT = 72;
const fixedLengths = [
  [avIds.flags, 4],
  [avIds.timestamp, 8],
] as const;
/** More than any description of a server has. */
const MOST_BYTES = 64 * 1024;
/** Milliseconds from 1601 to 1970. */
const EPOCH_MS = 11_644_473_600_000n;

export interface Challenge {
  readonly bytes: Buffer;
  readonly flags: number;
  /** 8 bytes. */
  readonly serverChallenge: Buffer;
  readonly target: readonly AvPair[];
}

export interface Answer {
  readonly message: Buffer;
  /** 16 bytes, from which the session's keys are derived. */
  readonly sessionKey: Buffer;
}

export interface AnswerOptions {
  readonly account: Account;
  /** The message that {@link negotiateMessage} gave. */
  readonly negotiate: Buffer;
  readonly challenge: Challenge;
  /** MD5 of the channel that it is said through ([MS-NLMP] 3.1.5.1.2); null without TLS. */
  readonly channelBindings: Buffer | null;
  /** `HTTP/host` or `cifs/host`, as which the server knows itself; null says nothing of it. */
  readonly targetName: string | null;
  /** Random: 8 bytes, and 16 bytes. */
  readonly clientChallenge: Buffer;
  readonly sessionKey: Buffer;
  readonly nowMs: number;
}

/** The first message: what this side can do. */
export function negotiateMessage(): Buffer {
  const message = Buffer.alloc(40);
  message.set(SIGNATURE, 0);
  message.writeUInt32LE(NEGOTIATE, 8);
  message.writeUInt32LE(asked, 12);
  message.set(VERSION, 32);
  return message;
}

/**
 * The second message, of the server.
 * @throws NtlmMessageError where it is none
 * @throws NtlmWeakError where it does not offer what is demanded
 */
export function parsedChallenge(bytes: Buffer): Challenge {
  if (bytes.length > MOST_BYTES) throw new NtlmMessageError(`its challenge has ${bytes.length} bytes`);
  if (bytes.length < CHALLENGE_HEAD) throw new NtlmMessageError('its challenge is cut short');
  if (!bytes.subarray(0, 8).equals(SIGNATURE)) throw new NtlmMessageError('it does not begin as NTLM does');
  if (bytes.readUInt32LE(8) !== CHALLENGE) throw new NtlmMessageError('it is no challenge');
  const flags = bytes.readUInt32LE(20);
  for (const [bit, name] of demanded) if ((flags & bit) === 0) throw new NtlmWeakError(name);
  const target = parsedAvPairs(payload(bytes, 40));
  for (const [id, length] of fixedLengths)
    if ((avValue(target, id)?.length ?? length) !== length)
      throw new NtlmMessageError('its description of itself has a value of a wrong length');
  return { bytes, flags, serverChallenge: bytes.subarray(24, 32), target };
}

/** The third message: who signs in, and the proof that the password is known. */
export function authenticateMessage(options: AnswerOptions): Answer {
  const { account, negotiate, challenge, clientChallenge, sessionKey } = options;
  const time = avValue(challenge.target, avIds.timestamp);
  const hasMic = time !== null;
  const proof = proofOf({
    responseKey: responseKey(account),
    serverChallenge: challenge.serverChallenge,
    clientChallenge,
    time: time ?? fileTime(options.nowMs),
    targetInfo: avPairBytes(toldBack(options, hasMic)),
  });
  const message = assembled((challenge.flags & asked) >>> 0, [
    hasMic ? Buffer.alloc(24) : proof.lmResponse,
    proof.ntResponse,
    utf16(account.domain),
    utf16(account.user),
    Buffer.alloc(0), // a workstation would tell whose it is
    exchangedKey(proof.sessionBaseKey, sessionKey),
  ]);
  if (hasMic) message.set(hmacMd5(sessionKey, negotiate, challenge.bytes, message), MIC_AT);
  return { message, sessionKey };
}

/** The server's description of itself, with what this side adds. */
function toldBack({ challenge, channelBindings, targetName }: AnswerOptions, hasMic: boolean): AvPair[] {
  const added: AvPair[] = [];
  if (hasMic) {
    const flags = Buffer.alloc(4);
    flags.writeUInt32LE(((avValue(challenge.target, avIds.flags)?.readUInt32LE(0) ?? 0) | HAS_MIC) >>> 0, 0);
    added.push({ id: avIds.flags, value: flags });
  }
  if (channelBindings !== null) added.push({ id: avIds.channelBindings, value: channelBindings });
  if (targetName !== null) added.push({ id: avIds.targetName, value: utf16(targetName) });
  const ours = new Set<number>(added.map(({ id }) => id));
  return [...challenge.target.filter(({ id }) => !ours.has(id)), ...added];
}

/** @param fields in the order in which the head names them */
function assembled(flags: number, fields: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(AUTHENTICATE_HEAD);
  head.set(SIGNATURE, 0);
  head.writeUInt32LE(AUTHENTICATE, 8);
  let at = AUTHENTICATE_HEAD;
  for (const [place, field] of fields.entries()) {
    head.writeUInt16LE(field.length, 12 + place * 8);
    head.writeUInt16LE(field.length, 14 + place * 8);
    head.writeUInt32LE(at, 16 + place * 8);
    at += field.length;
  }
  head.writeUInt32LE(flags, 60);
  head.set(VERSION, 64);
  return Buffer.concat([head, ...fields]);
}

/** What a length and an offset in the head point at. @throws NtlmMessageError where that is not in the message */
function payload(bytes: Buffer, fieldAt: number): Buffer {
  const length = bytes.readUInt16LE(fieldAt);
  const at = bytes.readUInt32LE(fieldAt + 4);
  if (length > 0 && (at < CHALLENGE_HEAD || at + length > bytes.length))
    throw new NtlmMessageError('a part of it lies outside of it');
  return bytes.subarray(at, at + length);
}

/** In units of 100 ns since 1601. */
function fileTime(ms: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE((BigInt(Math.trunc(ms)) + EPOCH_MS) * 10_000n, 0);
  return bytes;
}
