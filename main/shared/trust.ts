/** How Guts knows that the other end of a TLS connection is who it should be. */
import { z } from 'zod';

/** SHA-256 of a certificate in DER, as people compare it: `AB:CD:…`, 32 bytes. */
export const Fingerprint = z.string().regex(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
export type Fingerprint = z.infer<typeof Fingerprint>;

export const Trust = z.discriminatedUnion('kind', [
  /** The certificate authorities that this machine trusts, and the name in the certificate. */
  z.object({ kind: z.literal('system') }),
  /** These authorities, in PEM, and the name in the certificate. */
  z.object({ kind: z.literal('authorities'), pem: z.string().min(1) }),
  /** Exactly this certificate, which the operator has looked at, whoever signed it and whatever name it has. */
  z.object({ kind: z.literal('pinned'), sha256: Fingerprint }),
]);
export type Trust = z.infer<typeof Trust>;

/** A certificate as it is shown to an operator who shall decide whether to pin it. */
export const CertificateFacts = z.object({
  sha256: Fingerprint,
  subject: z.string(),
  issuer: z.string(),
  validFrom: z.string(),
  validTo: z.string(),
  /** Why the system's authorities do not vouch for it; null where they do. */
  problem: z.string().nullable(),
});
export type CertificateFacts = z.infer<typeof CertificateFacts>;
