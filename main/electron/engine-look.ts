/** One look at a Guts elsewhere: whether it answers, whether the token is good, and whether both understand each other. */
import { version } from '../../package.json';
import { API_CONTRACT, fitOf, SpokenContract, type Fit } from '../shared/api-contract.ts';
import { ApiClient, type Fetch } from '../shared/client/client.ts';
import { UntrustedServerError } from '../shared/client/client-errors.ts';
import type { EngineFacts } from '../shared/engines.ts';
import { GutsError, toErrorInfo } from '../shared/errors.ts';

export interface LookedAt {
  readonly name: string;
  readonly url: string;
  readonly token: string;
  readonly patienceMs?: number;
}

/** Longer than a good network needs, shorter than somebody waits. */
export const LOOK_PATIENCE_MS = 10_000;

const own: SpokenContract = { version, contract: API_CONTRACT };

export class UntrustedEngineError extends GutsError {
  readonly code = 'engine.untrusted';
  readonly remedy =
    'Compare its fingerprint with what its administrator says and trust exactly that one, or give the file of the authority that signed it.';
}

/** An engine that will not answer before somebody has done something about it. */
const REFUSED = /^(engine\.(too-old|too-new|untrusted|no-token)|access\.|api\.wrong-host|vault\.)/;

export function isRefusal(error: unknown): boolean {
  const { code, retryable } = toErrorInfo(error);
  return REFUSED.test(code) && !retryable;
}

/**
 * @param fetch that trusts the engine as it was said
 * @throws TooOldEngineError, TooNewEngineError, UntrustedEngineError, and what a client of REST throws
 */
export async function lookAtEngine(
  fetch: Fetch,
  { name, url, token, patienceMs = LOOK_PATIENCE_MS }: LookedAt,
  signal: AbortSignal,
): Promise<EngineFacts> {
  let fit: Fit = 'same';
  // Before all of its answer is understood: of another contract it may be different.
  const hearing: Fetch = async (request) => {
    const response = await fetch(request);
    if (!response.ok) return response;
    const spoken = SpokenContract.safeParse(
      await response
        .clone()
        .json()
        .catch(() => null),
    );
    if (spoken.success) fit = fitOf(`“${name}”`, spoken.data, own);
    return response;
  };
  const client = new ApiClient(hearing, { baseUrl: url, token, timeoutMs: patienceMs });
  try {
    const session = await client.call('session.show', {}, signal);
    return { version: session.version, fit, caller: session.caller };
  } catch (error) {
    if (error instanceof UntrustedServerError) throw new UntrustedEngineError(error.message, { cause: error });
    throw error;
  }
}
