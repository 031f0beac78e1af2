/** The little of DER (X.690) that tokens of SPNEGO are made of: tags of one byte, lengths in their shortest form. */
import { SpnegoTokenError } from './errors.ts';

export const tag = {
  octets: 0x04,
  oid: 0x06,
  enumerated: 0x0a,
  sequence: 0x30,
  application0: 0x60,
  /** `[0]` and so on. */
  context: (number: number): number => 0xa0 + number,
} as const;

export interface Element {
  readonly tag: number;
  readonly value: Buffer;
}

export function der(tagByte: number, ...values: readonly Uint8Array[]): Buffer {
  const length = values.reduce((sum, value) => sum + value.length, 0);
  return Buffer.concat([Buffer.from([tagByte, ...lengthBytes(length)]), ...values]);
}

function lengthBytes(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 + bytes.length, ...bytes];
}

/** The elements that `bytes` consists of. @throws SpnegoTokenError */
export function elements(bytes: Buffer): Element[] {
  const found: Element[] = [];
  for (let at = 0; at < bytes.length;) {
    const { element, end } = elementAt(bytes, at);
    found.push(element);
    at = end;
  }
  return found;
}

/** The one element that `bytes` is. @throws SpnegoTokenError where it is another, or not one */
export function only(bytes: Buffer, tagByte: number): Buffer {
  const { element, end } = elementAt(bytes, 0);
  if (end !== bytes.length) throw new SpnegoTokenError('something stands behind its end');
  if (element.tag !== tagByte) throw new SpnegoTokenError('a part of it is of another kind');
  return element.value;
}

function elementAt(bytes: Buffer, from: number): { readonly element: Element; readonly end: number } {
  const first = bytes[from + 1];
  const tagByte = bytes[from];
  if (tagByte === undefined || first === undefined) throw new SpnegoTokenError('it is cut short');
  if ((tagByte & 0x1f) === 0x1f) throw new SpnegoTokenError('a part of it has a tag of several bytes');
  let at = from + 2;
  let length = first;
  if (first >= 0x80) {
    const count = first - 0x80;
    if (count === 0 || count > 3) throw new SpnegoTokenError('a part of it has no sensible length');
    if (at + count > bytes.length) throw new SpnegoTokenError('it is cut short');
    length = bytes.readUIntBE(at, count);
    if (length < 0x80 || length < 256 ** (count - 1)) throw new SpnegoTokenError('a length in it is padded');
    at += count;
  }
  if (at + length > bytes.length) throw new SpnegoTokenError('it is cut short');
  return { element: { tag: tagByte, value: bytes.subarray(at, at + length) }, end: at + length };
}
