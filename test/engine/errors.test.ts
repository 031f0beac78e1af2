/** What becomes of an error that another one covers: the operator hears of the first. */
import { expect, test } from 'vitest';
import { firstOf, RemoteError, toErrorInfo } from '../../main/shared/errors.ts';

const refused = new RemoteError({ code: 'cloud.refused', message: 'No.', remedy: 'Ask again.', retryable: true });

test('the failure itself is told, and not what went wrong while things were closed after it', async () => {
  async function fails(): Promise<void> {
    await using _outer = { [Symbol.asyncDispose]: async () => await Promise.reject(new Error('closing failed')) };
    await using _inner = { [Symbol.asyncDispose]: async () => await Promise.reject(new Error('closing failed, too')) };
    throw refused;
  }

  const error: unknown = await fails().catch((thrown: unknown) => thrown);

  expect(error).not.toBe(refused);
  expect(firstOf(error)).toBe(refused);
  expect(toErrorInfo(error)).toEqual({ code: 'cloud.refused', message: 'No.', remedy: 'Ask again.', retryable: true });
});
