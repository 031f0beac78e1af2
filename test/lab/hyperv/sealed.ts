/** The bodies of sealed WinRM messages, from the server's side ([MS-WSMV] 2.2.9.1). */
import { SealStream, SIGNATURE_BYTES } from '../../../worker/sources/hyperv/ntlm/seal.ts';

const PROTOCOL = 'application/HTTP-SPNEGO-session-encrypted';
export const sealedType = `multipart/encrypted;protocol="${PROTOCOL}";boundary="Encrypted Boundary"`;
const MIDDLE = '--Encrypted Boundary\r\n\tContent-Type: application/octet-stream\r\n';

export class Seals {
  readonly #hearing: SealStream;
  readonly #sending: SealStream;

  constructor(sessionKey: Buffer) {
    this.#hearing = new SealStream(sessionKey, 'client-to-server');
    this.#sending = new SealStream(sessionKey, 'server-to-client');
  }

  /** @throws RangeError where it is no sealed message, NtlmSealError where it was changed */
  opened(body: Buffer): Buffer {
    const at = /octet-stream\r\n/.exec(body.subarray(0, 1024).toString('latin1'));
    const told = /Length=(\d+)\r\n/.exec(body.subarray(0, 1024).toString('latin1'))?.[1];
    if (at === null || told === undefined) throw new RangeError('no sealed message');
    const from = at.index + at[0].length + 4;
    if (body.readUInt32LE(from - 4) !== SIGNATURE_BYTES) throw new RangeError('a signature of a wrong length');
    const sealedFrom = from + SIGNATURE_BYTES;
    const to = sealedFrom + Number(told);
    if (!body.subarray(to).toString('latin1').startsWith('--Encrypted Boundary--'))
      throw new RangeError('a length that is not its own');
    return this.#hearing.open({ signature: body.subarray(from, sealedFrom), sealed: body.subarray(sealedFrom, to) });
  }

  sealed(plain: Buffer): Buffer {
    const { signature, sealed } = this.#sending.seal(plain);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(signature.length, 0);
    const start = `--Encrypted Boundary\r\n\tContent-Type: ${PROTOCOL}\r\n\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=${plain.length}\r\n${MIDDLE}`;
    return Buffer.concat([Buffer.from(start), length, signature, sealed, Buffer.from('--Encrypted Boundary--\r\n')]);
  }
}
