/** One connection to the SMB server: frames come in, are proved, answered, and go out signed or sealed as they came. */
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { FaultyBytes, type FaultRule } from '../../faults.ts';
import { isSealedFrame, isSignedRight, openFrame, preauthWith, sealedSession, sealFrame, signMessage } from './keys.ts';
import { errorBody, flag, replyBytes, requestsIn, type Reply, type Request } from './message.ts';
import { agreedOn, negotiateReply, type Agreed } from './negotiate.ts';
import { answer, titleOf, type SmbRoom } from './requests.ts';
import { Session } from './session.ts';
import { SmbStatus, status, statusNamed } from './status.ts';

const MOST_FRAME_BYTES = 2 * 1024 * 1024;

export class SmbConnection {
  readonly #room: SmbRoom;
  readonly #socket: Socket;
  readonly #sessions = new Map<bigint, Session>();
  #agreed: Agreed | null = null;
  #preauth: Buffer = Buffer.alloc(64);
  /** How many requests the client may send. */
  #credits = 1;
  #asyncs = 0n;
  #received: Buffer = Buffer.alloc(0);

  constructor(room: SmbRoom, socket: Socket) {
    this.#room = room;
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (bytes) => this.#onBytes(bytes));
  }

  get sessions(): readonly Session[] {
    return [...this.#sessions.values()].filter(({ keys }) => keys !== null);
  }

  /** Every user has to sign in again. */
  expire(): void {
    this.#sessions.clear();
  }

  #onBytes(bytes: Buffer): void {
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
    while (this.#received.length >= 4) {
      const length = this.#received.readUInt32BE(0);
      if (length > MOST_FRAME_BYTES) return void this.#socket.destroy();
      if (this.#received.length < 4 + length) return;
      const frame = this.#received.subarray(4, 4 + length);
      this.#received = this.#received.subarray(4 + length);
      this.#onFrame(frame).catch((error: unknown) => {
        this.#room.count(`smb not understood: ${String(error)}`);
        this.#socket.destroy();
      });
    }
  }

  async #onFrame(frame: Buffer): Promise<void> {
    const wasSealed = isSealedFrame(frame);
    let plain = frame;
    if (wasSealed) {
      const keys = this.#sessions.get(sealedSession(frame))?.keys;
      const sealBy = this.#agreed?.sealBy ?? null;
      if (keys === undefined || keys === null || sealBy === null) throw new RangeError('sealed, without keys');
      plain = openFrame(sealBy, keys.hearing, frame);
    }
    let before: Request | null = null;
    let file: bigint | null = null;
    for (const one of requestsIn(plain, wasSealed)) {
      const isRelated = (one.flags & flag.related) !== 0 && before !== null;
      const request: Request =
        isRelated && before !== null ? { ...one, sessionId: before.sessionId, treeId: before.treeId } : one;
      file = await this.#onRequest(request, isRelated ? file : null);
      before = request;
    }
  }

  /** @returns the file that it opened, or was about, for a request that is tied to it */
  async #onRequest(request: Request, tiedTo: bigint | null): Promise<bigint | null> {
    this.#credits -= request.charge;
    if (this.#credits < 0) throw new RangeError('more requests than there were credits');
    const session = this.#sessions.get(request.sessionId) ?? null;
    const title = titleOf(request, session);
    this.#room.count(`smb ${request.command ?? request.number}`);
    const rules = this.#room.faults.match('smb', title);
    let asyncId: bigint | null = null;
    for (const rule of rules) {
      if (rule.kind === 'drop') {
        this.#socket.destroy();
        return null;
      }
      if (rule.kind === 'expire') this.expire();
      if (rule.kind !== 'delay') continue;
      if (rule.faultType === 'STATUS_PENDING') {
        asyncId = ++this.#asyncs;
        await this.#send(request, { status: status.PENDING, body: errorBody() }, asyncId, session, []);
      }
      await wait(rule.delayMs, undefined, { ref: false });
    }
    let reply: Reply;
    let file = tiedTo;
    let signer = session;
    try {
      const error = rules.find(({ kind }) => kind === 'error');
      if (error !== undefined) reply = { status: statusNamed(error.faultType), body: errorBody() };
      else if (request.command === 'NEGOTIATE') {
        this.#negotiate(request);
        return null;
      } else if (request.command === 'SESSION_SETUP') {
        const stepped = this.#signIn(request);
        reply = stepped.reply;
        signer = stepped.session;
      } else {
        const proved = this.#proved(request);
        const answered = await answer(this.#room, request, proved, this.#agreed, tiedTo);
        reply = answered.reply;
        file = answered.file;
        if (request.command === 'LOGOFF') this.#sessions.delete(request.sessionId);
      }
    } catch (error) {
      if (!(error instanceof SmbStatus)) throw error;
      reply = { status: error.code, body: errorBody() };
    }
    await this.#send(request, reply, asyncId, signer, rules);
    return file;
  }

  #negotiate(request: Request): void {
    if (this.#agreed !== null) throw new RangeError('agreed on already');
    let reply: Reply;
    try {
      this.#agreed = agreedOn(request, this.#room.negotiate);
      reply = { status: status.SUCCESS, body: negotiateReply(this.#agreed, this.#room.negotiate) };
    } catch (error) {
      if (!(error instanceof SmbStatus)) throw error;
      reply = { status: error.code, body: errorBody() };
    }
    const bytes = replyBytes(request, reply, this.#lent(request), null);
    this.#preauth = preauthWith(preauthWith(Buffer.alloc(64), request.bytes), bytes);
    this.#write(bytes);
  }

  #signIn(request: Request): { readonly reply: Reply; readonly session: Session | null } {
    const agreed = this.#agreed;
    if (agreed === null) throw new RangeError('nothing was agreed on');
    let session = this.#sessions.get(request.sessionId);
    if (session === undefined) {
      if (request.sessionId !== 0n) throw new SmbStatus('USER_SESSION_DELETED');
      session = new Session(BigInt(randomBytes(6).readUIntBE(0, 6) + 1), this.#room.account, this.#preauth);
      this.#sessions.set(session.id, session);
    }
    try {
      const { body, isDone } = session.step(request, agreed, this.#room.demandsSeal);
      const code = isDone ? status.SUCCESS : status.MORE_PROCESSING_REQUIRED;
      if (isDone) this.#room.count('smb sign-in');
      return { reply: { status: code, body, sessionId: session.id }, session };
    } catch (error) {
      this.#sessions.delete(session.id);
      throw error;
    }
  }

  /** @throws SmbStatus where nobody can have said that, or not like this */
  #proved(request: Request): Session {
    const session = this.#sessions.get(request.sessionId);
    if (session === undefined || session.keys === null) throw new SmbStatus('USER_SESSION_DELETED');
    if (request.wasSealed) return session;
    const isSigned = (request.flags & flag.signed) !== 0;
    const signBy = this.#agreed?.signBy ?? 'cmac';
    if (!isSigned || !isSignedRight(signBy, session.keys.signing, request.bytes)) throw new SmbStatus('ACCESS_DENIED');
    const isSealedShare = session.trees.get(request.treeId)?.isEncrypted === true;
    if (this.#room.demandsSeal || isSealedShare) throw new SmbStatus('ACCESS_DENIED');
    return session;
  }

  async #send(
    request: Request,
    reply: Reply,
    asyncId: bigint | null,
    session: Session | null,
    rules: readonly FaultRule[],
  ): Promise<void> {
    const isInterim = reply.status === status.PENDING;
    const credits = isInterim || asyncId === null ? this.#lent(request) : 0; // an interim reply has lent them already
    const bytes = replyBytes(request, reply, credits, asyncId);
    const keys = session?.keys ?? null;
    const { signBy = 'cmac', sealBy = null } = this.#agreed ?? {};
    if (request.command === 'SESSION_SETUP' && keys === null) session?.noteReply(bytes);
    if (keys !== null && session !== null && request.wasSealed && sealBy !== null) {
      await this.#writeFaulty(sealFrame(sealBy, keys.sending, session.id, bytes), rules);
      return;
    }
    if (keys !== null && !isInterim) signMessage(signBy, keys.signing, bytes);
    await this.#writeFaulty(bytes, rules);
  }

  #lent(request: Request): number {
    const wanted = Math.max(1, request.credits);
    const lent = Math.max(this.#credits === 0 ? 1 : 0, Math.min(wanted, this.#room.mostCredits - this.#credits));
    this.#credits += lent;
    return lent;
  }

  async #writeFaulty(bytes: Buffer, rules: readonly FaultRule[]): Promise<void> {
    const passed = await new FaultyBytes(rules).pass(bytes);
    if (!passed.isCut) this.#write(passed.bytes);
    else this.#socket.end(Buffer.concat([head(bytes.length), passed.bytes]));
  }

  #write(bytes: Uint8Array): void {
    if (this.#socket.destroyed) return;
    this.#socket.cork();
    this.#socket.write(head(bytes.length));
    this.#socket.write(bytes);
    this.#socket.uncork();
  }
}

function head(length: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(length, 0);
  return bytes;
}
