/** Bulk bytes of the simulated vCenter: disks of a lease as streamOptimized VMDKs, and files of datastores in ranges. */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { GRAIN_BYTES, StreamOptimizedLayout } from '../../../worker/disk/vmdk/stream-writer.ts';
import { FaultyBytes, type FaultRule } from '../faults.ts';
import { isZero } from '../lab-disk.ts';
import type { Lease, LeaseFile } from './leases.ts';
import { isLayered, type Machine } from './machine.ts';
import type { World } from './world.ts';

const packed = promisify(deflate);
const FAST = { level: 1 };

/** Sends a disk as ESXi does: without length, without ranges, made while it is sent. @returns bytes that were sent */
export async function sendDisk(
  lease: Lease,
  file: LeaseFile,
  request: IncomingMessage,
  response: ServerResponse,
  rules: readonly FaultRule[],
): Promise<number> {
  response.writeHead(200, { 'content-type': 'application/x-vnd.vmware-streamVmdk' });
  if (request.method === 'HEAD') {
    response.end();
    return 0;
  }
  const { disk } = file.disk;
  const layout = new StreamOptimizedLayout();
  const sum = createHash('sha1');
  const wire = new FaultyBytes(rules);
  let sizeBytes = 0;
  let populatedBytes = 0;
  /** The manifest tells what was meant to be sent, whatever a fault does to it. */
  const put = async (pieces: readonly Uint8Array[]): Promise<boolean> => {
    const bytes = Buffer.concat(pieces);
    sum.update(bytes);
    if (lease.state !== 'ready') response.destroy();
    const isThere = await wire.send(response, bytes);
    if (isThere) sizeBytes += bytes.byteLength;
    return isThere;
  };
  let isThere = await put([layout.head(disk.sizeBytes, { cid: 0xfffffffe - 1, adapterType: 'lsilogic' })]);
  const grain = Buffer.alloc(GRAIN_BYTES);
  for (const { start, length } of disk.allocated(file.layers)) {
    for (let at = start; isThere && at < start + length; at += GRAIN_BYTES) {
      const part = grain.subarray(0, Math.min(GRAIN_BYTES, disk.sizeBytes - at));
      await disk.read(part, at, file.layers);
      if (isZero(part)) continue;
      populatedBytes += part.byteLength;
      isThere = await put(layout.grain(at, await packed(part, FAST)));
    }
  }
  if (isThere && (await put(layout.tail()))) {
    file.sent = { sha1: sum.digest('hex'), sizeBytes, populatedBytes };
    response.end();
  }
  return sizeBytes;
}

/** What a path below `/folder` names. */
export interface FolderFile {
  readonly machine: Machine;
  readonly sizeBytes: number;
  /** A running machine writes to it. */
  readonly isLocked: boolean;
  read(into: Uint8Array, position: number): Promise<void>;
}

/** @returns null where there is no such file; on vSAN disks are objects, and only descriptors are files */
export function folderFile(world: World, url: URL): FolderFile | null {
  const site = world.sites.find(({ path }) => path === url.searchParams.get('dcPath'));
  const datastore = site?.datastores.find(({ name }) => name === url.searchParams.get('dsName'));
  const [folder, name, ...rest] = url.pathname.slice('/folder/'.length).split('/').map(decodeURIComponent);
  if (datastore === undefined || name === undefined || rest.length > 0) return null;
  const machine = world.machines.find(
    ({ standing, folderName }) => standing.datastore === datastore && folderName === folder,
  );
  if (machine === undefined) return null;
  for (const { spec, disk, index } of machine.disks) {
    const base = machine.diskFile(index, 0);
    const top = machine.diskFile(index, isLayered(spec) ? disk.layers - 1 : 0);
    if (name === base) return textFile(machine, descriptorOf(base.replace(/\.vmdk$/, '-flat.vmdk'), disk.sizeBytes));
    if (name !== base.replace(/\.vmdk$/, '-flat.vmdk') || datastore.kind === 'vsan' || spec.rawDevice !== undefined)
      continue;
    return {
      machine,
      sizeBytes: disk.sizeBytes,
      isLocked: machine.power === 'poweredOn' && top === base,
      read: async (into, position) => await disk.read(into, position, 1),
    };
  }
  return null;
}

function textFile(machine: Machine, text: string): FolderFile {
  const bytes = Buffer.from(text);
  return {
    machine,
    sizeBytes: bytes.byteLength,
    isLocked: false,
    async read(into, position) {
      into.set(bytes.subarray(position, position + into.byteLength));
    },
  };
}

function descriptorOf(extent: string, sizeBytes: number): string {
  return `# Disk DescriptorFile
version=1
encoding="UTF-8"
CID=fffffffe
parentCID=ffffffff
createType="vmfs"

# Extent description
RW ${Math.floor(sizeBytes / 512)} VMFS "${extent}"

# The Disk Data Base
#DDB

ddb.adapterType = "lsilogic"
ddb.virtualHWVersion = "19"
`;
}

const WINDOW_BYTES = 1024 * 1024;

/** Sends a file, or the range of it that is asked for. @returns bytes that were sent */
export async function sendFile(
  file: FolderFile,
  request: IncomingMessage,
  response: ServerResponse,
  rules: readonly FaultRule[],
): Promise<number> {
  const headers = { 'content-type': 'application/octet-stream', 'accept-ranges': 'bytes' };
  const range = rangeOf(request.headers.range, file.sizeBytes);
  if (range === null) {
    response.writeHead(416, { 'content-range': `bytes */${file.sizeBytes}`, 'content-length': '0' }).end();
    return 0;
  }
  const length = range.end - range.start;
  response.writeHead(range.isPart ? 206 : 200, {
    ...headers,
    'content-length': String(length),
    ...(range.isPart ? { 'content-range': `bytes ${range.start}-${range.end - 1}/${file.sizeBytes}` } : {}),
  });
  if (request.method === 'HEAD') {
    response.end();
    return 0;
  }
  const wire = new FaultyBytes(rules);
  let sent = 0;
  while (sent < length) {
    const window = Buffer.allocUnsafe(Math.min(WINDOW_BYTES, length - sent));
    await file.read(window, range.start + sent);
    if (!(await wire.send(response, window))) return sent;
    sent += window.byteLength;
  }
  response.end();
  return sent;
}

/** @returns null where the range cannot be satisfied; what is no single range of bytes asks for the whole file */
function rangeOf(
  header: string | undefined,
  sizeBytes: number,
): { readonly start: number; readonly end: number; readonly isPart: boolean } | null {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === ''))
    return { start: 0, end: sizeBytes, isPart: false };
  if (first === '') return { start: Math.max(0, sizeBytes - Number(last)), end: sizeBytes, isPart: true };
  const start = Number(first);
  const end = last === '' ? sizeBytes : Math.min(Number(last) + 1, sizeBytes);
  return start >= sizeBytes || end <= start ? null : { start, end, isPart: true };
}
