/** NTLM's signature of the list of mechanisms ([MS-SPNG] 3.3.5.1): made with fresh keys, whose cipher starts anew afterwards. */
import { hmacMd5, sealingKey, signingKey, type Direction } from '../ntlm/keys.ts';
import { Rc4 } from '../ntlm/rc4.ts';

/** @returns 16 bytes; the first that this side signs */
export function micOf(sessionKey: Buffer, direction: Direction, message: Uint8Array): Buffer {
  const sequence = Buffer.alloc(4);
  const checksum = hmacMd5(signingKey(sessionKey, direction), sequence, message).subarray(0, 8);
  const version = Buffer.from([1, 0, 0, 0]);
  return Buffer.concat([version, new Rc4(sealingKey(sessionKey, direction)).apply(checksum), sequence]);
}
