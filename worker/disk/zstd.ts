/** Where a Zstandard frame ends: qcow2 stores clusters in whole sectors, and Node refuses what follows a frame. */

const MAGIC = 0xfd2f_b528;

/**
 * The length in bytes of the frame that `stored` begins with, found by its block headers alone; null where `stored`
 * begins with no frame or ends inside it. Source: RFC 8878, section 3.1.1.
 */
export function zstdFrameBytes(stored: Uint8Array): number | null {
  const view = new DataView(stored.buffer, stored.byteOffset, stored.byteLength);
  if (stored.length < 6 || view.getUint32(0, true) !== MAGIC) return null;
  const descriptor = view.getUint8(4);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const sizeFlag = descriptor >>> 6;
  const contentSizeBytes = sizeFlag === 0 ? (isSingleSegment ? 1 : 0) : 2 ** sizeFlag;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;

  let at = 5 + (isSingleSegment ? 0 : 1) + dictionaryBytes + contentSizeBytes;
  for (let isLast = false; !isLast;) {
    if (at + 3 > stored.length) return null;
    const block = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
    isLast = (block & 1) === 1;
    const isRepeated = ((block >>> 1) & 3) === 1; // one byte stands for all
    at += 3 + (isRepeated ? 1 : block >>> 3);
  }
  if ((descriptor & 0x04) !== 0) at += 4; // the checksum
  return at <= stored.length ? at : null;
}
