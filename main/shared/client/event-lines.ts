/** Takes an event stream (text/event-stream) apart: blocks of lines, ended by an empty one. */

/** One block; a comment that only shows life has none of these. */
export interface EventBlock {
  readonly id: string | null;
  readonly data: string | null;
}

/** More than any event has: what goes on beyond is no event stream. */
const MOST_LETTERS = 16 * 2 ** 20;

/**
 * @param signal ends it; a stream that comes from the same process knows nothing of the request’s own
 * @throws RangeError when a block never ends
 */
export async function* eventBlocks(body: ReadableStream<Uint8Array>, signal: AbortSignal): AsyncGenerator<EventBlock> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let text = '';
  const leave = (): void => void reader.cancel().catch(() => {}); // it has broken, then
  signal.addEventListener('abort', leave, { once: true });
  try {
    signal.throwIfAborted();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return; // what is not whole yet was cut off
      text += decoder.decode(value, { stream: true }).replaceAll('\r', '');
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      if (text.length > MOST_LETTERS) throw new RangeError('An event of the stream does not end.');
      yield* blocks.map(blockOf);
    }
  } finally {
    signal.removeEventListener('abort', leave);
    await reader.cancel().catch(() => {}); // it has broken, then
  }
}

function blockOf(text: string): EventBlock {
  let id: string | null = null;
  const data: string[] = [];
  for (const line of text.split('\n')) {
    const [, field, value = ''] = /^(\w+): ?(.*)$/s.exec(line) ?? [];
    if (field === 'id') id = value;
    else if (field === 'data') data.push(value);
  }
  return { id, data: data.length === 0 ? null : data.join('\n') };
}
