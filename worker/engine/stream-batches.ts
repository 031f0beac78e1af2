/** Turns the grains of a streamOptimized VMDK into batches for targets that want the guest's bytes plain. */
import type { Batch } from './batch.ts';
import { BLOCK_BYTES, SLOT_BLOCKS, type Piece } from './lane/protocol.ts';
import type { StreamWindow } from './stream-windows.ts';
import type { GrainRef } from '../disk/vmdk/grain-ref.ts';

export interface StreamBatches {
  readonly batches: AsyncGenerator<Batch, void, void>;
  /** To be called when a batch is filled: its window may then be used again. */
  filled(batch: Batch): void;
}

/** The piece that inflates one grain of `window`; only the disk's last grain may hold less than a block. */
export function grainPiece(
  window: StreamWindow,
  grain: GrainRef,
  at: number,
  virtualSizeBytes: number,
): Extract<Piece, { kind: 'unpack' }> {
  const rest = virtualSizeBytes - grain.offset;
  return {
    kind: 'unpack',
    at,
    length: BLOCK_BYTES,
    codec: 'zlib',
    stored: { in: 'input', input: window.input, position: window.at(grain.streamPosition) },
    storedBytes: grain.storedBytes,
    unpackedBytes: BLOCK_BYTES,
    ...(rest < BLOCK_BYTES ? { leastBytes: rest } : {}),
    skipBytes: 0,
  };
}

/** Grains must be of `BLOCK_BYTES`. Each window is also handed to `onWindow`, whose promise it is kept for. */
export function streamBatches(
  windows: AsyncIterable<StreamWindow>,
  virtualSizeBytes: number,
  onWindow: (window: StreamWindow) => Promise<unknown>,
): StreamBatches {
  const holders = new Map<Batch, () => void>();

  async function* batches(): AsyncGenerator<Batch, void, void> {
    for await (const window of windows) {
      let users = 1;
      const letGo = (): void => {
        users--;
        if (users === 0) window.release();
      };
      const seen = onWindow(window).then(letGo);
      seen.catch(() => {}); // the same failure reaches whoever awaits the hash
      for (let first = 0; first < window.grains.length; first += SLOT_BLOCKS) {
        const grains = window.grains.slice(first, first + SLOT_BLOCKS);
        const batch: Batch = {
          offsets: grains.map((grain) => grain.offset),
          lengths: grains.map((grain) => Math.min(BLOCK_BYTES, virtualSizeBytes - grain.offset)),
          pieces: grains.map((grain, i) => grainPiece(window, grain, i * BLOCK_BYTES, virtualSizeBytes)),
          fetches: [],
          storedBytes: grains.reduce((sum, grain) => sum + grain.storedBytes, 0),
        };
        users++;
        holders.set(batch, letGo);
        yield batch;
      }
    }
  }

  return {
    batches: batches(),
    filled(batch) {
      holders.get(batch)?.();
      holders.delete(batch);
    },
  };
}
