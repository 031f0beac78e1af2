/** A message's signature ([MS-SMB2] 3.1.4.1), and whether it is right. */
import { createCipheriv, createHmac, timingSafeEqual } from 'node:crypto';
import { aesCmac } from './cmac.ts';
import { HEADER_BYTES, SIGNATURE_AT, SIGNATURE_BYTES } from './header.ts';

export type SigningAlgorithm = 'hmac-sha256' | 'aes-cmac' | 'aes-gmac';
export type Sender = 'client' | 'server';

/** Of a whole message, as if its signature were zeros. @returns 16 bytes */
export function signatureOf(algorithm: SigningAlgorithm, key: Buffer, message: Buffer, sender: Sender): Buffer {
  const head = Buffer.from(message.subarray(0, HEADER_BYTES));
  head.fill(0, SIGNATURE_AT, SIGNATURE_AT + SIGNATURE_BYTES);
  const body = message.subarray(HEADER_BYTES);
  switch (algorithm) {
    case 'hmac-sha256':
      return createHmac('sha256', key).update(head).update(body).digest().subarray(0, SIGNATURE_BYTES);
    case 'aes-cmac':
      return aesCmac(key, head, body);
    case 'aes-gmac': {
      const nonce = Buffer.alloc(12);
      nonce.set(head.subarray(24, 32)); // the message's id
      nonce[8] = sender === 'server' ? 1 : 0;
      const cipher = createCipheriv('aes-128-gcm', key, nonce).setAAD(head).setAAD(body);
      cipher.final();
      return cipher.getAuthTag();
    }
  }
}

export function sign(algorithm: SigningAlgorithm, key: Buffer, message: Buffer): void {
  message.set(signatureOf(algorithm, key, message, 'client'), SIGNATURE_AT);
}

export function isSignedRight(algorithm: SigningAlgorithm, key: Buffer, message: Buffer): boolean {
  const signature = message.subarray(SIGNATURE_AT, SIGNATURE_AT + SIGNATURE_BYTES);
  return timingSafeEqual(signature, signatureOf(algorithm, key, message, 'server'));
}
