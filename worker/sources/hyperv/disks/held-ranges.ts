/** Leaves out what a host's volume does not hold of a fixed disk's file: such a file may be sparse, and then is mostly that. */
import type { ByteSource } from '../../../disk/bytes.ts';
import { joined } from '../../../disk/extents.ts';
import type { Data, DiskImage, Extent, Span } from '../../../disk/image.ts';

/** Below this much to gain, asking costs more than reading. */
const LEAST_BYTES = 1024 * 1024;

interface TellingSource extends ByteSource {
  allocatedRanges(from: number, to: number, signal: AbortSignal): Promise<Span[]>;
}

const tells = (source: ByteSource): source is TellingSource => 'allocatedRanges' in source;

/** The same image, in which stretches that the volume does not hold are zeros that nobody reads. */
export function withoutUnheld(image: DiskImage): DiskImage {
  return {
    identity: image.identity,
    facts: image.facts,
    extents: (from, to, signal) =>
      joined(heldOf(image.extents(from, to, signal), signal ?? new AbortController().signal)),
    [Symbol.asyncDispose]: async () => await image[Symbol.asyncDispose](),
  };
}

async function* heldOf(extents: AsyncIterable<Extent>, signal: AbortSignal): AsyncGenerator<Extent, void, void> {
  for await (const extent of extents) {
    if (extent.kind === 'data' && extent.length >= LEAST_BYTES && tells(extent.source))
      yield* held(
        extent,
        await extent.source.allocatedRanges(extent.position, extent.position + extent.length, signal),
      );
    else yield extent;
  }
}

/** @param spans of the file, in order, within the extent's part of it */
function* held(extent: Data, spans: readonly Span[]): Generator<Extent, void, void> {
  const { offset, position, length, source } = extent;
  const end = position + length;
  let at = position;
  for (const span of spans) {
    if (span.offset > at) yield { kind: 'zero', offset: offset + at - position, length: span.offset - at };
    yield { kind: 'data', offset: offset + span.offset - position, length: span.length, source, position: span.offset };
    at = span.offset + span.length;
  }
  if (at < end) yield { kind: 'zero', offset: offset + at - position, length: end - at };
}
