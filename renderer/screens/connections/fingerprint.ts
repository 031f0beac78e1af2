/** Fingerprints as people compare them: in groups, and however they were written down. */
import { Fingerprint } from '../../../main/shared/trust.ts';

/** `AB:CD:…` in groups of so many bytes; every group but the last ends with its colon. */
const BYTES = 4;

export function groupsOf(sha256: string): string[] {
  const bytes = sha256.split(':');
  return Array.from({ length: Math.ceil(bytes.length / BYTES) }, (_, at) => {
    const group = bytes.slice(at * BYTES, (at + 1) * BYTES).join(':');
    return (at + 1) * BYTES < bytes.length ? `${group}:` : group;
  });
}

/** As somebody wrote it down: with or without colons, in any case, also with OpenSSL's words before it; null for anything else. */
export function sha256In(told: string): Fingerprint | null {
  const digits = digitsIn(told);
  return Fingerprint.safeParse(digits.length === 64 ? digits.match(/../g)?.join(':') : '').data ?? null;
}

/** What somebody was told, beside what the server shows. */
export function comparison(told: string, sha256: string): 'empty' | 'unreadable' | 'same' | 'other' {
  if (digitsIn(told) === '') return 'empty';
  const read = sha256In(told);
  if (read === null) return 'unreadable';
  return read === sha256 ? 'same' : 'other';
}

const digitsIn = (told: string): string =>
  told
    .replace(/^.*(=|sha-?256:)/i, '')
    .replace(/[:\s-]/g, '')
    .toUpperCase();
