/** A user's session with the SMB server: how it begins ([MS-SMB2] 3.3.5.5), its keys, its shares and open files. */
import { NtlmAcceptor, NtlmRefusal, type NtlmHost } from '../ntlm.ts';
import type { OpenFile } from './files.ts';
import { preauthWith, sessionKeys, type SessionKeys } from './keys.ts';
import { HEAD_BYTES, partOf, type Request } from './message.ts';
import type { Agreed } from './negotiate.ts';
import { challengeReply, doneReply, micOf, readToken } from './spnego.ts';
import { SmbStatus } from './status.ts';

export interface SharePlace {
  readonly name: string;
  /** With a backslash at its end; null is the share for pipes, where there are none. */
  readonly root: string | null;
  readonly isEncrypted: boolean;
}

export class Session {
  readonly id: bigint;
  readonly trees = new Map<number, SharePlace>();
  readonly opens = new Map<bigint, OpenFile>();
  /** Null until the user is known. */
  keys: SessionKeys | null = null;
  readonly #acceptor: NtlmAcceptor;
  #preauth: Buffer;
  #mechanisms: Buffer | null = null;
  #number = 0;

  /** @param preauth over the messages by which it was agreed what to speak */
  constructor(id: bigint, account: NtlmHost, preauth: Buffer) {
    this.id = id;
    this.#acceptor = new NtlmAcceptor(account);
    this.#preauth = preauth;
  }

  get nextNumber(): number {
    return ++this.#number;
  }

  /**
   * One step of the sign-in.
   * @returns the body of the reply, and whether the user is known now
   * @throws SmbStatus where it is somebody else
   */
  step(request: Request, agreed: Agreed, demandsSeal: boolean): { readonly body: Buffer; readonly isDone: boolean } {
    const { bytes } = request;
    this.#preauth = preauthWith(this.#preauth, bytes);
    try {
      const token = readToken(partOf(bytes, bytes.readUInt16LE(HEAD_BYTES + 12), bytes.readUInt16LE(HEAD_BYTES + 14)));
      if (token.token.readUInt32LE(8) === 1) {
        this.#mechanisms = token.mechanisms;
        return { body: setupBody(challengeReply(this.#acceptor.challenge(token.token)), 0), isDone: false };
      }
      const { sessionKey } = this.#acceptor.accept(token.token, null);
      const mechanisms = this.#mechanisms;
      if (token.mic !== null && mechanisms !== null) {
        if (!micOf(sessionKey, 'client-to-server', mechanisms).equals(token.mic)) throw new NtlmRefusal('another list');
      }
      const mic = token.mic === null || mechanisms === null ? null : micOf(sessionKey, 'server-to-client', mechanisms);
      this.keys = sessionKeys(agreed.dialect, sessionKey, this.#preauth);
      return { body: setupBody(doneReply(mic), demandsSeal ? 4 : 0), isDone: true };
    } catch (error) {
      if (error instanceof NtlmRefusal || error instanceof RangeError) throw new SmbStatus('LOGON_FAILURE');
      throw error;
    }
  }

  /** Of the reply that says that more is to come. */
  noteReply(bytes: Buffer): void {
    this.#preauth = preauthWith(this.#preauth, bytes);
  }
}

function setupBody(token: Buffer, flags: number): Buffer {
  const body = Buffer.alloc(8);
  body.writeUInt16LE(9, 0);
  body.writeUInt16LE(flags, 2);
  body.writeUInt16LE(HEAD_BYTES + 8, 4);
  body.writeUInt16LE(token.length, 6);
  return Buffer.concat([body, token]);
}
