/** A small SMB server on loopback that serves one file, and misbehaves as a story wants it to. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import * as net from 'node:net';
import { hmacMd5, responseKey, type Account } from '../../worker/sources/hyperv/ntlm/keys.ts';
import { Rc4 } from '../../worker/sources/hyperv/ntlm/rc4.ts';
import { Preauth, sessionKeys } from '../../worker/sources/hyperv/smb/keys.ts';
import { cipherKeyBytes, dialects, type Dialect } from '../../worker/sources/hyperv/smb/negotiate.ts';
import { fsctl, spanBytes } from '../../worker/sources/hyperv/smb/requests.ts';
import { isSealed, Sealer } from '../../worker/sources/hyperv/smb/sealing.ts';
import { signatureOf, type SigningAlgorithm } from '../../worker/sources/hyperv/smb/signing.ts';
import { micOf } from '../../worker/sources/hyperv/spnego/mic.ts';
import { mechanismList, parsedResponse } from '../../worker/sources/hyperv/spnego/tokens.ts';
import {
  answerToken,
  challenge,
  createReply,
  errorReply,
  ioctlReply,
  mechanisms,
  negotiateReply,
  readReply,
  reply,
  setupReply,
  treeReply,
  type NegotiateOptions,
} from './smb-messages.ts';

export const command = { negotiate: 0, setup: 1, logoff: 2, tree: 3, create: 5, close: 6, read: 8, ioctl: 11 } as const;
const SESSION = 0x77n;

/** A reply on its way out, before it is signed. */
export interface Outgoing {
  readonly command: number;
  readonly messageId: number;
  /** How many replies of this command there were before, over all connections. */
  readonly count: number;
  readonly connection: number;
  status: number;
  body: Buffer;
  credits: number;
  isSigned: boolean;
  sessionId: bigint;
}

export interface SmbServerOptions {
  readonly account: Account;
  readonly content: Buffer;
  readonly dialect?: Dialect;
  readonly negotiate?: NegotiateOptions;
  readonly setupFlags?: number;
  readonly treeFlags?: number;
  /** Changes a reply before it is signed. */
  readonly change?: (outgoing: Outgoing) => void;
  /** What is sent instead of a reply as it is sent, each with its length before it; `cut` ends the connection. */
  readonly send?: (frame: Buffer, outgoing: Outgoing) => readonly Buffer[] | 'cut';
}

export class SmbServer implements AsyncDisposable {
  readonly #options: SmbServerOptions;
  readonly #server: net.Server;
  readonly #sockets = new Set<net.Socket>();
  readonly #counts = new Map<number, number>();
  connections = 0;
  /** The file, as it is now. */
  content: Buffer;
  writtenAt = 4711;
  /** What was asked for, by command. */
  readonly asked: number[] = [];
  /** The highest id that a client used beyond what it was lent; none should. */
  overdrawn = 0;

