/** The pairs of names and values in which a server describes itself ([MS-NLMP] 2.2.2.1). */
import { NtlmMessageError } from './errors.ts';

export const avIds = {
  end: 0,
  netbiosComputer: 1,
  netbiosDomain: 2,
  dnsComputer: 3,
  dnsDomain: 4,
  dnsTree: 5,
  flags: 6,
  timestamp: 7,
  singleHost: 8,
  targetName: 9,
  channelBindings: 10,
} as const;

export interface AvPair {
  readonly id: number;
  readonly value: Buffer;
}

/** With this flag of `flags`, the client's last message has a MIC. */
export const HAS_MIC = 2;

/** @throws NtlmMessageError where it is cut short, or does not end */
export function parsedAvPairs(bytes: Buffer): AvPair[] {
  const pairs: AvPair[] = [];
  for (let at = 0; ;) {
    if (at + 4 > bytes.length) throw new NtlmMessageError('its description of itself does not end');
    const id = bytes.readUInt16LE(at);
    const length = bytes.readUInt16LE(at + 2);
    at += 4;
    if (at + length > bytes.length) throw new NtlmMessageError('its description of itself is cut short');
    if (id === avIds.end) return pairs;
    pairs.push({ id, value: bytes.subarray(at, at + length) });
    at += length;
  }
}

/** With the end behind them. */
export function avPairBytes(pairs: readonly AvPair[]): Buffer {
  const parts = pairs.map(({ id, value }) => {
    const head = Buffer.alloc(4);
    head.writeUInt16LE(id, 0);
    head.writeUInt16LE(value.length, 2);
    return Buffer.concat([head, value]);
  });
  return Buffer.concat([...parts, Buffer.alloc(4)]);
}

/** Null where the server does not say it. */
export const avValue = (pairs: readonly AvPair[], id: number): Buffer | null =>
  pairs.find((pair) => pair.id === id)?.value ?? null;
