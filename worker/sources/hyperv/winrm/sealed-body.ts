/** The body of a sealed WinRM message ([MS-WSMV] 2.2.9.1): a multipart whose second part is the signature and the sealed bytes. */
import { SIGNATURE_BYTES, type SealStream } from '../ntlm/seal.ts';
import { StrangeAnswerError } from '../../../net/errors.ts';

const BOUNDARY = 'Encrypted Boundary';
const PROTOCOL = 'application/HTTP-SPNEGO-session-encrypted';
export const SEALED_TYPE = `multipart/encrypted;protocol="${PROTOCOL}";boundary="${BOUNDARY}"`;
export const PLAIN_TYPE = 'application/soap+xml;charset=UTF-8';
const OCTETS = `--${BOUNDARY}\r\n\tContent-Type: application/octet-stream\r\n`;
const END = `--${BOUNDARY}--\r\n`;

export function sealedBody(stream: SealStream, plain: Buffer): Buffer {
  const { signature, sealed } = stream.seal(plain);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(signature.length, 0);
  return Buffer.concat([
    Buffer.from(
      `--${BOUNDARY}\r\n\tContent-Type: ${PROTOCOL}\r\n\tOriginalContent: type=${PLAIN_TYPE};Length=${plain.length}\r\n${OCTETS}`,
    ),
    length,
    signature,
    sealed,
    Buffer.from(END),
  ]);
}

/**
 * Cut by the lengths that are told: the boundary may occur in what is sealed.
 * @throws StrangeAnswerError where it is no such body
 * @throws NtlmSealError where it was changed
 */
export function openedBody(stream: SealStream, body: Buffer, server: string): Buffer {
  const strange = (what: string): StrangeAnswerError =>
    new StrangeAnswerError(`${server} sends a sealed answer that ${what}.`);
  // Both headers are written with and without a tab before them.
  const head =
    /^--Encrypted Boundary\r\n[ \t]*Content-Type:[^\r\n]{0,200}\r\n[ \t]*OriginalContent:[^\r\n]{0,200}?Length=(\d{1,9})\r\n--Encrypted Boundary\r\n[ \t]*Content-Type:[ \t]*application\/octet-stream\r\n/i.exec(
      body.subarray(0, 1024).toString('latin1'),
    );
  if (head === null) throw strange('does not begin as one does');
  const length = Number(head[1]);
  const at = head[0].length;
  if (at + 4 > body.length) throw strange('is cut short');
  if (body.readUInt32LE(at) !== SIGNATURE_BYTES) throw strange('has a signature of another length');
  const from = at + 4 + SIGNATURE_BYTES;
  if (from + length > body.length) throw strange('is shorter than it says');
  if (!/^--Encrypted Boundary--(?:\r\n)?$/.test(body.subarray(from + length, from + length + 64).toString('latin1')))
    throw strange('does not end where it says');
  return stream.open({ signature: body.subarray(at + 4, from), sealed: body.subarray(from, from + length) });
}
