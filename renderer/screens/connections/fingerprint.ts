/** Fingerprints as people compare them: in groups, and however they were written down. */

/** `AB:CD:…` in groups of so many bytes; every group but the last ends with its colon. */
const BYTES = 4;

export function groupsOf(sha256: string): string[] {
  const bytes = sha256.split(':');
  return Array.from({ length: Math.ceil(bytes.length / BYTES) }, (_, at) => {
    const group = bytes.slice(at * BYTES, (at + 1) * BYTES).join(':');
    return (at + 1) * BYTES < bytes.length ? `${group}:` : group;
  });
}

/** What somebody was told, beside what the server shows: with or without colons, in any case, also with OpenSSL's words before it. */
export function comparison(told: string, sha256: string): 'empty' | 'unreadable' | 'same' | 'other' {
  const digits = told
    .replace(/^.*(=|sha-?256:)/i, '')
    .replace(/[:\s-]/g, '')
    .toUpperCase();
  if (digits === '') return 'empty';
  if (!/^[0-9A-F]{64}$/.test(digits)) return 'unreadable';
  return digits === sha256.replaceAll(':', '') ? 'same' : 'other';
}
