/** The one line by which a script says what it found, made so that a result that did not come whole is never taken for one. */
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { StrangeAnswerError } from '../../../net/errors.ts';
import { DamagedResultError } from './errors.ts';

/** A host with 2,000 machines takes a tenth of it. */
const MOST_BYTES = 128 * 1024 * 1024;
/** `GUTS1`, the bytes that follow, their SHA-256, and they themselves: JSON, gzip, base64. */
const LINE = /^GUTS1 (\d{1,9}) ([0-9a-f]{64}) ([A-Za-z0-9+/=]+)\s*$/m;

/**
 * @returns null where there is no such line; the value is to be parsed by a schema
 * @throws DamagedResultError where there is one that was cut or changed; StrangeAnswerError where it is no JSON
 */
export function resultIn(stdout: Buffer, server: string): { readonly value: unknown } | null {
  const line = LINE.exec(stdout.toString('latin1'));
  if (line === null) return null;
  const packed = Buffer.from(line[3] ?? '', 'base64');
  if (packed.length !== Number(line[1]) || createHash('sha256').update(packed).digest('hex') !== line[2])
    throw new DamagedResultError(server);
  try {
    return { value: JSON.parse(gunzipSync(packed, { maxOutputLength: MOST_BYTES }).toString('utf8')) as unknown };
  } catch (cause) {
    throw new StrangeAnswerError(`${server} sends a result that cannot be read.`, { cause });
  }
}
