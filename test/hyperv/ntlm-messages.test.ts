/** What a client says to sign in by NTLM, and which servers it does not take. */
import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { avIds, avPairBytes, avValue, parsedAvPairs, type AvPair } from '../../worker/sources/hyperv/ntlm/av-pairs.ts';
import { proofOf, responseKey, utf16 } from '../../worker/sources/hyperv/ntlm/keys.ts';
import { authenticateMessage, negotiateMessage, parsedChallenge } from '../../worker/sources/hyperv/ntlm/messages.ts';
import { Rc4 } from '../../worker/sources/hyperv/ntlm/rc4.ts';

const ALL = 0xe28a8235;
const account = { user: 'mover', domain: '', password: 'Büro 東京!' };
const timestamp = Buffer.from('0090d336b734c301', 'hex');
const windows: readonly AvPair[] = [
  { id: avIds.netbiosComputer, value: utf16('HV01') },
  { id: avIds.dnsComputer, value: utf16('hv01.lab.example') },
  { id: avIds.timestamp, value: timestamp },
];

/** As a server says it. */
function challengeOf(target: readonly AvPair[], flags = ALL): Buffer {
  const info = avPairBytes(target);
  const head = Buffer.alloc(56);
  head.write('NTLMSSP\0', 'latin1');
  head.writeUInt32LE(2, 8);
  head.writeUInt32LE(flags >>> 0, 20);
  head.set(Buffer.from('0123456789abcdef', 'hex'), 24);
  head.writeUInt16LE(info.length, 40);
  head.writeUInt16LE(info.length, 42);
  head.writeUInt32LE(56, 44);
  return Buffer.concat([head, info]);
}

const answered = (target: readonly AvPair[], channelBindings: Buffer | null = null) =>
  authenticateMessage({
    account,
    negotiate: negotiateMessage(),
    challenge: parsedChallenge(challengeOf(target)),
    channelBindings,
    targetName: 'HTTP/hv01.lab.example',
    clientChallenge: Buffer.alloc(8, 0xaa),
    sessionKey: Buffer.alloc(16, 0x55),
    nowMs: Date.UTC(2026, 10, 26),
  });

const fieldOf = (message: Buffer, at: number): Buffer => {
  const from = message.readUInt32LE(at + 4);
  return message.subarray(from, from + message.readUInt16LE(at));
};

describe('the answer', () => {
  test('proves the password by what the server said and the time that it said', () => {
    const { message } = answered(windows);
    const nt = fieldOf(message, 20);
    const told = parsedAvPairs(nt.subarray(16 + 28, -4));

    const { ntResponse } = proofOf({
      responseKey: responseKey(account),
      serverChallenge: Buffer.from('0123456789abcdef', 'hex'),
      clientChallenge: Buffer.alloc(8, 0xaa),
      time: timestamp,
      targetInfo: avPairBytes(told),
    });
    expect(nt).toEqual(ntResponse);
    expect(avValue(told, avIds.dnsComputer)?.toString('utf16le')).toBe('hv01.lab.example');
    expect(avValue(told, avIds.targetName)?.toString('utf16le')).toBe('HTTP/hv01.lab.example');
    expect(fieldOf(message, 36).toString('utf16le')).toBe('mover');
  });

  test('has a MIC over all three messages where the server has a clock, and says so', () => {
    const { message, sessionKey } = answered(windows);
    const mic = message.subarray(72, 88);
    const without = Buffer.from(message);
    without.fill(0, 72, 88);

    const parts = Buffer.concat([negotiateMessage(), challengeOf(windows), without]);
    expect(mic).toEqual(createHmac('md5', sessionKey).update(parts).digest());
    expect(fieldOf(message, 12)).toEqual(Buffer.alloc(24)); // no answer of LM beside it
    expect(avValue(parsedAvPairs(fieldOf(message, 20).subarray(44, -4)), avIds.flags)?.readUInt32LE(0)).toBe(2);
  });

  test('has none where the server has no clock', () => {
    const { message } = answered(windows.filter(({ id }) => id !== avIds.timestamp));

    expect(message.subarray(72, 88)).toEqual(Buffer.alloc(16));
    expect(fieldOf(message, 12).subarray(16)).toEqual(Buffer.alloc(8, 0xaa));
  });

  test('carries the session’s key for whoever knows the password, and the channel that it is said through', () => {
    const bindings = Buffer.alloc(16, 7);
    const { message, sessionKey } = answered(windows, bindings);
    const nt = fieldOf(message, 20);
    const base = createHmac('md5', responseKey(account)).update(nt.subarray(0, 16)).digest();

    expect(new Rc4(base).apply(fieldOf(message, 52))).toEqual(sessionKey);
    expect(avValue(parsedAvPairs(nt.subarray(44, -4)), avIds.channelBindings)).toEqual(bindings);
  });

  test('never has the password in it', () => {
    const { message } = answered(windows);

    expect(message.includes(utf16(account.password))).toBe(false);
  });
});

describe('a server', () => {
  test.each([
    ['without NTLMv2', 0x80000, /extended session security/],
    ['without keys of 128 bits', 0x20000000, /128 bits/],
    ['without an exchange of keys', 0x40000000, /exchange of keys/],
    ['without Unicode', 0x1, /Unicode/],
  ])('%s is not taken', (_what, bit, says) => {
    expect(() => parsedChallenge(challengeOf(windows, ALL & ~bit))).toThrow(says);
  });

  test('whose challenge is cut anywhere is refused in words', () => {
    const whole = challengeOf(windows);
    for (let length = 0; length < whole.length; length++)
      expect(() => parsedChallenge(whole.subarray(0, length))).toThrow(/to sign in by NTLM is not right/);
  });

  test.each([
    ['says another message', (bytes: Buffer) => bytes.writeUInt32LE(3, 8)],
    ['speaks something else', (bytes: Buffer) => bytes.write('HTTP', 0)],
    ['points outside of its message', (bytes: Buffer) => bytes.writeUInt32LE(0xfffffff0, 44)],
    ['points into its own head', (bytes: Buffer) => bytes.writeUInt32LE(4, 44)],
  ])('that %s is refused', (_what, change) => {
    const bytes = challengeOf(windows);
    change(bytes);

    expect(() => parsedChallenge(bytes)).toThrow(/to sign in by NTLM is not right/);
  });

  test('whose clock has a wrong length is refused', () => {
    const odd = [...windows.slice(0, 2), { id: avIds.timestamp, value: Buffer.alloc(4) }];

    expect(() => parsedChallenge(challengeOf(odd))).toThrow(/wrong length/);
  });
});
