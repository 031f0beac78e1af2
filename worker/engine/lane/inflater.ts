/** Inflates many small blocks with one zlib state and no allocation, where this Node lets us; else by the public calls. */
import * as zlib from 'node:zlib';
import { BLOCK_BYTES, SPARE_BYTES } from './protocol.ts';

/** Inflates `stored` bytes of `input` into `output` from `at` on; returns how many came out, throws on a broken stream. */
export type Inflate = (input: Uint8Array, from: number, stored: number, output: Uint8Array, at: number, most: number) => number;

/** The inside of Node's synchronous zlib calls. Not a public face, hence the self-test in `makeInflate`. */
interface Handle {
  onerror: (message: string, errno: number, code: string) => void;
  writeSync(flush: number, input: Uint8Array, from: number, length: number, output: Uint8Array, at: number, room: number): void;
  reset(): void;
}
interface Internals {
  readonly _handle: Handle;
  readonly _writeState: Uint32Array;
}

/** One zlib state for all blocks: 20 to 45 % less processor time than a call of `inflateSync` a block (measured on Node 18, 20, 24). */
function reusing(codec: 'zlib' | 'deflate'): Inflate {
  const options = { chunkSize: BLOCK_BYTES + SPARE_BYTES };
  // Made true by the self-test: an inside that looks different throws there.
  const stream = (codec === 'zlib' ? zlib.createInflate(options) : zlib.createInflateRaw(options)) as unknown as Internals;
  const handle = stream._handle;
  const state = stream._writeState;
  let failure: string | undefined;
  handle.onerror = (message) => {
    failure = message;
  };
  return (input, from, stored, output, at, most) => {
    failure = undefined;
    handle.reset();
    handle.writeSync(zlib.constants.Z_FINISH, input, from, stored, output, at, most);
    if (failure !== undefined) throw new Error(failure);
    return most - (state[0] ?? most);
  };
}

function plain(codec: 'zlib' | 'deflate'): Inflate {
  return (input, from, stored, output, at, most) => {
    const options = { chunkSize: BLOCK_BYTES + SPARE_BYTES, maxOutputLength: most };
    const bytes = input.subarray(from, from + stored);
    const inflated = codec === 'zlib' ? zlib.inflateSync(bytes, options) : zlib.inflateRawSync(bytes, options);
    output.set(inflated, at);
    return inflated.byteLength;
  };
}

/** Shows that `inflate` gives back what was deflated, refuses a broken stream, and works again after that. */
function works(inflate: Inflate, codec: 'zlib' | 'deflate'): boolean {
  try {
    const block = Buffer.alloc(BLOCK_BYTES, 'Guts moves virtual machines. ');
    const stored = codec === 'zlib' ? zlib.deflateSync(block) : zlib.deflateRawSync(block);
    const input = new Uint8Array(new SharedArrayBuffer(stored.byteLength + 9));
    input.set(stored, 5);
    const output = new Uint8Array(new SharedArrayBuffer(BLOCK_BYTES + SPARE_BYTES + 3));
    const once = (): boolean =>
      inflate(input, 5, stored.byteLength, output, 3, BLOCK_BYTES + SPARE_BYTES) === BLOCK_BYTES &&
      block.equals(output.subarray(3, 3 + BLOCK_BYTES));
    if (!once()) return false;
    let refused = false;
    try {
      inflate(input, 5, stored.byteLength >> 1, output, 3, BLOCK_BYTES + SPARE_BYTES);
    } catch {
      refused = true;
    }
    return refused && once();
  } catch {
    return false;
  }
}

/** The fastest way of inflating that this Node shows to be right. */
export function makeInflate(codec: 'zlib' | 'deflate'): Inflate {
  try {
    const fast = reusing(codec);
    if (works(fast, codec)) return fast;
  } catch {
    // An inside that changed; the public calls do the same, a little slower.
  }
  return plain(codec);
}
