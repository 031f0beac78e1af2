/** One connection to an SMB server: requests go as its credits allow, each reply is proved before anything of it is used. */
import { randomBytes } from 'node:crypto';
import { ConnectionLostError } from '../../../net/errors.ts';
import { chargeOf, Credits } from './credits.ts';
import { SmbMessageError, SmbSignatureError, SmbTooOldError } from './errors.ts';
import { command, HEADER_BYTES, message, parsedHeader, type Command, type ReplyHeader } from './header.ts';
import { Preauth } from './keys.ts';
import { allDialects, negotiateBody, parsedTerms, type Dialect, type Offer, type Terms } from './negotiate.ts';
import { isSealed, type Sealer } from './sealing.ts';
import { isSignedRight, sign, type SigningAlgorithm } from './signing.ts';
import { isLost, status, statusText } from './status.ts';
import { Wire } from './wire.ts';

/** Besides the bytes that are read: heads, and answers of other kinds. */
const SPARE_BYTES = 80 * 1024;

export interface SmbAddress {
  readonly host: string;
  readonly port: number;
}

export interface ConnectionOptions {
  /** What is offered; all that there are where it is not said. */
  readonly dialects?: readonly Dialect[];
  /** The most that a read asks for at once. */
  readonly pieceBytes: number;
  readonly idleMs?: number;
}

/** What proves a session's messages. */
export interface Guard {
  readonly sessionId: bigint;
  readonly signing: SigningAlgorithm;
  readonly signingKey: Buffer;
  readonly sealer: Sealer | null;
}

export interface Request {
  readonly command: Command;
  readonly body: Buffer;
  readonly treeId?: number;
  readonly sessionId?: bigint;
  /** Encrypted, and so must its reply be. */
  readonly isSealed?: boolean;
  /** The reply's longest part, which costs credits. */
  readonly replyBytes?: number;
  /** For a sign-in, which proves its replies itself. */
  readonly isUnproved?: boolean;
  /**
   * Takes the reply where it arrived: `reply` is good until it returns, and what it throws is the connection's end.
   * Never called after `signal` has aborted.
   */
  readonly take?: (reply: Buffer, header: ReplyHeader) => void;
}

export interface Reply {
  readonly header: ReplyHeader;
  /** All of it, head included; empty where the request took it itself. */
  readonly bytes: Buffer;
}

interface Pending {
  readonly request: Request;
  isAbandoned: boolean;
  resolve(reply: Reply): void;
  reject(reason: unknown): void;
}

/** One session at a time. Besides its wire's buffer it holds the requests under way, and a message while it is decrypted. */
export class SmbConnection implements Disposable {
  readonly name: string;
  readonly offer: Offer;
  readonly preauth = new Preauth();
  /** Aborted with the reason when the connection is over. */
  readonly over: AbortSignal;
  readonly #over = new AbortController();
  readonly #pending = new Map<number, Pending>();
  readonly #credits = new Credits();
  #wire: Wire | null = null;
  #terms: Terms | null = null;
  #guard: Guard | null = null;

  private constructor(address: SmbAddress, options: ConnectionOptions) {
    this.name = address.port === 445 ? address.host : `${address.host}:${address.port}`;
    this.offer = {
      dialects: options.dialects ?? allDialects,
      clientGuid: randomBytes(16),
      salt: randomBytes(32),
    };
    this.over = this.#over.signal;
  }

