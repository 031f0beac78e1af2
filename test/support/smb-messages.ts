/** What an SMB server says, as bytes: for servers that misbehave, and to damage at random. */
import { der, tag } from '../../worker/sources/hyperv/spnego/der.ts';
import { avIds, avPairBytes } from '../../worker/sources/hyperv/ntlm/av-pairs.ts';

export const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

export interface ReplyOptions {
  readonly command: number;
  readonly messageId: number;
  readonly status?: number;
  readonly sessionId?: bigint;
  readonly treeId?: number;
  readonly credits?: number;
  readonly isAsync?: boolean;
  readonly isSigned?: boolean;
  readonly body: Buffer;
}

export function reply(options: ReplyOptions): Buffer {
  const head = Buffer.alloc(64);
  head.set([0xfe, 0x53, 0x4d, 0x42]);
  head.writeUInt16LE(64, 4);
  head.writeUInt32LE(options.status ?? 0, 8);
  head.writeUInt16LE(options.command, 12);
  head.writeUInt16LE(options.credits ?? 64, 14);
  head.writeUInt32LE(1 | (options.isAsync === true ? 2 : 0) | (options.isSigned === true ? 8 : 0), 16);
  head.writeBigUInt64LE(BigInt(options.messageId), 24);
  head.writeUInt32LE(options.treeId ?? 0, 36);
  head.writeBigUInt64LE(options.sessionId ?? 0n, 40);
  return Buffer.concat([head, options.body]);
}

/** Numbers of 16 and 32 bits, as `[bits, value]`, and bytes, one after another. */
function packed(...parts: readonly (readonly [16 | 32 | 64, number] | Buffer)[]): Buffer {
  return Buffer.concat(
    parts.map((part) => {
      if (Buffer.isBuffer(part)) return part;
      const bytes = Buffer.alloc(part[0] / 8);
      if (part[0] === 16) bytes.writeUInt16LE(part[1], 0);
      else if (part[0] === 32) bytes.writeUInt32LE(part[1], 0);
      else bytes.writeBigUInt64LE(BigInt(part[1]), 0);
      return bytes;
    }),
  );
}

export interface NegotiateOptions {
  readonly dialect?: number;
  readonly capabilities?: number;
  readonly guid?: Buffer;
  readonly maxReadBytes?: number;
  readonly token?: Buffer;
  /** Of 3.1.1 alone; 0 is none. */
  readonly cipher?: number;
  readonly signing?: number;
}

export function negotiateReply(options: NegotiateOptions = {}): Buffer {
  const { dialect = 0x0311, capabilities = 0x44, guid = Buffer.alloc(16, 7), maxReadBytes = 1024 * 1024 } = options;
  const { token = offerToken() } = options;
  const padding = Buffer.alloc(-token.length & 7);
  const context = (type: number, data: Buffer): Buffer =>
    Buffer.concat([packed([16, type], [16, data.length], [32, 0]), data, Buffer.alloc(-data.length & 7)]);
  const contexts =
    dialect === 0x0311
      ? [
          context(1, packed([16, 1], [16, 32], [16, 1], Buffer.alloc(32, 9))),
          context(2, packed([16, 1], [16, options.cipher ?? 2])),
          context(8, packed([16, 1], [16, options.signing ?? 2])),
        ]
      : [];
  return packed(
    [16, 65],
    [16, 3],
    [16, dialect],
    [16, contexts.length],
    guid,
    [32, capabilities],
    [32, maxReadBytes],
    [32, maxReadBytes],
    [32, maxReadBytes],
    [64, 0],
    [64, 0],
    [16, 128],
    [16, token.length],
    [32, contexts.length === 0 ? 0 : 128 + token.length + padding.length],
    token,
    ...(contexts.length === 0 ? [] : [padding, ...contexts]),
  );
}

export const setupReply = (flags: number, token: Buffer): Buffer =>
  packed([16, 9], [16, flags], [16, 72], [16, token.length], token);

export const treeReply = (flags = 0, type = 1): Buffer =>
  packed([16, 16], [16, type], [32, flags], [32, 0], [32, 0x1f01ff]);

