/** Tells answers apart without comparing them, so that who has one already is not sent it again. */
import { createHash } from 'node:crypto';

export const etagOf = (text: string): string =>
  `"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`;

/** Whether `etag` is among those of an If-Match or If-None-Match header; `*` is any. */
export function isAmong(etag: string, header: string): boolean {
  const given = header.split(',').map((one) => one.trim().replace(/^W\//, ''));
  return given.includes('*') || given.includes(etag);
}
