/** The two ciphers of NTLM that Node has no more: by the vectors of their own documents. */
import { describe, expect, test } from 'vitest';
import { md4 } from '../../worker/sources/hyperv/ntlm/md4.ts';
import { Rc4 } from '../../worker/sources/hyperv/ntlm/rc4.ts';

describe('MD4', () => {
  // RFC 1320, appendix A.5
  test.each([
    ['', '31d6cfe0d16ae931b73c59d7e0c089c0'],
    ['a', 'bde52cb31de33e46245e05fbdbd6fb24'],
    ['abc', 'a448017aaf21d8525fc10ae87aa6729d'],
    ['message digest', 'd9130a8164549fe818874806e1c7014b'],
    ['abcdefghijklmnopqrstuvwxyz', 'd79e1c308aa5bbcdeea8ed63df412da9'],
    ['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', '043f8582f241db351ce627e153e7f0e4'],
    [
      '12345678901234567890123456789012345678901234567890123456789012345678901234567890',
      'e33b4ddc9c38f2199c3e7b164fcc0536',
    ],
  ])('of “%s”', (text, digest) => expect(md4(Buffer.from(text)).toString('hex')).toBe(digest));
});

describe('RC4', () => {
  // RFC 6229, section 2: keys of 40 and 128 bits, the key stream at 0 and at 4096
  test.each([
    ['0102030405', 0, 'b2396305f03dc027ccc3524a0a1118a8'],
    ['0102030405', 4096, 'ff25b58995996707e51fbdf08b34d875'],
    ['0102030405060708090a0b0c0d0e0f10', 0, '9ac7cc9a609d1ef7b2932899cde41b97'],
    ['0102030405060708090a0b0c0d0e0f10', 4096, 'a36a4c301ae8ac13610ccbc12256cacc'],
  ])('with the key %s at %i', (key, at, stream) => {
    const cipher = new Rc4(Buffer.from(key, 'hex'));
    cipher.apply(Buffer.alloc(at));

    expect(cipher.apply(Buffer.alloc(16)).toString('hex')).toBe(stream);
  });

  test('runs on from message to message', () => {
    const whole = new Rc4(Buffer.from('Key')).apply(Buffer.from('Plaintext'));
    const parts = new Rc4(Buffer.from('Key'));

    expect(whole.toString('hex')).toBe('bbf316e8d940af0ad3');
    expect(Buffer.concat([parts.apply(Buffer.from('Plain')), parts.apply(Buffer.from('text'))])).toEqual(whole);
  });

  test('takes no key that is none', () => {
    expect(() => new Rc4(Buffer.alloc(0))).toThrow(RangeError);
    expect(() => new Rc4(Buffer.alloc(257))).toThrow(RangeError);
  });
});
