/** The part of yauzl that Guts uses; it brings no types of its own. */
declare module 'yauzl' {
  import type { Readable } from 'node:stream';

  interface Entry {
    readonly fileName: string;
    readonly compressedSize: number;
    readonly uncompressedSize: number;
    isEncrypted(): boolean;
    canDecodeFileData(): boolean;
  }
  interface ZipFile {
    eachEntry(): AsyncIterable<Entry>;
    openReadStream(entry: Entry, options: null, done: (error: Error | null, stream: Readable) => void): void;
    close(): void;
  }
  function openPromise(path: string, options: { readonly autoClose: boolean }): Promise<ZipFile>;
}
