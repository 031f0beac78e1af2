/** A signed-in connection with the shares that are connected on it; when it breaks, all that was opened through it is gone. */
import { ConnectionLostError } from '../../../net/errors.ts';
import type { Account } from '../ntlm/keys.ts';
import { SmbConnection, type ConnectionOptions, type Reply, type Request, type SmbAddress } from './connection.ts';
import { SmbCannotEncryptError, SmbDowngradeError, SmbMessageError, SmbRefusedError } from './errors.ts';
import { command, treeIdOf } from './header.ts';
import { CAPABILITIES, dialects, SECURITY_MODE } from './negotiate.ts';
import { emptyBody, fsctl, ioctlBody, NO_FILE, parsedIoctl, parsedTree, treeConnectBody } from './requests.ts';
import { signIn } from './sign-in.ts';
import { isLost, status, statusText } from './status.ts';

/** How long saying good-bye may take. */
const LOGOFF_MS = 2000;
const VALIDATE_REPLY_BYTES = 24;
/** What servers that do not know the question answer; they speak no SMB 3. */
const unknownQuestion: ReadonlySet<number> = new Set([
  status.invalidDeviceRequest,
  status.notSupported,
  status.fileClosed,
  status.invalidParameter,
]);

/** `whereOffered` encrypts all that a host can encrypt; what it can is proved against whoever would talk it down. */
export type Encrypt = 'whereDemanded' | 'whereOffered' | 'always';

export interface LinkOptions extends ConnectionOptions {
  readonly account: Account;
  readonly encrypt: Encrypt;
}

export interface Tree {
  readonly id: number;
  readonly isSealed: boolean;
}

export class Link implements AsyncDisposable {
  readonly connection: SmbConnection;
  readonly #host: string;
  readonly #isSealed: boolean;
  readonly #trees = new Map<string, Promise<Tree>>();
  #validated: Promise<void> | null = null;

  private constructor(connection: SmbConnection, host: string, isSealed: boolean) {
    this.connection = connection;
    this.#host = host;
    this.#isSealed = isSealed;
  }

  /** @throws UnreachableError, HostLoginRefusedError, SmbRefusedError, SmbCannotEncryptError … */
  static async open(address: SmbAddress, options: LinkOptions, signal: AbortSignal): Promise<Link> {
    const connection = await SmbConnection.open(address, options, signal);
    try {
      const { dialect, cipher } = connection.terms;
      const isWanted = options.encrypt === 'always' || (options.encrypt === 'whereOffered' && cipher !== null);
      if (isWanted && cipher === null) throw new SmbCannotEncryptError(connection.name, 'It is wished', dialect);
      const isDemanded = await signIn(
        connection,
        { account: options.account, targetName: `cifs/${address.host}` },
        signal,
      );
      return new Link(connection, address.host, isWanted || isDemanded);
    } catch (error) {
      connection.end(error);
      throw error;
    }
  }

  get isOver(): boolean {
    return this.connection.over.aborted;
  }

  /** A share, connected once. @throws SmbRefusedError, SmbCannotEncryptError, SmbDowngradeError */
  async tree(share: string): Promise<Tree> {
    const key = share.toLowerCase();
    const known = this.#trees.get(key);
    if (known !== undefined) return await known;
    const tree = this.#connect(share);
    this.#trees.set(key, tree);
    tree.catch(() => this.#trees.delete(key));
    return await tree;
  }

  /** @throws SmbRefusedError with `what`; ConnectionLostError where the session is gone, which ends the link */
  async ask(what: string, request: Request, signal?: AbortSignal, fine: readonly number[] = []): Promise<Reply> {
    const reply = await this.connection.request(request, signal);
    this.#mustBeFine(what, reply.header.status, fine);
    return reply;
  }

  #mustBeFine(what: string, code: number, fine: readonly number[]): void {
    if (code === status.success || fine.includes(code)) return;
    if (!isLost(code)) throw new SmbRefusedError(what, code);
    const lost = new ConnectionLostError(`${this.connection.name} has given the session up (${statusText(code)}).`);
    this.connection.end(lost);
    throw lost;
  }

  async #connect(share: string): Promise<Tree> {
    const unc = `\\\\${this.#host}\\${share}`;
    const request = { command: command.treeConnect, body: treeConnectBody(unc), isSealed: this.#isSealed };
    const { bytes, header } = await this.ask(unc, request);
    if (header.isAsync) throw new SmbMessageError('it connects a share without its number');
    const { isDisk, isSealed } = parsedTree(bytes);
    if (!isDisk) throw new SmbMessageError(`“${unc}” is no share of files`);
    const { terms, name } = this.connection;
    if (isSealed && terms.cipher === null)
      throw new SmbCannotEncryptError(name, `The share “${unc}” demands`, terms.dialect);
    const tree = { id: treeIdOf(bytes), isSealed: this.#isSealed || isSealed };
    this.#validated ??= this.#validate(tree).catch((error: unknown) => {
      this.connection.end(error); // nothing more is said to whoever that is
      throw error;
    });
    await this.#validated;
    return tree;
  }

  /** Asks, signed, whether the server heard what we offered, and said what we heard ([MS-SMB2] 3.2.5.5); 3.1.1 hashes it instead. */
  async #validate(tree: Tree): Promise<void> {
    const { terms, offer, name } = this.connection;
    if (terms.dialect === '3.1.1') return;
    const asked = Buffer.alloc(24 + offer.dialects.length * 2);
    asked.writeUInt32LE(CAPABILITIES, 0);
    asked.set(offer.clientGuid, 4);
    asked.writeUInt16LE(SECURITY_MODE, 20);
    asked.writeUInt16LE(offer.dialects.length, 22);
    for (const [i, dialect] of offer.dialects.entries()) asked.writeUInt16LE(dialects[dialect], 24 + i * 2);
    const { header, bytes } = await this.connection.request({
      command: command.ioctl,
      body: ioctlBody(fsctl.validateNegotiate, NO_FILE, asked, VALIDATE_REPLY_BYTES),
      treeId: tree.id,
      isSealed: tree.isSealed,
    });
    if (terms.dialect === '2.1' && unknownQuestion.has(header.status)) return;
    if (header.status !== status.success)
      throw new SmbDowngradeError(name, `the host does not confirm it (${statusText(header.status)})`);
    const said = parsedIoctl(bytes, fsctl.validateNegotiate, VALIDATE_REPLY_BYTES);
    const right = Buffer.alloc(VALIDATE_REPLY_BYTES);
    right.writeUInt32LE(terms.capabilities, 0);
    right.set(terms.serverGuid, 4);
    right.writeUInt16LE(terms.securityMode, 20);
    right.writeUInt16LE(dialects[terms.dialect], 22);
    if (!said.equals(right)) throw new SmbDowngradeError(name, 'the host says that it had answered otherwise');
  }

  /** Signs out, as far as the host still listens. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      if (this.isOver) return;
      const request = { command: command.logoff, body: emptyBody(), isSealed: this.#isSealed };
      await this.connection.request(request, AbortSignal.timeout(LOGOFF_MS));
    } catch {
      // The session ends with its connection as well.
    } finally {
      this.connection[Symbol.dispose]();
    }
  }
}
