/** Signs in by NTLM inside of SPNEGO: three tokens, as a server of SMB wants them. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { type Account } from '../ntlm/keys.ts';
import { authenticateMessage, negotiateMessage, parsedChallenge } from '../ntlm/messages.ts';
import { SpnegoMicError, SpnegoTokenError } from './errors.ts';
import { micOf } from './mic.ts';
import { initToken, mechanismList, negState, parsedResponse, responseToken } from './tokens.ts';

/** One sign-in: `first`, `answer`, `finish`, each once and in that order. */
export class NtlmSignIn {
  readonly #account: Account;
  readonly #targetName: string;
  readonly #negotiate = negotiateMessage();
  /** 16 bytes, from which the session's keys are derived. Known to the server when it has taken the answer. */
  readonly sessionKey = randomBytes(16);

  /** @param targetName `cifs/host` */
  constructor(account: Account, targetName: string) {
    this.#account = account;
    this.#targetName = targetName;
  }

  first(): Buffer {
    return initToken(this.#negotiate);
  }

  /** @throws SpnegoTokenError, NtlmMessageError, NtlmWeakError */
  answer(challengeToken: Buffer): Buffer {
    const { state, token } = parsedResponse(challengeToken);
    if (token === null || state === negState.completed || state === negState.rejected)
      throw new SpnegoTokenError('it ends before the sign-in began');
    const { message } = authenticateMessage({
      account: this.#account,
      negotiate: this.#negotiate,
      challenge: parsedChallenge(token),
      channelBindings: null,
      targetName: this.#targetName,
      clientChallenge: randomBytes(8),
      sessionKey: this.sessionKey,
      nowMs: Date.now(),
    });
    return responseToken(message, micOf(this.sessionKey, 'client-to-server', mechanismList));
  }

  /**
   * The server's last token. Its signature may be missing, where the server took the first mechanism of the list
   * (RFC 4178, 5): the session's own signature stands for it then.
   * @throws SpnegoTokenError, SpnegoMicError
   */
  finish(lastToken: Buffer): void {
    const { state, mic } = parsedResponse(lastToken);
    if (state !== negState.completed) throw new SpnegoTokenError('it does not end the sign-in');
    if (mic === null) return;
    const right = micOf(this.sessionKey, 'server-to-client', mechanismList);
    if (mic.length !== right.length || !timingSafeEqual(mic, right)) throw new SpnegoMicError();
  }
}
