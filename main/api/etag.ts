/** Tells answers apart without comparing them, so that who has one already is not sent it again. */
import { createHash, type Hash } from 'node:crypto';

export const etagOf = (text: string): string => etagOfSum(createHash('sha256').update(text));

/** @param sum SHA-256 of the text, piece by piece */
export const etagOfSum = (sum: Hash): string => `"${sum.digest('base64url').slice(0, 27)}"`;

/** Whether `etag` is among those of an If-Match or If-None-Match header; `*` is any. */
export function isAmong(etag: string, header: string): boolean {
  const given = header.split(',').map((one) => one.trim().replace(/^W\//, ''));
  return given.includes('*') || given.includes(etag);
}
