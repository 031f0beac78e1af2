/** A file of a host as bytes to read at random: in pieces, many at once, going on behind a broken connection. */
import type { ByteSource } from '../../../disk/bytes.ts';
import { TruncatedImageError } from '../../../disk/errors.ts';
import type { Span } from '../../../disk/image.ts';
import { ChangedFileError } from '../../../net/http-errors.ts';
import { SmbMessageError } from './errors.ts';
import { command } from './header.ts';

import type { Link, Tree } from './link.ts';
import type { Links } from './links.ts';
import {
  closeBody,
  createBody,
  fsctl,
  ioctlBody,
  parsedCreate,
  parsedIoctl,
  parsedRead,
  parsedSpans,
  readBody,
  spanBytes,
  type OpenedFile,
} from './requests.ts';
import { status } from './status.ts';
import { joinedSignal } from './stop.ts';

/** 4096 ranges at a time. */
const SPANS_BYTES = 65_536;
const CLOSE_MS = 2000;
/** From 1601, by which Windows counts, in units of 100 ns. */
const TICKS_TO_1970 = 116_444_736_000_000_000n;
/** What volumes answer that do not know what of a file they hold. */
const unknownRanges: readonly number[] = [status.notSupported, status.invalidDeviceRequest, status.invalidParameter];

interface Opened extends OpenedFile {
  readonly link: Link;
  readonly tree: Tree;
}

/** A read is cut into pieces, which share the host's connection; nothing is held besides what the connection holds. */
export class SmbFile implements ByteSource {
  readonly name: string;
  readonly sizeBytes: number;
  readonly writtenAtNs: bigint;
  readonly #links: Links;
  readonly #share: string;
  readonly #path: string;
  readonly #first: Opened;
  readonly #closing = new AbortController();
  #opened: Promise<Opened>;

  private constructor(links: Links, share: string, path: string, first: Opened) {
    this.name = nameOf(links, share, path);
    this.sizeBytes = first.sizeBytes;
    this.writtenAtNs = (first.writtenAt - TICKS_TO_1970) * 100n;
    this.#links = links;
    this.#share = share;
    this.#path = path;
    this.#first = first;
    this.#opened = Promise.resolve(first);
  }

  /** @throws SmbRefusedError, SmbCannotEncryptError … */
  static async open(links: Links, share: string, path: string, signal: AbortSignal): Promise<SmbFile> {
    return await links.patiently(async () => {
      const link = await links.current(signal);
      return new SmbFile(links, share, path, await opened(link, nameOf(links, share, path), share, path, signal));
    }, signal);
  }

  /** Whether its bytes come encrypted, and not only signed. */
  get isEncrypted(): boolean {
    return this.#first.tree.isSealed;
  }

