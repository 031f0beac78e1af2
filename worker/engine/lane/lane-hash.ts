/** A hash of bytes in the order in which they are handed over, computed by a lane while they are on their way elsewhere. */
import type { Lane } from './lane.ts';
import type { LaneMemory } from './protocol.ts';

export class LaneHash {
  readonly #lane: Lane;
  readonly #slots: SharedArrayBuffer;
  readonly #of: { readonly hash: string; readonly algorithm: string };

  /**
   * @param name its own among the hashes of that lane
   * @param memory what the lane works on; bytes that lie in its slots are not copied
   */
  constructor(lane: Lane, name: string, algorithm: string, memory: LaneMemory) {
    this.#lane = lane;
    this.#slots = memory.slots;
    this.#of = { hash: name, algorithm };
  }

  /** @returns once the memory of `bytes` may be used again */
  async add(bytes: Uint8Array): Promise<void> {
    if (bytes.buffer === this.#slots) {
      await this.#lane.run({ op: 'hashSlot', ...this.#of, at: bytes.byteOffset, length: bytes.byteLength });
    } else await this.#lane.run({ op: 'hashBytes', ...this.#of, bytes: new Uint8Array(bytes) }); // alone in its memory: all of that is copied
  }

  async zeros(length: number): Promise<void> {
    if (length > 0) await this.#lane.run({ op: 'hashZeros', ...this.#of, length });
  }

  /** Of everything so far, in hexadecimal; call it once. */
  async end(): Promise<string> {
    await this.#lane.run({ op: 'hashZeros', ...this.#of, length: 0 }); // of nothing, where nothing came
    return (await this.#lane.run({ op: 'hashEnd', hash: this.#of.hash })).hex;
  }
}
