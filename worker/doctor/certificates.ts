/** Holds the certificate that a server shows against how it is known, and counts the days that it has left. */
import { type Peer, shownBy } from '../net/tls.ts';
import type { Seen } from './steps.ts';

const DAY_MS = 86_400_000;
/** Renewing one takes people some weeks. */
const FEW_DAYS = 30;

/** @throws UnreachableError where no TLS connection comes about */
export async function certificateSeen(what: string, peer: Peer, signal: AbortSignal): Promise<Seen> {
  const { facts, sha1 } = await shownBy(peer, signal);
  const { trust } = peer;
  const evidence = [
    `SHA-256 ${facts.sha256}`,
    `subject ${facts.subject}`,
    `issuer ${facts.issuer}`,
    `until ${facts.validTo}`,
  ];
  if (trust.kind === 'pinned' && trust.sha256 !== facts.sha256)
    return {
      verdict: 'bad',
      says: `${what} shows another certificate than the one that was trusted: ${facts.sha256} instead of ${trust.sha256}.`,
      remedy:
        'Ask its administrator whether the certificate was renewed. If it was, compare the new fingerprint and trust it (“guts source trust”, “guts destination trust”); if not, somebody stands between.',
      evidence,
    };
  if (trust.kind === 'thumbprint' && trust.sha1.toUpperCase() !== sha1)
    return {
      verdict: 'bad',
      says: `${what} shows another certificate than the one that vCenter knows it by: SHA-1 ${sha1} instead of ${trust.sha1}.`,
      remedy:
        'Have vCenter learn the host’s new certificate (in its client: disconnect and connect the host, or refresh its CA certificates).',
      evidence,
    };
  const isKnown = trust.kind === 'pinned' || trust.kind === 'thumbprint';
  if (!isKnown && facts.problem !== null)
    return {
      verdict: 'bad',
      says: `The certificate of ${what} cannot be trusted: ${facts.problem}.`,
      remedy: `Compare its fingerprint ${facts.sha256} with what its administrator says, then trust it (--fingerprint), or give the authority that signed it (--ca-file).`,
      evidence,
    };
  return { ...daysSeen(what, Date.parse(facts.validTo), howKnown[trust.kind]), evidence };
}

const howKnown: Readonly<Record<Peer['trust']['kind'], string>> = {
  system: 'the authorities of this machine vouch for it',
  authorities: 'the authorities that were given vouch for it',
  pinned: 'it is the one that was trusted',
  thumbprint: 'it is the one that vCenter knows the host by',
};

/** One that is known by its fingerprint is taken even when it has run out; those who look at the name are not as kind. */
function daysSeen(what: string, untilMs: number, how: string): Seen {
  const days = Math.floor((untilMs - Date.now()) / DAY_MS);
  if (Number.isNaN(days)) return { verdict: 'good', says: `The certificate of ${what}: ${how}.` };
  const remedy = 'Have its certificate renewed, and then trust the new one here where it is known by its fingerprint.';
  if (days < 0)
    return { verdict: 'poor', says: `The certificate of ${what} ran out ${-days} days ago; ${how}.`, remedy };
  const says = `The certificate of ${what}: ${how}; it has ${days} days left.`;
  return days < FEW_DAYS ? { verdict: 'poor', says, remedy } : { verdict: 'good', says };
}