  async read(into: Uint8Array, position: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.#closing.signal.throwIfAborted();
    if (position < 0 || position + into.byteLength > this.sizeBytes) {
      throw new TruncatedImageError(
        `“${this.name}” has ${this.sizeBytes} bytes, but ${into.byteLength} bytes at ${position} are needed.`,
      );
    }
    using stop = joinedSignal(this.#closing.signal, signal);
    const { pieceBytes } = this.#links;
    const pieces: Promise<void>[] = [];
    for (let at = 0; at < into.byteLength; at += pieceBytes) {
      const piece = this.#piece(into.subarray(at, at + pieceBytes), position + at, stop.signal);
      piece.catch((error: unknown) => stop.abort(error));
      pieces.push(piece);
    }
    await Promise.all(pieces); // those that are given up touch `into` no more
  }

  /**
   * Which parts of [from, to) the host's volume holds at all; everything else reads as zeros. All of it where the
   * volume cannot tell.
   */
  async allocatedRanges(from: number, to: number, signal: AbortSignal): Promise<Span[]> {
    using stop = joinedSignal(this.#closing.signal, signal);
    const end = Math.min(to, this.sizeBytes);
    const spans: Span[] = [];
    for (let at = from; at < end;) {
      const more = await this.#links.patiently(async () => await this.#ranges(at, end, stop.signal), stop.signal);
      if (more === null) return [{ offset: from, length: end - from }];
      for (const { offset, length } of more.spans) {
        const start = Math.max(offset, at);
        const stopAt = Math.min(offset + length, end);
        if (start < stopAt) spans.push({ offset: start, length: stopAt - start });
      }
      const last = more.spans.at(-1);
      if (more.isWhole || last === undefined) return spans;
      if (last.offset + last.length <= at) throw new SmbMessageError('its list of ranges does not go on');
      at = last.offset + last.length;
    }
    return spans;
  }

  /** Null where the volume cannot tell. */
  async #ranges(from: number, to: number, signal: AbortSignal): Promise<{ spans: Span[]; isWhole: boolean } | null> {
    const file = await this.#current(signal);
    const { header, bytes } = await file.link.ask(
      this.name,
      {
        command: command.ioctl,
        body: ioctlBody(
          fsctl.queryAllocatedRanges,
          file.fileId,
          spanBytes({ offset: from, length: to - from }),
          SPANS_BYTES,
        ),
        treeId: file.tree.id,
        isSealed: file.tree.isSealed,
        replyBytes: SPANS_BYTES,
      },
      signal,
      [status.bufferOverflow, ...unknownRanges],
    );
    if (unknownRanges.includes(header.status)) return null;
    const spans = parsedSpans(parsedIoctl(bytes, fsctl.queryAllocatedRanges, SPANS_BYTES));
    return { spans, isWhole: header.status === status.success };
  }

  async #piece(into: Uint8Array, position: number, signal: AbortSignal): Promise<void> {
    let filled = 0;
    await this.#links.patiently(async () => {
      while (filled < into.byteLength) {
        using _turn = await this.#links.turn(signal);
        const file = await this.#current(signal);
        const bytes = await this.#readOnce(file, into.subarray(filled), position + filled, signal);
        filled += bytes;
        this.#links.note(bytes);
      }
    }, signal);
  }

  /** @returns bytes that came: as many as were asked for, or fewer where the server cannot or does not want to */
  async #readOnce(file: Opened, into: Uint8Array, position: number, signal: AbortSignal): Promise<number> {
    const { connection } = file.link;
    let length = Math.min(into.byteLength, connection.terms.maxReadBytes);
    while (connection.payableBytes < length && connection.isBusy && !file.link.isOver) await connection.moreCredits();
    if (connection.payableBytes > 0) length = Math.min(length, connection.payableBytes);
    let bytes = 0;
    const { header } = await file.link.ask(
      this.name,
      {
        command: command.read,
        body: readBody(file.fileId, position, length),
        treeId: file.tree.id,
        isSealed: file.tree.isSealed,
        replyBytes: length,
        take: (reply, { status: code }) => {
          if (code !== status.success) return;
          const data = parsedRead(reply, length);
          into.set(data);
          bytes = data.length;
        },
      },
      signal,
      [status.endOfFile],
    );
    if (header.status === status.endOfFile) throw new ChangedFileError(this.name, `it ends before ${position} now`);
    if (bytes === 0) throw new SmbMessageError('it has none of the bytes that were asked for');
    return bytes;
  }

  /** The file as it is open on the connection that there is now. @throws ChangedFileError */
  async #current(signal: AbortSignal): Promise<Opened> {
    const link = await this.#links.current(signal);
    const before = this.#opened;
    const known = await before.catch(() => null);
    signal.throwIfAborted();
    if (known?.link === link) return known;
    if (this.#opened === before) this.#opened = this.#reopened(link);
    return await this.#opened;
  }

  async #reopened(link: Link): Promise<Opened> {
    const now = await opened(link, this.name, this.#share, this.#path, this.#closing.signal);
    const { sizeBytes, writtenAt, createdAt, onDiskId } = this.#first;
    if (now.sizeBytes !== sizeBytes)
      throw new ChangedFileError(this.name, `it has ${now.sizeBytes} bytes now instead of ${sizeBytes}`);
    if (now.writtenAt !== writtenAt) throw new ChangedFileError(this.name, 'it was written to');
    if (now.createdAt !== createdAt || now.onDiskId !== onDiskId)
      throw new ChangedFileError(this.name, 'it is another file of that name');
    return now;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closing.signal.aborted) return;
    const file = await this.#opened.catch(() => null);
    this.#closing.abort(new TruncatedImageError(`“${this.name}” was closed.`));
    if (file === null || file.link.isOver) return;
    const { tree, fileId, link } = file;
    const request = { command: command.close, body: closeBody(fileId), treeId: tree.id, isSealed: tree.isSealed };
    await link.connection.request(request, AbortSignal.timeout(CLOSE_MS)).catch(() => {}); // it ends with the session as well
  }
}

const nameOf = (links: Links, share: string, path: string): string => `\\\\${links.address.host}\\${share}\\${path}`;

async function opened(link: Link, name: string, share: string, path: string, signal: AbortSignal): Promise<Opened> {
  const tree = await link.tree(share);
  const { bytes } = await link.ask(
    name,
    { command: command.create, body: createBody(path), treeId: tree.id, isSealed: tree.isSealed },
    signal,
  );
  return { ...parsedCreate(bytes), link, tree };
}
