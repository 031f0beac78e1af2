/** The client takes a stream of events apart, whatever letters are in them and wherever it is cut into pieces. */
import { expect, test } from 'vitest';
import { eventBlocks, type EventBlock } from '../../main/shared/client/event-lines.ts';

test('events come whole, also with letters that end lines elsewhere', async () => {
  const says = JSON.stringify({ vm: 'a\u2028b\u2029c ünï' });
  const bytes = new TextEncoder().encode(`: alive\n\nid: x-1\ndata: ${says}\n\nid: x-2\ndata: 2\n\n`);

  for (const size of [1, 7, bytes.length]) {
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
      bytes.subarray(at * size, (at + 1) * size),
    );
    const blocks: EventBlock[] = [];
    for await (const block of eventBlocks(streamOf(pieces), new AbortController().signal)) blocks.push(block);

    expect(blocks).toEqual([
      { id: null, data: null },
      { id: 'x-1', data: says },
      { id: 'x-2', data: '2' },
    ]);
  }
});

const streamOf = (pieces: readonly Uint8Array[]): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start: (controller) => {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
