/** Asks change tracking what of a disk is allocated, so that nothing else is ever read. */
import { z } from 'zod';
import type { Span } from '../../../disk/image.ts';
import { StrangeAnswerError } from '../../../net/errors.ts';
import type { VsphereSession } from '../session.ts';
import { type ManagedRef, listOf } from '../values.ts';
import type { FrozenDisk } from './frozen.ts';

/** Everything that was ever written, as opposed to what changed since a change id. */
const EVERYTHING = '*';

const Changes = z.object({
  startOffset: z.coerce.number().int().nonnegative(),
  length: z.coerce.number().int().nonnegative(),
  changedArea: listOf(
    z.object({ start: z.coerce.number().int().nonnegative(), length: z.coerce.number().int().nonnegative() }),
  ),
});

/**
 * What is allocated, in order, neighbours joined. The server may name more than holds data, and never less.
 * @param snapshot null for a machine that is off
 * @throws FileFaultError where change tracking has nothing to say of this disk; read all of it then
 */
export async function allocatedAreas(
  session: VsphereSession,
  vm: ManagedRef,
  snapshot: ManagedRef | null,
  disk: FrozenDisk,
  signal: AbortSignal,
): Promise<Span[]> {
  const found: Span[] = [];
  // The server answers as far as it likes, and refuses to be asked about what lies behind the disk's end.
  for (let at = 0; at < disk.sizeBytes;) {
    const args = {
      ...(snapshot === null ? {} : { snapshot }),
      deviceKey: Number(disk.key),
      startOffset: at,
      changeId: EVERYTHING,
    };
    const answer = Changes.safeParse(await session.call('QueryChangedDiskAreas', vm, args, signal)).data;
    const next = answer === undefined ? at : answer.startOffset + answer.length;
    if (answer === undefined || next <= at) {
      throw new StrangeAnswerError(`vSphere does not say what of “${disk.label}” is allocated behind ${at}.`);
    }
    for (const { start, length } of answer.changedArea) found.push({ offset: start, length });
    at = next;
  }
  return joined(found, disk.sizeBytes);
}

/** In order, cut to the disk, neighbours and overlaps made one. */
export function joined(areas: readonly Span[], sizeBytes: number): Span[] {
  const result: { offset: number; length: number }[] = [];
  for (const { offset, length } of [...areas].sort((a, b) => a.offset - b.offset)) {
    const end = Math.min(offset + length, sizeBytes);
    if (end <= offset) continue;
    const last = result.at(-1);
    if (last !== undefined && offset <= last.offset + last.length) {
      last.length = Math.max(last.length, end - last.offset);
    } else result.push({ offset, length: end - offset });
  }
  return result;
}