  private constructor(options: SmbServerOptions) {
    this.#options = options;
    this.content = options.content;
    this.#server = net.createServer((socket) => {
      this.connections += 1;
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => {});
      const client = new Client(this, this.#options, socket, this.connections);
      socket.on('data', (bytes: Buffer) => client.take(bytes));
    });
  }

  static async open(options: SmbServerOptions): Promise<SmbServer> {
    const server = new SmbServer(options);
    await once(server.#server.listen(0, '127.0.0.1'), 'listening');
    return server;
  }

  get port(): number {
    return (this.#server.address() as net.AddressInfo).port; // it listens on TCP
  }

  countOf(one: number): number {
    const count = this.#counts.get(one) ?? 0;
    this.#counts.set(one, count + 1);
    return count;
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await once(this.#server.close(), 'close');
  }
}

/** One connection. */
class Client {
  readonly #server: SmbServer;
  readonly #options: SmbServerOptions;
  readonly #socket: net.Socket;
  readonly #connection: number;
  readonly #preauth = new Preauth();
  readonly #challenge = randomBytes(8);
  #received = Buffer.alloc(0);
  #sealer: Sealer | null = null;
  #signing: { readonly algorithm: SigningAlgorithm; readonly key: Buffer } | null = null;
  #setups = 0;
  /** Up to which id the client may go. */
  #lentTo = 1;

  constructor(server: SmbServer, options: SmbServerOptions, socket: net.Socket, connection: number) {
    this.#server = server;
    this.#options = options;
    this.#socket = socket;
    this.#connection = connection;
  }

  take(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    while (this.#received.length >= 4 && this.#received.length >= 4 + this.#received.readUInt32BE(0)) {
      const end = 4 + this.#received.readUInt32BE(0);
      const frame = this.#received.subarray(4, end);
      this.#received = this.#received.subarray(end);
      this.#hear(frame);
    }
  }

  get #dialect(): Dialect {
    return this.#options.dialect ?? '3.1.1';
  }

  #hear(frame: Buffer): void {
    const sealer = isSealed(frame) ? this.#sealer : null;
    const request = sealer?.open(frame) ?? frame;
    const what = request.readUInt16LE(12);
    const messageId = Number(request.readBigUInt64LE(24));
    this.#server.asked.push(what);
    const end = messageId + Math.max(1, request.readUInt16LE(6));
    if (end > this.#lentTo) this.#server.overdrawn = Math.max(this.#server.overdrawn, end);
    if (what <= command.setup) this.#preauth.add(request);
    const outgoing: Outgoing = {
      command: what,
      messageId,
      count: this.#server.countOf(what),
      connection: this.#connection,
      status: 0,
      body: Buffer.alloc(0),
      credits: request.readUInt16LE(14),
      isSigned: this.#signing !== null,
      sessionId: what === command.negotiate ? 0n : SESSION,
    };
    this.#answer(outgoing, request.subarray(64));
    this.#options.change?.(outgoing);
    this.#lentTo += outgoing.credits;
    const { status, body, credits, sessionId, isSigned } = outgoing;
    const bytes = reply({ command: what, messageId, status, body, credits, sessionId, treeId: 3, isSigned });
    const isFirstLeg = what === command.negotiate || (what === command.setup && this.#setups === 1);
    if (isFirstLeg) this.#preauth.add(bytes);
    if (isSigned && this.#signing !== null && sealer === null)
      bytes.set(signatureOf(this.#signing.algorithm, this.#signing.key, bytes, 'server'), 48);
    const out = sealer?.seal(bytes) ?? bytes;
    const frames = this.#options.send?.(out, outgoing) ?? [framed(out)];
    if (frames === 'cut') this.#socket.destroy();
    else for (const one of frames) this.#socket.write(one);
  }

  #answer(outgoing: Outgoing, body: Buffer): void {
    const { content, writtenAt } = this.#server;
    switch (outgoing.command) {
      case command.negotiate:
        outgoing.body = negotiateReply({ dialect: dialects[this.#dialect], ...this.#options.negotiate });
        return;
      case command.setup:
        this.#setUp(outgoing, body);
        return;
      case command.tree:
        outgoing.body = treeReply(this.#options.treeFlags);
        return;
      case command.create:
        outgoing.body = createReply({ sizeBytes: content.length, writtenAt });
        return;
      case command.read: {
        const at = Number(body.readBigUInt64LE(8));
        outgoing.body = readReply(content.subarray(at, at + body.readUInt32LE(4)));
        return;
      }
      case command.ioctl: {
        const code = body.readUInt32LE(4);
        const { capabilities = 0x44, guid = Buffer.alloc(16, 7) } = this.#options.negotiate ?? {};
        const terms = Buffer.alloc(24);
        terms.writeUInt32LE(capabilities, 0);
        terms.set(guid, 4);
        terms.writeUInt16LE(3, 20);
        terms.writeUInt16LE(dialects[this.#dialect], 22);
        const span = spanBytes({ offset: 0, length: content.length });
        outgoing.body = ioctlReply(code, code === fsctl.validateNegotiate ? terms : span);
        return;
      }
      default:
        outgoing.body = errorReply();
    }
  }

  #setUp(outgoing: Outgoing, body: Buffer): void {
    this.#setups += 1;
    const at = body.readUInt16LE(12) - 64;
    const token = body.subarray(at, at + body.readUInt16LE(14));
    if (this.#setups === 1) {
      outgoing.status = 0xc0000016;
      outgoing.body = setupReply(
        0,
        answerToken({ state: 1, mechanism: mechanisms.ntlm, token: challenge(this.#challenge) }),
      );
      return;
    }
    const sessionKey = this.#sessionKeyOf(parsedResponse(token).token ?? Buffer.alloc(0));
    const mic = micOf(sessionKey, 'server-to-client', mechanismList);
    outgoing.body = setupReply(this.#options.setupFlags ?? 0, answerToken({ state: 0, mic }));
    const newestCipher = this.#options.negotiate?.cipher === 4 ? 'aes-256-gcm' : 'aes-128-gcm';
    const cipher = this.#dialect === '3.1.1' ? newestCipher : 'aes-128-ccm';
    const { signing, sealing } = sessionKeys(sessionKey, this.#dialect, this.#preauth.hash, cipherKeyBytes(cipher));
    const newest = (this.#options.negotiate?.signing ?? 2) === 2 ? 'aes-gmac' : 'aes-cmac';
    const older = this.#dialect === '2.1' ? 'hmac-sha256' : 'aes-cmac';
    this.#signing = { algorithm: this.#dialect === '3.1.1' ? newest : older, key: signing };
    if (sealing !== null)
      this.#sealer = new Sealer({
        cipher,
        toServer: sealing.fromServer,
        fromServer: sealing.toServer,
        sessionId: SESSION,
      });
    outgoing.isSigned = true;
  }

  /** As the server reckons it from the proof; a wrong password gives another one. */
  #sessionKeyOf(message: Buffer): Buffer {
    const field = (at: number): Buffer => {
      const from = message.readUInt32LE(at + 4);
      return message.subarray(from, from + message.readUInt16LE(at));
    };
    const proof = field(20).subarray(0, 16);
    return new Rc4(hmacMd5(responseKey(this.#options.account), proof)).apply(field(52));
  }
}

export function framed(message: Uint8Array, length = message.length): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(length, 0);
  return Buffer.concat([head, message]);
}
