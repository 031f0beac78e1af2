/** Which way a disk takes through the engine: carried over, as a stream, or block by block where data lies. */
import type { ConvertedDisk, ConvertJob } from '../../main/shared/jobs.ts';
import type { ContainerMember } from '../containers/container.ts';
import { readBytes, type ByteSource } from '../disk/bytes.ts';
import type { DiskImage } from '../disk/image.ts';
import { BLOCK_BYTES } from './lane/protocol.ts';

const SECTOR_BYTES = 512;

export type Route =
  | { readonly kind: Extract<ConvertedDisk['route'], 'carry-over' | 'stream'>; readonly stream: ByteSource }
  | { readonly kind: Extract<ConvertedDisk['route'], 'blocks'> };

/**
 * @param isPipe whether the destination takes bytes in order only; plain images need the blocks in the disk's order then,
 *   which a stream need not have
 */
export async function routeOf(
  { to, compress }: Pick<ConvertJob, 'to' | 'compress'>,
  member: ContainerMember | null,
  image: DiskImage,
  isPipe: boolean,
): Promise<Route> {
  const stream = await streamOf(member, image);
  if (stream === null || to === 'vmdk') return { kind: 'blocks' };
  if (to === 'qcow2' && compress) return { kind: 'carry-over', stream };
  return isPipe ? { kind: 'blocks' } : { kind: 'stream', stream };
}

/** The member as a stream of compressed grains of the block size; null where it is anything else. */
async function streamOf(member: ContainerMember | null, image: DiskImage): Promise<ByteSource | null> {
  if (member === null || image.facts.variant !== 'streamOptimized' || image.facts.chain.length !== 1) return null;
  const head = await readBytes(member.source, 0, Math.min(SECTOR_BYTES, member.source.sizeBytes));
  const isSparse = head.length === SECTOR_BYTES && head.toString('latin1', 0, 4) === 'KDMV';
  return isSparse && Number(head.readBigUInt64LE(20)) * SECTOR_BYTES === BLOCK_BYTES ? member.source : null;
}