  /** Connects, and agrees on what to speak. @throws UnreachableError, SmbTooOldError, SmbMessageError … */
  static async open(address: SmbAddress, options: ConnectionOptions, signal: AbortSignal): Promise<SmbConnection> {
    const connection = new SmbConnection(address, options);
    connection.#wire = await Wire.open(
      {
        ...address,
        mostBytes: options.pieceBytes + SPARE_BYTES,
        ...(options.idleMs === undefined ? {} : { idleMs: options.idleMs }),
        onMessage: (bytes) => connection.#onMessage(bytes),
        onEnd: (reason) => connection.#onEnd(reason),
        isWaiting: () => connection.#pending.size > 0,
      },
      signal,
    );
    try {
      await connection.#negotiate(signal);
      return connection;
    } catch (error) {
      connection.end(error);
      throw error;
    }
  }

  get terms(): Terms {
    if (this.#terms === null) throw new Error('Nothing was agreed on yet.');
    return this.#terms;
  }

  /** From here on all requests are signed or sealed, and all replies proved. */
  protect(guard: Guard): void {
    this.#guard = guard;
  }

  get sessionId(): bigint {
    return this.#guard?.sessionId ?? 0n;
  }

  /** How much a reply may have in it right now; 0 while others use all that there is. */
  get payableBytes(): number {
    return this.#credits.payableBytes;
  }

  /** Whether replies will come that may bring credits. */
  get isBusy(): boolean {
    return this.#pending.size > 0;
  }

  /** Resolves when a credit may have come, or the connection is over. */
  async moreCredits(): Promise<void> {
    if (!this.over.aborted) await this.#credits.more();
  }

  /** @throws ConnectionLostError, SmbMessageError, SmbSignatureError; the signal's reason */
  async request(request: Request, signal?: AbortSignal): Promise<Reply> {
    const charge = chargeOf(request.replyBytes);
    let taken: ReturnType<Credits['take']> = null;
    for (;;) {
      signal?.throwIfAborted();
      this.over.throwIfAborted();
      taken = this.#credits.take(charge);
      if (taken !== null) break;
      if (!this.isBusy) throw new SmbMessageError('it lends too few credits to go on');
      await this.moreCredits();
    }
    const { messageId, askFor } = taken;
    return await new Promise<Reply>((resolve, reject) => {
      const onAbort = (): void => {
        pending.isAbandoned = true; // its reply still comes, and goes nowhere
        reject(signal?.reason);
      };
      const done = (): void => signal?.removeEventListener('abort', onAbort);
      const pending: Pending = {
        request,
        isAbandoned: false,
        resolve: (reply) => (done(), resolve(reply)),
        reject: (reason) => (done(), reject(reason)),
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#pending.set(messageId, pending);
      this.#send(request, messageId, charge, askFor);
    });
  }

  #send(request: Request, messageId: number, creditCharge: number, creditRequest: number): void {
    const guard = request.isUnproved === true ? null : this.#guard;
    const sealer = request.isSealed === true ? (guard?.sealer ?? null) : null;
    if (request.isSealed === true && sealer === null) throw new Error('There is nothing yet to seal with.');
    const bytes = message(
      {
        command: request.command,
        creditCharge,
        creditRequest,
        messageId,
        treeId: request.treeId ?? 0,
        sessionId: request.sessionId ?? this.sessionId,
        isSigned: guard !== null && sealer === null,
      },
      request.body,
    );
    if (request.command === command.negotiate || request.command === command.sessionSetup) this.preauth.add(bytes);
    if (sealer !== null) {
      this.#wire?.send(sealer.seal(bytes));
      return;
    }
    if (guard !== null) sign(guard.signing, guard.signingKey, bytes);
    this.#wire?.send(bytes);
  }

  #onMessage(frame: Buffer): void {
    if (frame[0] === 0xff) throw new SmbTooOldError(this.name);
    const wasSealed = isSealed(frame);
    const sealer = this.#guard?.sealer ?? null;
    if (wasSealed && sealer === null) throw new SmbMessageError('it is sealed before that was agreed on');
    const bytes = wasSealed && sealer !== null ? sealer.open(frame) : frame;
    const header = parsedHeader(bytes);
    const pending = this.#pending.get(header.messageId);
    if (pending === undefined) throw new SmbMessageError('it answers nothing that was asked');
    const { request } = pending;
    if (header.command !== request.command) throw new SmbMessageError('it answers another thing than was asked');
    const isInterim = header.status === status.pending;
    this.#mustBeProved(bytes, header, request, wasSealed, isInterim);
    if (isInterim) {
      if (!header.isAsync) throw new SmbMessageError('it asks to wait, and does not say for what');
      this.#credits.give(header.credits, 0);
      return;
    }
    this.#pending.delete(header.messageId);
    settle(pending, bytes, header);
    this.#credits.give(header.credits, chargeOf(request.replyBytes));
  }

  /** Answers that only ask to wait are not signed ([MS-SMB2] 3.3.4.1.1), and nothing but credits is taken from them. */
  #mustBeProved(bytes: Buffer, header: ReplyHeader, request: Request, wasSealed: boolean, isInterim: boolean): void {
    const guard = this.#guard;
    if (guard === null || request.isUnproved === true) return;
    if (header.sessionId !== guard.sessionId && !(isInterim && !wasSealed))
      throw new SmbMessageError('it is of another session');
    if (wasSealed) return;
    if (header.isSigned && request.isSealed !== true) {
      if (isSignedRight(guard.signing, guard.signingKey, bytes)) return;
      throw new SmbSignatureError('its signature is wrong');
    }
    if (isInterim && request.isSealed !== true) return;
    // A server that has forgotten the session has no key to sign that with. Whoever forges this wins as much as by cutting the line.
    if (isLost(header.status))
      throw new ConnectionLostError(`${this.name} has given the session up (${statusText(header.status)}).`);
    throw new SmbSignatureError(request.isSealed === true ? 'it is not encrypted' : 'it is not signed');
  }

  async #negotiate(signal: AbortSignal): Promise<void> {
    const { header, bytes } = await this.request(
      { command: command.negotiate, body: negotiateBody(this.offer) },
      signal,
    );
    if (header.status === status.notSupported) throw new SmbTooOldError(this.name);
    if (header.status !== status.success)
      throw new SmbMessageError(`it does not agree on anything (${statusText(header.status)})`);
    if (bytes.length >= HEADER_BYTES + 6 && bytes.readUInt16LE(HEADER_BYTES + 4) < 0x0210)
      throw new SmbTooOldError(this.name);
    this.preauth.add(bytes);
    this.#terms = parsedTerms(bytes, this.offer);
  }

  /** Breaks it off. */
  end(reason: unknown): void {
    this.#wire?.end(reason);
  }

  #onEnd(reason: unknown): void {
    this.#over.abort(reason);
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const one of pending) one.reject(reason);
    this.#credits.wake();
  }

  [Symbol.dispose](): void {
    this.#wire?.[Symbol.dispose]();
  }
}

function settle(pending: Pending, bytes: Buffer, header: ReplyHeader): void {
  if (pending.isAbandoned) return;
  const { take } = pending.request;
  if (take === undefined) {
    pending.resolve({ header, bytes: Buffer.from(bytes) });
    return;
  }
  try {
    take(bytes, header);
  } catch (error) {
    pending.reject(error);
    throw error;
  }
  pending.resolve({ header, bytes: Buffer.alloc(0) });
}
