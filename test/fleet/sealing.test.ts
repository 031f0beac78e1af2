/** Secrets on their way to a worker open there, for what they were asked for, and nowhere else. */
import { createPublicKey } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  derived,
  isVouchedFor,
  newJoinKey,
  newWorkerKeys,
  privateFrom,
  publicFrom,
  seal,
  sharedSecret,
  unseal,
  vouch,
  type SealedFor,
} from '../../main/fleet/sealing.ts';
import type { SealedBox } from '../../main/shared/fleet.ts';
import { MigrationId } from '../../main/shared/migration.ts';
import { NodeId } from '../../main/shared/schedule.ts';

const SECRET = 'pässword & „more“';
const node = NodeId.parse('w1');
const sealedFor: SealedFor = {
  node,
  migration: MigrationId.parse('mig_0123456789ab'),
  token: 7,
  what: 'src_0123456789ab',
};
const hex = (text: string): Buffer => Buffer.from(text, 'hex');

describe('the parts are those of the standards', () => {
  test('X25519, by the vectors of RFC 7748, 6.1', () => {
    const alice = privateFrom(
      hex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a').toString('base64'),
    );
    const bob = privateFrom(hex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb').toString('base64'));
    const bobPublic = publicFrom(
      hex('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f').toString('base64'),
    );
    const alicePublic = publicFrom(
      hex('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a').toString('base64'),
    );

    expect(createPublicKey(alice).equals(alicePublic)).toBe(true);
    expect(createPublicKey(bob).equals(bobPublic)).toBe(true);
    expect(sharedSecret(alice, bobPublic).toString('hex')).toBe(
      '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742',
    );
  });

  test('HKDF-SHA256, by the vectors of RFC 5869, A.1', () => {
    const okm = derived(Buffer.alloc(22, 0x0b), hex('000102030405060708090a0b0c'), hex('f0f1f2f3f4f5f6f7f8f9'), 42);

    expect(okm.toString('hex')).toBe(
      '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
    );
  });

  test('a key that would make every secret the same is refused', () => {
    const own = newWorkerKeys();

    const zeros = Buffer.alloc(32).toString('base64');
    const refusal = expect.objectContaining({ code: 'fleet.key' });
    expect(() => sharedSecret(privateFrom(own.privateKey), publicFrom(zeros))).toThrow(refusal);
    expect(() => seal(SECRET, zeros, sealedFor)).toThrow(refusal);
  });
});

describe('a sealed secret', () => {
  const keys = newWorkerKeys();
  const box = seal(SECRET, keys.publicKey, sealedFor);

  test('opens for the worker, the migration and the token that it is for', () => {
    expect(unseal(box, keys, sealedFor)).toBe(SECRET);
    expect(JSON.stringify(box)).not.toContain('ssword');
  });

  test('is another one each time, so that nobody sees whether a password has changed', () => {
    const again = seal(SECRET, keys.publicKey, sealedFor);

    expect(again.data).not.toBe(box.data);
    expect(again.ephemeral).not.toBe(box.ephemeral);
  });

  test.each([
    ['another worker’s name', { node: NodeId.parse('w2') }],
    ['another migration', { migration: MigrationId.parse('mig_0123456789ac') }],
    ['another token', { token: 8 }],
    ['another connection', { what: 'src_0123456789ac' }],
  ])('does not open for %s', (_, other) => {
    expect(() => unseal(box, keys, { ...sealedFor, ...other })).toThrow(
      expect.objectContaining({ code: 'fleet.unseal' }),
    );
  });

  test('does not open with another worker’s key', () => {
    expect(() => unseal(box, newWorkerKeys(), sealedFor)).toThrow(expect.objectContaining({ code: 'fleet.unseal' }));
  });

  test.each(['ephemeral', 'iv', 'tag', 'data'] as const)('does not open when any bit of its %s was changed', (part) => {
    const bytes = Buffer.from(box[part], 'base64');
    const opened = Array.from({ length: bytes.length * 8 }, (_, bit) => {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      return opens({ ...box, [part]: changed.toString('base64') });
    });

    // The highest bit of an X25519 key is not looked at (RFC 7748, 5); the box is bound to the bytes as they were sent.
    expect(opened.filter(Boolean)).toEqual([]);
  });

  test.each(['ephemeral', 'iv', 'tag', 'data'] as const)('does not open when its %s is cut short', (part) => {
    const cut = Buffer.from(box[part], 'base64').subarray(0, -1);

    expect(opens({ ...box, [part]: cut.toString('base64') })).toBe(false);
  });

  function opens(changed: SealedBox): boolean {
    try {
      unseal(changed, keys, sealedFor);
      return true;
    } catch (error) {
      expect(error).toMatchObject({ code: 'fleet.unseal' });
      return false;
    }
  }
});

describe('an announcement', () => {
  const joinKey = newJoinKey();
  const { publicKey } = newWorkerKeys();
  const at = '2026-11-27T00:00:00.000Z';
  const mac = vouch(joinKey, node, publicKey, at);

  test('is believed with the join key', () => {
    expect(isVouchedFor(joinKey, node, publicKey, at, mac)).toBe(true);
    expect(isVouchedFor(`${joinKey}\n`, node, publicKey, at, mac)).toBe(true);
  });

  test('is not believed with another one, for another node, key or time', () => {
    expect(isVouchedFor(newJoinKey(), node, publicKey, at, mac)).toBe(false);
    expect(isVouchedFor(joinKey, NodeId.parse('w2'), publicKey, at, mac)).toBe(false);
    expect(isVouchedFor(joinKey, node, newWorkerKeys().publicKey, at, mac)).toBe(false);
    expect(isVouchedFor(joinKey, node, publicKey, '2026-11-27T00:00:01.000Z', mac)).toBe(false);
    expect(isVouchedFor(joinKey, node, publicKey, at, '')).toBe(false);
  });

  test('needs a join key that is one', () => {
    expect(() => vouch('too short', node, publicKey, at)).toThrow(expect.objectContaining({ code: 'fleet.key' }));
  });
});
