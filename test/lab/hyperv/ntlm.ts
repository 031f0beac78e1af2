/** The server's side of NTLM ([MS-NLMP]): a challenge, and whether what comes back was made with the password. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { avIds, avPairBytes, avValue, HAS_MIC, parsedAvPairs } from '../../../worker/sources/hyperv/ntlm/av-pairs.ts';
import { exchangedKey, hmacMd5, responseKey, utf16 } from '../../../worker/sources/hyperv/ntlm/keys.ts';

const SIGNATURE = Buffer.from('NTLMSSP\0', 'latin1');
const VERSION = Buffer.from([10, 0, 0x7c, 0x4f, 0, 0, 0, 15]);
/** Whether the client says that it can, or not, as Windows does. */
const UNICODE = 0x1;
const TARGET_IS_SERVER = 0x20000;
const TARGET_INFO = 0x800000;
const KEY_EXCHANGE = 0x40000000;
/** Unicode, names, sealing, NTLM, always signed, extended security, version, 128 and 56 bits, keys exchanged. */
const OFFERED = 0xe2088235;
const CHALLENGE_HEAD = 56;
const MIC_AT = 72;
/** Milliseconds from 1601 to 1970. */
const EPOCH_MS = 11_644_473_600_000n;

export interface NtlmHost {
  /** As the host calls itself. */
  readonly name: string;
  readonly user: string;
  readonly password: string;
  /** Bits of the challenge that are held back, for clients that demand them. */
  readonly withholds?: number;
}

/** Somebody is turned away; what is wrong is told to nobody but the test. */
export class NtlmRefusal extends Error {}

export interface SignedIn {
  readonly user: string;
  /** 16 bytes. */
  readonly sessionKey: Buffer;
}

export class NtlmAcceptor {
  readonly #host: NtlmHost;
  #negotiate: Buffer | null = null;
  #challenge: Buffer = Buffer.alloc(0);

  constructor(host: NtlmHost) {
    this.#host = host;
  }

  /** @throws NtlmRefusal where the message is none */
  challenge(negotiate: Buffer): Buffer {
    if (kindOf(negotiate) !== 1) throw new NtlmRefusal('no negotiate message');
    const name = utf16(this.#host.name);
    const time = Buffer.alloc(8);
    time.writeBigUInt64LE((BigInt(Date.now()) + EPOCH_MS) * 10_000n, 0);
    const target = avPairBytes([
      { id: avIds.netbiosDomain, value: name },
      { id: avIds.netbiosComputer, value: name },
      { id: avIds.dnsDomain, value: utf16(this.#host.name.toLowerCase()) },
      { id: avIds.dnsComputer, value: utf16(this.#host.name.toLowerCase()) },
      { id: avIds.timestamp, value: time },
    ]);
    const flags = (negotiate.readUInt32LE(12) & OFFERED & ~(this.#host.withholds ?? 0)) >>> 0;
    const head = Buffer.alloc(CHALLENGE_HEAD);
    head.set(SIGNATURE, 0);
    head.writeUInt32LE(2, 8);
    pointAt(head, 12, name.length, CHALLENGE_HEAD);
    head.writeUInt32LE((flags | UNICODE | TARGET_IS_SERVER | TARGET_INFO) >>> 0, 20);
    head.set(randomBytes(8), 24);
    pointAt(head, 40, target.length, CHALLENGE_HEAD + name.length);
    head.set(VERSION, 48);
    this.#negotiate = negotiate;
    this.#challenge = Buffer.concat([head, name, target]);
    return this.#challenge;
  }

  /**
   * @param bindings of the TLS connection that it came through; null without TLS
   * @param demandsBindings as a host that is set to “Strict”
   * @throws NtlmRefusal where it was not made with the password for this very challenge
   */
  accept(message: Buffer, bindings: Buffer | null, demandsBindings = false): SignedIn {
    if (this.#negotiate === null || kindOf(message) !== 3) throw new NtlmRefusal('no answer to a challenge');
    const response = field(message, 20);
    const domain = field(message, 28).toString('utf16le');
    const user = field(message, 36).toString('utf16le');
    const { password, user: known } = this.#host;
    if (user.toLowerCase() !== known.toLowerCase()) throw new NtlmRefusal(`nobody is called “${user}”`);
    // A host outside of any domain takes its own accounts, whatever domain they are said to be of.
    if (response.length < 48) throw new NtlmRefusal('not NTLMv2');
    const key = responseKey({ user, domain, password });
    const proof = hmacMd5(key, this.#challenge.subarray(24, 32), response.subarray(16));
    if (!timingSafeEqual(proof, response.subarray(0, 16))) throw new NtlmRefusal('another password');

    const base = hmacMd5(key, proof);
    const exchanges = (message.readUInt32LE(60) & KEY_EXCHANGE) !== 0;
    const sessionKey = exchanges ? exchangedKey(base, field(message, 52)) : base;
    const told = parsedAvPairs(response.subarray(44));
    if (((avValue(told, avIds.flags)?.readUInt32LE(0) ?? 0) & HAS_MIC) === 0) throw new NtlmRefusal('no MIC');
    this.#checkMic(message, sessionKey);
    checkBindings(avValue(told, avIds.channelBindings), bindings, demandsBindings);
    return { user: known, sessionKey };
  }

  #checkMic(message: Buffer, sessionKey: Buffer): void {
    const without = Buffer.from(message);
    without.fill(0, MIC_AT, MIC_AT + 16);
    const mic = hmacMd5(sessionKey, this.#negotiate ?? Buffer.alloc(0), this.#challenge, without);
    if (!timingSafeEqual(mic, message.subarray(MIC_AT, MIC_AT + 16))) throw new NtlmRefusal('a wrong MIC');
  }
}

function checkBindings(told: Buffer | null, own: Buffer | null, isDemanded: boolean): void {
  const isTold = told !== null && told.some((byte) => byte !== 0);
  if (own === null) return;
  if (!isTold && isDemanded) throw new NtlmRefusal('no channel bindings');
  if (isTold && !own.equals(told)) throw new NtlmRefusal('channel bindings of another connection');
}

/** 1 negotiate, 2 challenge, 3 authenticate; 0 is no message of NTLM. */
const kindOf = (message: Buffer): number =>
  message.length >= 32 && message.subarray(0, 8).equals(SIGNATURE) ? message.readUInt32LE(8) : 0;

function pointAt(head: Buffer, at: number, length: number, offset: number): void {
  head.writeUInt16LE(length, at);
  head.writeUInt16LE(length, at + 2);
  head.writeUInt32LE(offset, at + 4);
}

function field(message: Buffer, at: number): Buffer {
  if (message.length < MIC_AT + 16) throw new NtlmRefusal('an answer that is cut short');
  const from = message.readUInt32LE(at + 4);
  const to = from + message.readUInt16LE(at);
  if (to > message.length) throw new NtlmRefusal('an answer that points outside of itself');
  return message.subarray(from, to);
}
