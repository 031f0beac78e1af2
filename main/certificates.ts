/** What a server's certificate is to whoever connects to a broker or a database: why nobody vouches for it, and its text as PEM. */

const problems: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'an authority that Guts was not told of signed it',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'an authority that Guts was not told of signed it',
  UNABLE_TO_GET_ISSUER_CERT: 'an authority that Guts was not told of signed it',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'an authority that Guts was not told of signed it',
  CERT_SIGNATURE_FAILURE: 'another authority than the one that Guts was told of signed it',
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet; check the clocks of both machines',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another name',
  INVALID_PURPOSE: 'it is not for servers',
};

/** By the code of an error of Node's TLS; null where that is about something else. */
export const certificateProblem = (code: string): string | null =>
  Object.hasOwn(problems, code) ? (problems[code] ?? null) : null;

export const pemOf = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
