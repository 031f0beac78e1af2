/** A disk's content that a story can hold at a byte: whoever reads on waits there until it is let go. */
import { openFile, type ByteSource } from '../../worker/disk/bytes.ts';

export interface Hold {
  /** Somebody waits for the bytes that are held. */
  readonly isMet: Promise<void>;
  letGo(): void;
}

export class HeldDisk implements ByteSource {
  readonly name: string;
  readonly sizeBytes: number;
  readonly #source: ByteSource;
  #held: { readonly from: number; readonly meet: () => void; readonly gone: Promise<void> } | null = null;

  static async of(path: string): Promise<HeldDisk> {
    return new HeldDisk(await openFile(path));
  }

  private constructor(source: ByteSource) {
    this.#source = source;
    this.name = source.name;
    this.sizeBytes = source.sizeBytes;
  }

  /** From now on nothing behind `from` is read. */
  hold(from: number): Hold {
    let meet = (): void => {};
    let letGo = (): void => {};
    const isMet = new Promise<void>((resolve) => (meet = resolve));
    const gone = new Promise<void>((resolve) => (letGo = resolve));
    this.#held = { from, meet, gone };
    return {
      isMet,
      letGo: () => {
        this.#held = null;
        letGo();
      },
    };
  }

  async read(into: Uint8Array, position: number, signal?: AbortSignal): Promise<void> {
    const held = this.#held;
    if (held !== null && position + into.byteLength > held.from) {
      held.meet();
      await held.gone;
    }
    await this.#source.read(into, position, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#source[Symbol.asyncDispose]();
  }
}
