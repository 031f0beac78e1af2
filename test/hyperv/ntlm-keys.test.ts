/** NTLMv2’s keys, proofs and seals, by the example of [MS-NLMP] 4.2.4. */
import { describe, expect, test } from 'vitest';
import { avIds, avPairBytes, avValue, parsedAvPairs } from '../../worker/sources/hyperv/ntlm/av-pairs.ts';
import {
  exchangedKey,
  proofOf,
  responseKey,
  sealingKey,
  signingKey,
  utf16,
} from '../../worker/sources/hyperv/ntlm/keys.ts';
import { SealStream } from '../../worker/sources/hyperv/ntlm/seal.ts';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const account = { user: 'User', domain: 'Domain', password: 'Password' };
const targetInfo = avPairBytes([
  { id: avIds.netbiosDomain, value: utf16('Domain') },
  { id: avIds.netbiosComputer, value: utf16('Server') },
]);
const sessionKey = Buffer.alloc(16, 0x55);
const proof = () =>
  proofOf({
    responseKey: responseKey(account),
    serverChallenge: hex('0123456789abcdef'),
    clientChallenge: Buffer.alloc(8, 0xaa),
    time: Buffer.alloc(8),
    targetInfo,
  });

test('the password’s key and the answer to the challenge', () => {
  expect(responseKey(account).toString('hex')).toBe('0c868a403bfd7a93a3001ef22ef02e3f');
  const { ntResponse, lmResponse, sessionBaseKey } = proof();

  expect(ntResponse.subarray(0, 16).toString('hex')).toBe('68cd0ab851e51c96aabc927bebef6a1c');
  expect(lmResponse.toString('hex')).toBe('86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa');
  expect(sessionBaseKey.toString('hex')).toBe('8de40ccadbc14a82f15cb0ad0de95ca3');
});

test('the letters of a user are made large one by one, as Windows does it', () => {
  const key = (user: string): string => responseKey({ ...account, user }).toString('hex');

  expect(key('jörg')).toBe(key('JÖRG'));
  expect(key('strauß')).toBe(key('STRAUß'));
  expect(key('strauß')).not.toBe(key('STRAUSS'));
});

test('the session’s key and those that sign and seal', () => {
  expect(exchangedKey(proof().sessionBaseKey, sessionKey).toString('hex')).toBe('c5dad2544fc9799094ce1ce90bc9d03e');
  expect(sealingKey(sessionKey, 'client-to-server').toString('hex')).toBe('59f600973cc4960a25480a7c196e4c58');
  expect(signingKey(sessionKey, 'client-to-server').toString('hex')).toBe('4788dc861b4782f35d43fd98fe1a2d39');
});

describe('a seal', () => {
  test('of the example', () => {
    const { sealed, signature } = new SealStream(sessionKey, 'client-to-server').seal(utf16('Plaintext'));

    expect(sealed.toString('hex')).toBe('54e50165bf1936dc996020c1811b0f06fb5f');
    expect(signature.toString('hex')).toBe('010000007fb38ec5c55d497600000000');
  });

  test('is opened by the other side, message after message', () => {
    const [from, to] = [new SealStream(sessionKey, 'server-to-client'), new SealStream(sessionKey, 'server-to-client')];

    for (const text of ['', 'one', 'x'.repeat(100_000)]) {
      const { sealed, signature } = from.seal(Buffer.from(text));
      expect(to.open({ sealed, signature }).toString()).toBe(text);
    }
  });

  test.each([
    ['a bit of it is another', (sealed: Buffer, signature: Buffer) => ({ sealed: flipped(sealed), signature })],
    ['its signature is another', (sealed: Buffer, signature: Buffer) => ({ sealed, signature: flipped(signature) })],
    ['its signature is cut', (sealed: Buffer, signature: Buffer) => ({ sealed, signature: signature.subarray(0, 8) })],
  ])('is refused where %s', (_what, changed) => {
    const { sealed, signature } = new SealStream(sessionKey, 'server-to-client').seal(Buffer.from('ten bytes!'));

    expect(() => new SealStream(sessionKey, 'server-to-client').open(changed(sealed, signature))).toThrow(/sealed/);
  });

  test('is refused where it comes a second time', () => {
    const sealed = new SealStream(sessionKey, 'server-to-client').seal(Buffer.from('once'));
    const to = new SealStream(sessionKey, 'server-to-client');
    to.open(sealed);

    expect(() => to.open(sealed)).toThrow(/signature is wrong/);
  });
});

describe('a server’s description of itself', () => {
  test('is read and written', () => {
    const pairs = parsedAvPairs(targetInfo);

    expect(avValue(pairs, avIds.netbiosComputer)?.toString('utf16le')).toBe('Server');
    expect(avValue(pairs, avIds.timestamp)).toBeNull();
    expect(avPairBytes(pairs)).toEqual(targetInfo);
  });

  test.each([1, 3, 5, 12, targetInfo.length - 1])('is refused when cut after %i bytes', (length) =>
    expect(() => parsedAvPairs(targetInfo.subarray(0, length))).toThrow(/does not end|cut short/),
  );
});

function flipped(bytes: Buffer): Buffer {
  const other = Buffer.from(bytes);
  other[1] = (other[1] ?? 0) ^ 1;
  return other;
}
