/** How a command comes to trust a server: by its options, by this machine's authorities, or by asking the operator. */
import { InvalidArgumentError, type Command } from 'commander';
import { GutsError } from '../shared/errors.ts';
import { Fingerprint, type CertificateFacts, type Trust } from '../shared/trust.ts';
import { pemIn } from './pem-file.ts';
import { askYes, canAsk } from './prompt.ts';
import { sheet } from './table.ts';
import { urlOf } from './url.ts';
import { UsageError } from './usage-error.ts';
import type { Workplace } from './workplace.ts';

export interface TrustFlags {
  readonly fingerprint?: Fingerprint;
  readonly caFile?: string;
  readonly proxy?: string;
}

/** Where the way is encrypted although the address is not one of https. */
interface Way extends TrustFlags {
  readonly isSealed?: boolean;
}

export function certificateOptions(command: Command): Command {
  return command
    .option('--fingerprint <sha256>', 'trust exactly the certificate with this SHA-256', fingerprintOf)
    .option('--ca-file <file>', 'trust certificates that these authorities signed (PEM)');
}

export function trustOptions(command: Command): Command {
  return certificateOptions(command).option('--proxy <url>', 'go through this proxy: http://host:port', proxyOf);
}

/** Nobody vouches for the certificate, and nobody was there to decide. */
class UndecidedTrustError extends GutsError {
  readonly code = 'net.untrusted';
  readonly remedy: string;

  constructor(url: string, { sha256, problem }: CertificateFacts) {
    super(`The certificate of ${url} is not vouched for: ${problem ?? 'unknown reason'}.`);
    this.remedy = `Compare its fingerprint with what the server’s administrator says, then add: --fingerprint ${sha256}`;
  }
}

class RefusedTrustError extends GutsError {
  readonly code = 'net.refused-certificate';
  readonly remedy =
    'Ask the server’s administrator for the right fingerprint, or for the authority to give by --ca-file.';

  constructor() {
    super('The certificate was not trusted, so nothing was sent and nothing was saved.');
  }
}

/**
 * Decides before anything secret is sent.
 * @param mayLook false leaves the server alone: then only the options and this machine's authorities count
 */
export async function trustFrom(
  workplace: Workplace,
  url: string,
  { fingerprint, caFile, proxy, isSealed = false }: Way,
  mayLook: boolean,
): Promise<Trust> {
  const given = await givenTrust({ fingerprint, caFile });
  if (given !== null) return given;
  if (!url.startsWith('https:')) {
    if (!isSealed)
      workplace.terminal.note(`Attention: ${url} is not encrypted; whoever is on the way can read the password.`);
    return { kind: 'system' };
  }
  if (!mayLook) return { kind: 'system' };
  const facts = await workplace.call('certificates.look', { url, proxy: proxy ?? null });
  if (facts.problem === null) return { kind: 'system' };
  if (!canAsk()) throw new UndecidedTrustError(url, facts);
  workplace.terminal.note(
    `The certificate of ${url} is not vouched for: ${facts.problem}.\n${sheet([
      ['  fingerprint', facts.sha256],
      ['  subject', facts.subject],
      ['  issuer', facts.issuer],
      ['  valid', `${facts.validFrom} to ${facts.validTo}`],
    ]).trimEnd()}`,
  );
  if (!(await askYes('Is that the right fingerprint? Trust this certificate, and no other?')))
    throw new RefusedTrustError();
  return { kind: 'pinned', sha256: facts.sha256 };
}

/** What the options say; null where they say nothing. @throws UsageError, CaFileError */
export async function givenTrust({
  fingerprint,
  caFile,
}: {
  readonly fingerprint?: Fingerprint | undefined;
  readonly caFile?: string | undefined;
}): Promise<Trust | null> {
  if (fingerprint !== undefined && caFile !== undefined)
    throw new UsageError('Give --fingerprint or --ca-file, not both.');
  if (fingerprint !== undefined) return { kind: 'pinned', sha256: fingerprint };
  return caFile === undefined ? null : { kind: 'authorities', pem: await pemIn(caFile) };
}

/** In words for people. */
export function trustText(trust: Trust): string {
  if (trust.kind === 'pinned') return `exactly the certificate ${trust.sha256}`;
  return trust.kind === 'system' ? 'the authorities of this machine' : 'the given authorities';
}

/** With or without colons, in any case, also with OpenSSL's words before it. */
export function fingerprintOf(text: string): Fingerprint {
  const digits = text
    .replace(/^.*(=|sha-?256:)/i, '')
    .replace(/[:\s]/g, '')
    .toUpperCase();
  const found = Fingerprint.safeParse((digits.match(/../g) ?? []).join(':'));
  if (!found.success || digits.length !== 64)
    throw new InvalidArgumentError('Give the SHA-256 of the certificate: 64 hexadecimal digits, colons allowed.');
  return found.data;
}

function proxyOf(text: string): string {
  const url = urlOf(text);
  if (url === null || url.protocol !== 'http:') throw new InvalidArgumentError('Give http://host:port.');
  if (url.username !== '' || url.password !== '')
    throw new UsageError('User and password in --proxy are not supported, least of all on the command line.'); // not repeated
  return url.origin;
}
