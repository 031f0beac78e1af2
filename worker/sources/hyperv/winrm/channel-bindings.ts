/** What ties a sign-in to the TLS connection that it goes through (RFC 5929, `tls-server-end-point`), as NTLM wants it. */
import { createHash } from 'node:crypto';
import { StrangeAnswerError } from '../../../net/errors.ts';

/** Of the algorithms that certificates are signed with, those whose hash is none of SHA-256 (RFC 5929, section 4.1). */
const HASHES: Readonly<Record<string, string>> = {
  '2a864886f70d01010c': 'sha384', // sha384WithRSAEncryption
  '2a864886f70d01010d': 'sha512', // sha512WithRSAEncryption
  '2a8648ce3d040303': 'sha384', // ecdsa-with-SHA384
  '2a8648ce3d040304': 'sha512', // ecdsa-with-SHA512
};

/** @param certificate in DER @returns 16 bytes, MD5 of the structure that [MS-NLMP] 3.1.5.1.2 names */
export function channelBindingsOf(certificate: Buffer): Buffer {
  const hash = createHash(HASHES[signatureOid(certificate)] ?? 'sha256')
    .update(certificate)
    .digest();
  const data = Buffer.concat([Buffer.from('tls-server-end-point:', 'latin1'), hash]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(data.length, 0);
  return createHash('md5')
    .update(Buffer.concat([Buffer.alloc(16), length, data]))
    .digest();
}

/** The algorithm that signed it, behind what was signed, in hex. */
function signatureOid(certificate: Buffer): string {
  const whole = element(certificate, 0);
  const signed = element(certificate, whole.from);
  const algorithm = element(certificate, signed.to);
  const oid = element(certificate, algorithm.from);
  if (certificate[algorithm.to - 1] === undefined || certificate[algorithm.from] !== 6) throw broken();
  return certificate.subarray(oid.from, oid.to).toString('hex');
}

/** Where the content of the DER element at a place begins and ends. */
function element(bytes: Buffer, at: number): { readonly from: number; readonly to: number } {
  const first = bytes[at + 1];
  if (first === undefined) throw broken();
  const more = first < 0x80 ? 0 : first & 0x7f;
  if (more > 4 || at + 2 + more > bytes.length) throw broken();
  const length = more === 0 ? first : bytes.readUIntBE(at + 2, more);
  const from = at + 2 + more;
  if (from + length > bytes.length) throw broken();
  return { from, to: from + length };
}

const broken = (): StrangeAnswerError => new StrangeAnswerError('The server’s certificate is no certificate.');
