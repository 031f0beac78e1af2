/** What a signed-in user asks of the SMB server: shares, files, their bytes. */
import type { FaultBook } from '../../faults.ts';
import type { Host } from '../host.ts';
import type { NtlmHost } from '../ntlm.ts';
import { controlOf, controlReply, VALIDATE_NEGOTIATE, validated } from './controls.ts';
import { closeReply, createReply, infoReply, readReply, wishOf, type OpenFile } from './files.ts';
import { HEAD_BYTES, partOf, type Reply, type Request } from './message.ts';
import type { Agreed, NegotiateOptions } from './negotiate.ts';
import type { Session, SharePlace } from './session.ts';
import { SmbStatus, status } from './status.ts';

export interface SmbRoom {
  readonly host: Host;
  readonly account: NtlmHost;
  readonly shares: readonly SharePlace[];
  readonly negotiate: NegotiateOptions;
  readonly faults: FaultBook;
  /** Of every session, whatever the share. */
  readonly demandsSeal: boolean;
  readonly mostCredits: number;
  count(what: string): void;
  countBytes(bytes: number): void;
}

export interface Answered {
  readonly reply: Reply;
  readonly file: bigint | null;
}

/** Where the id of a file stands in the body. */
const FILE_AT: Readonly<Record<string, number>> = { CLOSE: 8, READ: 16, QUERY_INFO: 24, IOCTL: 8 };
const TIED = 0xffff_ffff_ffff_ffffn;
const ENCRYPTED_SHARE = 0x8000;

/** With what it is about, for faults: `READ D:\Hyper-V\…`. */
export function titleOf(request: Request, session: Session | null): string {
  const { command, bytes } = request;
  if (command === 'TREE_CONNECT') return `${command} ${shareNameOf(request)}`;
  if (command === 'CREATE') {
    const path = partOf(bytes, bytes.readUInt16LE(HEAD_BYTES + 44), bytes.readUInt16LE(HEAD_BYTES + 46));
    return `${command} ${session?.trees.get(request.treeId)?.root ?? ''}${path.toString('utf16le')}`;
  }
  const at = FILE_AT[command ?? ''];
  if (at === undefined || session === null) return command ?? '';
  return `${command} ${session.opens.get(bytes.readBigUInt64LE(HEAD_BYTES + at))?.path ?? ''}`.trim();
}

/** @param tiedTo the file of the request before, where this one goes on with it @throws SmbStatus */
export async function answer(
  room: SmbRoom,
  request: Request,
  session: Session,
  agreed: Agreed | null,
  tiedTo: bigint | null,
): Promise<Answered> {
  const done = (body: Buffer, file: bigint | null = tiedTo): Answered => ({
    reply: { status: status.SUCCESS, body },
    file,
  });
  const small = Buffer.from([4, 0, 0, 0]);
  if (request.command === 'ECHO' || request.command === 'LOGOFF') return done(small);
  if (request.command === 'TREE_CONNECT') return { reply: connectTree(room, request, session, agreed), file: null };
  if (request.command === 'IOCTL' && controlOf(request) === VALIDATE_NEGOTIATE && agreed !== null) {
    const body = validated(request, agreed, room.negotiate.guid);
    if (body === null) throw new SmbStatus('ACCESS_DENIED');
    return done(body);
  }
  const share = session.trees.get(request.treeId);
  if (share === undefined) throw new SmbStatus('NETWORK_NAME_DELETED');
  if (request.command === 'TREE_DISCONNECT') {
    session.trees.delete(request.treeId);
    return done(small);
  }
  if (request.command === 'CREATE') {
    const open = opened(room, request, session, share);
    session.opens.set(open.id, open);
    return done(createReply(open), open.id);
  }
  const at = FILE_AT[request.command ?? ''];
  if (at === undefined) throw new SmbStatus('NOT_SUPPORTED');
  if (request.command === 'IOCTL' && share.root === null) throw new SmbStatus('INVALID_DEVICE_REQUEST');
  const named = request.bytes.readBigUInt64LE(HEAD_BYTES + at);
  const open = session.opens.get(named === TIED && tiedTo !== null ? tiedTo : named);
  if (open === undefined) throw new SmbStatus('FILE_CLOSED');
  switch (request.command) {
    case 'CLOSE':
      session.opens.delete(open.id);
      return done(closeReply());
    case 'QUERY_INFO':
      return done(infoReply(request, open));
    case 'IOCTL':
      return { reply: controlReply(request, open), file: open.id };
    default: {
      const body = await readReply(request, open);
      room.countBytes(body.length - 16);
      return done(body);
    }
  }
}

function shareNameOf({ bytes }: Request): string {
  const path = partOf(bytes, bytes.readUInt16LE(HEAD_BYTES + 4), bytes.readUInt16LE(HEAD_BYTES + 6));
  return path.toString('utf16le').split('\\').at(-1) ?? '';
}

function connectTree(room: SmbRoom, request: Request, session: Session, agreed: Agreed | null): Reply {
  const name = shareNameOf(request).toLowerCase();
  const share = room.shares.find((one) => one.name.toLowerCase() === name);
  if (share === undefined) throw new SmbStatus('BAD_NETWORK_NAME');
  if (share.isEncrypted && agreed?.sealBy === null) throw new SmbStatus('ACCESS_DENIED');
  const treeId = session.nextNumber;
  session.trees.set(treeId, share);
  const body = Buffer.alloc(16);
  body.writeUInt16LE(16, 0);
  body.writeUInt8(share.root === null ? 2 : 1, 2);
  body.writeUInt32LE(share.isEncrypted ? ENCRYPTED_SHARE : 0, 4);
  body.writeUInt32LE(0x0012_00a9, 12);
  return { status: status.SUCCESS, body, treeId };
}

function opened(room: SmbRoom, request: Request, session: Session, share: SharePlace): OpenFile {
  const { path: within, wantsFolder, wantsFile } = wishOf(request);
  if (share.root === null) throw new SmbStatus('OBJECT_NAME_NOT_FOUND');
  const path = `${share.root}${within}`;
  const id = BigInt(session.nextNumber);
  const found = room.host.file(path);
  if (found !== null) {
    if (wantsFolder) throw new SmbStatus('INVALID_PARAMETER');
    if (found.machine.locks(found.file)) throw new SmbStatus('SHARING_VIOLATION');
    return { id, path: found.file.path, content: room.host.contentOf(found), file: found.file };
  }
  if (!room.host.hasFolder(path)) throw new SmbStatus('OBJECT_NAME_NOT_FOUND');
  if (wantsFile) throw new SmbStatus('FILE_IS_A_DIRECTORY');
  return { id, path, content: null, file: null };
}
