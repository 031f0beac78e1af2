/** SPNEGO around NTLM (RFC 4178), from the server's side: which token is in it, and what is wrapped around the answer. */
import { hmacMd5, sealingKey, signingKey, type Direction } from '../../../../worker/sources/hyperv/ntlm/keys.ts';
import { Rc4 } from '../../../../worker/sources/hyperv/ntlm/rc4.ts';

const SPNEGO = Buffer.from('06062b0601050502', 'hex');
const NTLM = Buffer.from('060a2b06010401823702020a', 'hex');

/** What the server offers before anybody asks: NTLM, and no more. */
export const offer = (): Buffer => der(0x60, Buffer.concat([SPNEGO, der(0xa0, der(0x30, der(0xa0, der(0x30, NTLM))))]));

export interface ClientToken {
  /** A message of NTLM. */
  readonly token: Buffer;
  /** The ways that the client named, as they stand in the message; null where it names none. */
  readonly mechanisms: Buffer | null;
  readonly mic: Buffer | null;
}

/** A bare message of NTLM is taken as well. @throws RangeError where it is neither */
export function readToken(bytes: Buffer): ClientToken {
  if (bytes.subarray(0, 7).toString('latin1') === 'NTLMSSP') return { token: bytes, mechanisms: null, mic: null };
  const outer = element(bytes);
  const inner = outer.tag === 0x60 ? element(outer.value.subarray(SPNEGO.length)) : outer;
  const fields = new Map(elements(element(inner.value).value).map(({ tag, value }) => [tag, value]));
  const token = fields.get(0xa2);
  const mechanisms = inner.tag === 0xa0 ? (fields.get(0xa0) ?? null) : null;
  const mic = fields.get(0xa3);
  if (token === undefined) throw new RangeError('no token');
  return { token: element(token).value, mechanisms, mic: mic === undefined ? null : element(mic).value };
}

export const challengeReply = (challenge: Buffer): Buffer =>
  reply(1, Buffer.concat([der(0xa1, NTLM), der(0xa2, der(0x04, challenge))]));
export const doneReply = (mic: Buffer | null): Buffer =>
  reply(0, mic === null ? Buffer.alloc(0) : der(0xa3, der(0x04, mic)));

const reply = (state: number, rest: Buffer): Buffer =>
  der(0xa1, der(0x30, Buffer.concat([der(0xa0, Buffer.from([0x0a, 1, state])), rest])));

/** Says that nobody changed the list of ways ([MS-NLMP] 3.4.4.2, the first message of a direction). */
export function micOf(sessionKey: Buffer, direction: Direction, mechanisms: Buffer): Buffer {
  const number = Buffer.alloc(4);
  const sum = hmacMd5(signingKey(sessionKey, direction), number, mechanisms).subarray(0, 8);
  const sealed = new Rc4(sealingKey(sessionKey, direction)).apply(sum);
  return Buffer.concat([Buffer.from([1, 0, 0, 0]), sealed, number]);
}

function der(tag: number, value: Buffer): Buffer {
  const { length } = value;
  const head =
    length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from(head), value]);
}

interface Element {
  readonly tag: number;
  readonly value: Buffer;
  /** Of the element, head and all. */
  readonly length: number;
}

function element(bytes: Buffer): Element {
  if (bytes.length < 2) throw new RangeError('cut short');
  const first = bytes.readUInt8(1);
  const more = first < 0x80 ? 0 : first & 0x7f;
  if (more > 3 || bytes.length < 2 + more) throw new RangeError('no length');
  const length = more === 0 ? first : bytes.readUIntBE(2, more);
  const end = 2 + more + length;
  if (end > bytes.length) throw new RangeError('cut short');
  return { tag: bytes.readUInt8(0), value: bytes.subarray(2 + more, end), length: end };
}

function elements(bytes: Buffer): Element[] {
  const found: Element[] = [];
  for (let at = 0; at < bytes.length;) {
    const one = element(bytes.subarray(at));
    found.push(one);
    at += one.length;
  }
  return found;
}
