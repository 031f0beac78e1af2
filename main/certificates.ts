/** What a server's certificate is to whoever connects to a broker or a database: why nobody vouches for it, and its text as PEM. */
import type { PeerCertificate } from 'node:tls';

export const OTHER_NAME = 'it is for another name';

const problems: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'an authority that Guts was not told of signed it',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'an authority that Guts was not told of signed it',
  UNABLE_TO_GET_ISSUER_CERT: 'an authority that Guts was not told of signed it',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'an authority that Guts was not told of signed it',
  CERT_SIGNATURE_FAILURE: 'another authority than the one that Guts was told of signed it',
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet; check the clocks of both machines',
  ERR_TLS_CERT_ALTNAME_INVALID: OTHER_NAME,
  INVALID_PURPOSE: 'it is not for servers',
};

/** By the code of an error of Node's TLS; null where that is about something else. */
export const certificateProblem = (code: string): string | null =>
  Object.hasOwn(problems, code) ? (problems[code] ?? null) : null;

/** What a certificate showed of itself. */
export interface ShownCertificate {
  readonly sha256: string;
  readonly names: readonly string[];
}

const MOST_NAMES = 8;

/** Its names in DNS and its addresses; the common name where it has neither. */
export function shownOf({ fingerprint256, subjectaltname = '', subject }: PeerCertificate): ShownCertificate {
  const names = [...subjectaltname.matchAll(/(?:DNS|IP Address):([\w.:*-]+)/g)].map(([, name = '']) => name);
  const own = [subject.CN].flat().filter((name) => name !== undefined);
  return { sha256: fingerprint256, names: (names.length > 0 ? names : own).slice(0, MOST_NAMES) };
}

/** @param flags that say what is trusted, of an authority and of a fingerprint */
export function trustAdvice(
  problem: string,
  shown: ShownCertificate | null,
  who: string,
  flags: { readonly ca: string; readonly fingerprint: string },
): string {
  if (problem === OTHER_NAME) {
    const names = shown === null || shown.names.length === 0 ? '' : ` (${shown.names.join(', ')})`;
    return `Use a name that is in the certificate${names} in the address, or let the ${who}’s administrator have one made with the name that the address has.`;
  }
  return `Give the authority that signed it (${flags.ca}), or compare its fingerprint${shown === null ? '' : ` ${shown.sha256}`} with what the ${who}’s administrator says, and trust that one (${flags.fingerprint}).`;
}

export const pemOf = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
