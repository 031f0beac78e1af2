/**
 * Secrets for one worker, one migration and one admission of it: X25519 with a key that lives for one message (RFC 7748), HKDF-SHA256
 * (RFC 5869), AES-256-GCM. The broker in between sees bytes. Who a worker is, is vouched for by the join key of the fleet.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto';
import { GutsError } from '../shared/errors.ts';
import type { SealedBox } from '../shared/fleet.ts';
import type { MigrationId } from '../shared/migration.ts';
import type { NodeId } from '../shared/schedule.ts';

/** What a box is for; it opens for exactly this. */
export interface SealedFor {
  readonly node: NodeId;
  readonly migration: MigrationId;
  readonly token: number;
  /** Which secret it is, such as the id of a connection. */
  readonly what: string;
}

/** A worker's own; the private part never leaves its vault. Both in base64, 32 bytes each. */
export interface WorkerKeys {
  readonly privateKey: string;
  readonly publicKey: string;
}

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const PURPOSE = 'guts-fleet-seal:1';
const JOIN_PURPOSE = 'guts-fleet-join:1';
/** What stands before the 32 bytes of an X25519 key in DER (RFC 8410). */
const PRIVATE_HEAD = Buffer.from('302e020100300506032b656e04220420', 'hex');
const PUBLIC_HEAD = Buffer.from('302a300506032b656e032100', 'hex');

/** A box was changed, or is not for this worker and this admission. */
export class UnsealError extends GutsError {
  readonly code = 'fleet.unseal';
  readonly remedy =
    'Look whether this worker was set up anew under the same name, and restart it. If it happens again, somebody changes what the broker carries: change the passwords of broker, sources and destinations.';

  constructor(options?: ErrorOptions) {
    super(
      'Sealed credentials do not open: they are for another worker or another run, or were changed on the way.',
      options,
    );
  }
}

/** Neither base64 of 32 bytes, nor a key. */
export class SealingKeyError extends GutsError {
  readonly code = 'fleet.key';
  readonly remedy = 'Remove the worker’s key from its vault, or give the join key as the daemon made it.';

  constructor(options?: ErrorOptions) {
    super('A key of the fleet is not one.', options);
  }
}

export function newWorkerKeys(): WorkerKeys {
  const { privateKey, publicKey } = generateKeyPairSync('x25519');
  return {
    privateKey: rawOf(privateKey.export({ format: 'der', type: 'pkcs8' })).toString('base64'),
    publicKey: rawPublic(publicKey).toString('base64'),
  };
}

/** 32 random bytes in base64, for the daemon's vault and a file of each worker. */
export const newJoinKey = (): string => randomBytes(KEY_BYTES).toString('base64');

/** @param publicKey of the worker, which its announcement has brought @throws SealingKeyError */
export function seal(text: string, publicKey: string, sealedFor: SealedFor): SealedBox {
  const worker = publicFrom(publicKey);
  const ephemeral = generateKeyPairSync('x25519');
  const ephemeralPublic = rawPublic(ephemeral.publicKey);
  const key = keyOf(ephemeral.privateKey, worker, ephemeralPublic, rawPublic(worker));
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(bindingOf(ephemeralPublic, rawPublic(worker), sealedFor));
  const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return {
    ephemeral: ephemeralPublic.toString('base64'),
    iv: iv.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    data: data.toString('base64'),
  };
}

/** @throws UnsealError, SealingKeyError */
export function unseal(box: SealedBox, keys: WorkerKeys, sealedFor: SealedFor): string {
  const own = privateFrom(keys.privateKey);
  const ownPublic = rawPublic(createPublicKey(own));
  try {
    const ephemeral = publicFrom(box.ephemeral);
    const ephemeralPublic = rawPublic(ephemeral);
    const key = keyOf(own, ephemeral, ephemeralPublic, ownPublic);
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(box.iv, 'base64'), { authTagLength: TAG_BYTES });
    decipher.setAAD(bindingOf(ephemeralPublic, ownPublic, sealedFor)).setAuthTag(Buffer.from(box.tag, 'base64'));
    return Buffer.concat([decipher.update(Buffer.from(box.data, 'base64')), decipher.final()]).toString('utf8');
  } catch (error) {
    throw new UnsealError({ cause: error });
  }
}

/**
 * Vouches for a worker's key by the join key.
 * @param at when it was announced, so that an old announcement can be told from a new one
 */
export function vouch(joinKey: string, node: NodeId, publicKey: string, at: string): string {
  const said = fields(JOIN_PURPOSE, node, publicKey, at);
  return createHmac('sha256', bytesOf(joinKey)).update(said).digest('base64');
}

/** Whether the announcement comes from somebody with the join key. */
export function isVouchedFor(joinKey: string, node: NodeId, publicKey: string, at: string, mac: string): boolean {
  const expected = Buffer.from(vouch(joinKey, node, publicKey, at), 'base64');
  const given = Buffer.from(mac, 'base64');
  return expected.length === given.length && timingSafeEqual(expected, given);
}

/** @throws SealingKeyError where the other key makes the same of every key (RFC 7748, 6.1) */
export function sharedSecret(own: KeyObject, other: KeyObject): Buffer {
  try {
    const secret = diffieHellman({ privateKey: own, publicKey: other });
    if (secret.some((byte) => byte !== 0)) return secret;
  } catch (error) {
    throw new SealingKeyError({ cause: error });
  }
  throw new SealingKeyError();
}

function keyOf(own: KeyObject, other: KeyObject, ephemeralPublic: Buffer, workerPublic: Buffer): Buffer {
  const salt = Buffer.concat([ephemeralPublic, workerPublic]);
  return derived(sharedSecret(own, other), salt, Buffer.from(PURPOSE), KEY_BYTES);
}

export const derived = (secret: Buffer, salt: Buffer, info: Buffer, bytes: number): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, salt, info, bytes));

function bindingOf(ephemeralPublic: Buffer, workerPublic: Buffer, { node, migration, token, what }: SealedFor): Buffer {
  const keys = [ephemeralPublic, workerPublic].map((key) => key.toString('base64'));
  return fields(PURPOSE, ...keys, node, migration, `${token}`, what);
}

/** Each with its length before it: no two lists of texts are the same bytes. */
function fields(...texts: readonly string[]): Buffer {
  return Buffer.concat(
    texts.flatMap((text) => {
      const bytes = Buffer.from(text);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}

/** @throws SealingKeyError */
function bytesOf(key: string): Buffer {
  const bytes = Buffer.from(key.trim(), 'base64');
  if (bytes.length !== KEY_BYTES) throw new SealingKeyError();
  return bytes;
}

/** @throws SealingKeyError */
export const privateFrom = (key: string): KeyObject =>
  createPrivateKey({ key: Buffer.concat([PRIVATE_HEAD, bytesOf(key)]), format: 'der', type: 'pkcs8' });

/** @throws SealingKeyError */
export const publicFrom = (key: string): KeyObject =>
  createPublicKey({ key: Buffer.concat([PUBLIC_HEAD, bytesOf(key)]), format: 'der', type: 'spki' });

const rawOf = (der: Buffer): Buffer => der.subarray(-KEY_BYTES);
const rawPublic = (key: KeyObject): Buffer => rawOf(key.export({ format: 'der', type: 'spki' }));
