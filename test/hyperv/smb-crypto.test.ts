/** Signatures, seals and keys of SMB, against what their standards and Microsoft have published, and against OpenSSL. */
import { createCipheriv, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { openCcm, sealCcm } from '../../worker/sources/hyperv/smb/ccm.ts';
import { aesCmac } from '../../worker/sources/hyperv/smb/cmac.ts';
import { sessionKeys } from '../../worker/sources/hyperv/smb/keys.ts';
import { Sealer } from '../../worker/sources/hyperv/smb/sealing.ts';
import { isSignedRight, sign } from '../../worker/sources/hyperv/smb/signing.ts';
import { readReply, reply } from '../support/smb-messages.ts';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

describe('AES-CMAC', () => {
  const key = hex('2b7e151628aed2a6abf7158809cf4f3c');
  const message = hex(
    '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710',
  );

  test.each([
    [0, 'bb1d6929e95937287fa37d129b756746'],
    [16, '070a16b46b4d4144f79bdd9dd04a287c'],
    [40, 'dfa66747de9ae63030ca32611497c827'],
    [64, '51f0bebf7e3b9d92fc49741779363cfe'],
  ])('of %i bytes is that of RFC 4493', (length, mac) =>
    expect(aesCmac(key, message.subarray(0, length)).toString('hex')).toBe(mac),
  );

  test('of parts is that of the whole', () =>
    expect(aesCmac(key, message.subarray(0, 32), message.subarray(32)).toString('hex')).toBe(
      '51f0bebf7e3b9d92fc49741779363cfe',
    ));
});

describe('the keys of a session are those that Microsoft publishes,', () => {
  test('for SMB 3.0', () => {
    const keys = sessionKeys(hex('7cd451825d0450d235424e44ba6e78cc'), '3.0', Buffer.alloc(64), 16);

    expect(keys).toEqual({
      signing: hex('0b7e9c5cac36c0f6ea9ab275298cedce'),
      sealing: {
        toServer: hex('fad27796665b313ebb578f388632b4f7'),
        fromServer: hex('b0f0427f7ceb416d1d9dcc0cd4f99447'),
      },
    });
  });

  const preauth = hex(
    '0dd13628cc3ed218ef9df9772d436d0887ab9814bfae63a80aa845f36909db7928622dddad522d9751640a459762c5a9d6bb084cbb3ce6bdadef5d5bce3c6c01',
  );

  test('for SMB 3.1.1', () => {
    const keys = sessionKeys(hex('270e1ba896585eeb7af3472d3b4c75a7'), '3.1.1', preauth, 16);

    expect(keys).toEqual({
      signing: hex('73fe7a9a77bef0bde49c650d8ccb5f76'),
      sealing: {
        toServer: hex('629bcbc54422a0f572b97f45989b6073'),
        fromServer: hex('e2af0dcefac68da71a0dfbd0d1350d74'),
      },
    });
  });

  test('which sign the end of a sign-in as Windows did', () => {
    const end = hex(
      'fe534d4240000100000000000100800009000000000000000300000000000000fffe0000000000001900000000100000ebe146da120ba25fc3376a49dfe31bc10900000048001d00a11b3019a0030a0100a3120410010000003b453cdc3524164200000000',
    );

    expect(isSignedRight('aes-cmac', hex('73fe7a9a77bef0bde49c650d8ccb5f76'), end)).toBe(true);
    end[70] = (end[70] ?? 0) ^ 1;
    expect(isSignedRight('aes-cmac', hex('73fe7a9a77bef0bde49c650d8ccb5f76'), end)).toBe(false);
  });
});

describe.each([0, 1, 15, 16, 17, 200, 16 * 1024 + 5])('AES-CCM of %i bytes', (length) => {
  test('is that of OpenSSL, both ways', () => {
    const [key, nonce, known, plain] = [randomBytes(16), randomBytes(11), randomBytes(32), randomBytes(length)];
    const cipher = createCipheriv('aes-128-ccm', key, nonce, { authTagLength: 16 });
    cipher.setAAD(known, { plaintextLength: length });
    const sealed = cipher.update(plain);
    cipher.final();
    const tag = cipher.getAuthTag();

    const [ours, theirs] = [Buffer.alloc(length), Buffer.alloc(length)];
    expect(sealCcm(key, nonce, known, plain, ours)).toEqual(tag);
    expect(ours).toEqual(sealed);
    expect(openCcm(key, nonce, known, sealed, theirs)).toEqual(tag);
    expect(theirs).toEqual(plain);
  });
});

test.each(['hmac-sha256', 'aes-cmac', 'aes-gmac'] as const)(
  'a request signed by %s is not taken for a reply, or is the same for both',
  (algorithm) => {
    const key = randomBytes(16);
    const message = reply({ command: 8, messageId: 4, body: readReply(randomBytes(100)) });
    sign(algorithm, key, message);

    // GMAC alone has a nonce, in which is who speaks.
    expect(isSignedRight(algorithm, key, message)).toBe(algorithm !== 'aes-gmac');
  },
);

describe.each(['aes-128-gcm', 'aes-256-gcm', 'aes-128-ccm'] as const)('a message sealed by %s', (cipher) => {
  const bytes = cipher === 'aes-256-gcm' ? 32 : 16;
  const [one, other] = [randomBytes(bytes), randomBytes(bytes)];
  const here = new Sealer({ cipher, toServer: one, fromServer: other, sessionId: 5n });
  const there = new Sealer({ cipher, toServer: other, fromServer: one, sessionId: 5n });
  const message = reply({ command: 8, messageId: 4, body: readReply(randomBytes(100)) });

  test('opens on the other side', () => expect(there.open(here.seal(message))).toEqual(message));

  test('opens nowhere once any bit of it was changed', () => {
    const frame = here.seal(message);
    for (let bit = 0; bit < frame.length * 8; bit++) {
      const changed = Buffer.from(frame);
      changed[bit >>> 3] = (changed[bit >>> 3] ?? 0) ^ (1 << (bit & 7));
      // Also in the part of the head that no nonce has: it is signed as the rest.
      expect(() => there.open(changed)).toThrow(/SMB server/);
    }
  });

  test('never has the same nonce as another', () => {
    const nonces = Array.from({ length: 300 }, () => here.seal(message).toString('hex', 20, 36));
    expect(new Set(nonces).size).toBe(300);
  });
});
