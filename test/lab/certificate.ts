/** A fresh certificate for a simulator on this computer, signed by itself, with the fingerprints by which it is trusted. */
import { X509Certificate } from 'node:crypto';
import { generate } from 'selfsigned';

export interface Certificate {
  /** PEM. */
  readonly key: string;
  readonly pem: string;
  /** `AB:CD:…` of the certificate in DER: what an operator pins. */
  readonly sha256: string;
  /** `AB:CD:…`: what vSphere calls the SSL thumbprint. */
  readonly sha1: string;
}

const DAY_MS = 86_400_000;

/** For `localhost` and `127.0.0.1`, or for other names, good from yesterday; one of fewer than no days has run out. */
export async function makeCertificate(
  commonName = 'localhost',
  days = 90,
  names: readonly string[] = [],
): Promise<Certificate> {
  const now = Date.now();
  const made = await generate([{ name: 'commonName', value: commonName }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(now - Math.max(1, 1 - days) * DAY_MS),
    notAfterDate: new Date(now + days * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames:
          names.length > 0
            ? names.map((value) => ({ type: 2, value }) as const)
            : [
                { type: 2, value: 'localhost' },
                { type: 7, ip: '127.0.0.1' },
              ],
      },
    ],
  });
  const { fingerprint256, fingerprint } = new X509Certificate(made.cert);
  return { key: made.private, pem: made.cert, sha256: fingerprint256, sha1: fingerprint };
}