export interface CreateOptions {
  readonly sizeBytes: number;
  readonly writtenAt?: number;
  readonly fileId?: Buffer;
  readonly onDiskId?: Buffer;
}

export function createReply({ sizeBytes, writtenAt = 4711, fileId, onDiskId }: CreateOptions): Buffer {
  const id = packed(
    [32, 0],
    [16, 16],
    [16, 4],
    [16, 0],
    [16, 24],
    [32, 32],
    Buffer.from('QFid'),
    Buffer.alloc(4),
    onDiskId ?? Buffer.alloc(32, 3),
  );
  return packed(
    [16, 89],
    [16, 0],
    [32, 1],
    [64, 1],
    [64, 2],
    [64, writtenAt],
    [64, 4],
    [64, sizeBytes],
    [64, sizeBytes],
    [32, 0x20],
    [32, 0],
    fileId ?? Buffer.alloc(16, 5),
    [32, 152],
    [32, id.length],
    id,
  );
}

export const readReply = (data: Buffer): Buffer =>
  packed([16, 17], [16, 80], [32, data.length], [32, 0], [32, 0], data);

export const ioctlReply = (code: number, output: Buffer): Buffer =>
  packed(
    [16, 49],
    [16, 0],
    [32, code],
    Buffer.alloc(16, 5),
    [32, 112],
    [32, 0],
    [32, 112],
    [32, output.length],
    [32, 0],
    [32, 0],
    output,
  );

export const errorReply = (): Buffer => packed([16, 9], [16, 0], [32, 0], Buffer.alloc(1));

const SPNEGO = Buffer.from('2b0601050502', 'hex');
const NTLM = Buffer.from('2b06010401823702020a', 'hex');
const KERBEROS = Buffer.from('2a864886f712010202', 'hex');

/** What the server says that it can do. */
export const offerToken = (...mechanisms: readonly Buffer[]): Buffer => {
  const list = (mechanisms.length === 0 ? [KERBEROS, NTLM] : mechanisms).map((one) => der(tag.oid, one));
  const hint = der(
    tag.context(3),
    der(tag.sequence, der(tag.context(0), der(0x1b, Buffer.from('not_defined_in_RFC4178@please_ignore')))),
  );
  const init = der(tag.sequence, der(tag.context(0), der(tag.sequence, ...list)), hint);
  return der(tag.application0, der(tag.oid, SPNEGO), der(tag.context(0), init));
};
export const mechanisms = { ntlm: NTLM, kerberos: KERBEROS } as const;

export interface TokenOptions {
  readonly state?: number;
  readonly token?: Buffer;
  readonly mic?: Buffer;
  readonly mechanism?: Buffer;
}

export const answerToken = ({ state, token, mic, mechanism }: TokenOptions): Buffer =>
  der(
    tag.context(1),
    der(
      tag.sequence,
      ...(state === undefined ? [] : [der(tag.context(0), der(tag.enumerated, Buffer.from([state])))]),
      ...(mechanism === undefined ? [] : [der(tag.context(1), der(tag.oid, mechanism))]),
      ...(token === undefined ? [] : [der(tag.context(2), der(tag.octets, token))]),
      ...(mic === undefined ? [] : [der(tag.context(3), der(tag.octets, mic))]),
    ),
  );

/** NTLM's second message, as Windows sends it: with a description of itself and a time, so that the answer has a MIC. */
export function challenge(serverChallenge: Buffer): Buffer {
  const name = utf16('HV01');
  const target = avPairBytes([
    { id: avIds.netbiosDomain, value: name },
    { id: avIds.netbiosComputer, value: name },
    { id: avIds.dnsComputer, value: utf16('hv01.example') },
    { id: avIds.timestamp, value: packed([64, 133_000_000_000_000_000]) },
  ]);
  const flags = 0xe2898215;
  return packed(
    Buffer.from('NTLMSSP\0', 'latin1'),
    [32, 2],
    [16, name.length],
    [16, name.length],
    [32, 56],
    [32, flags],
    serverChallenge,
    Buffer.alloc(8),
    [16, target.length],
    [16, target.length],
    [32, 56 + name.length],
    Buffer.from([10, 0, 0x61, 0x4a, 0, 0, 0, 15]),
    name,
    target,
  );
}
