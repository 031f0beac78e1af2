/**
 * How much room an image gets in front of its tables. Its head goes first and names their place, so it has to be guessed.
 * Any guess is right: for too much of it zeros are sent, for too little the rest waits on this machine until the tables
 * are out. Zeros cost the network and a hash; what waits is written and read once more, here.
 */
import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';

/** What deflate makes of a disk's data, with little to spare: 0.43 for programs and texts (measured). */
const PACKED_SHARE = 0.5;
/** Of a disk that nothing is known of: most are a third full at best, and empty blocks are not sent. */
const UNKNOWN_SHARE = 0.3;
/** By which a source may have counted too little: datastores that compress count less than the guest wrote. */
const COUNTING_FACTOR = 2;
/** Of the space for temporary files, which others want too. */
const WAITING_SHARE = 0.25;

/**
 * @param mostBytes of the image's data in the worst case
 * @param likelyDataBytes of the guest; null where nothing is known
 * @param mostDataBytes of the guest, as the source counts them: a large disk that holds little leaves little to wait for
 * @param waitingBytes that may be held back
 */
export function likelyBytes(
  {
    mostBytes,
    sizeBytes,
    likelyDataBytes,
    mostDataBytes = null,
    isPacked,
  }: {
    readonly mostBytes: number;
    readonly sizeBytes: number;
    readonly likelyDataBytes: number | null;
    readonly mostDataBytes?: number | null;
    readonly isPacked: boolean;
  },
  waitingBytes: number,
): number {
  const data = likelyDataBytes ?? UNKNOWN_SHARE * sizeBytes;
  const likely = Math.ceil(data * (isPacked ? PACKED_SHARE : 1));
  const counted = mostDataBytes === null ? mostBytes : Math.min(mostBytes, COUNTING_FACTOR * mostDataBytes);
  return Math.min(mostBytes, Math.max(likely, counted - waitingBytes));
}

/** How much may be held back in temporary files now, so that they always have room. */
export async function roomToWait(): Promise<number> {
  const facts = await statfs(tmpdir()).catch(() => null); // not all systems tell; writing will
  return facts === null ? Infinity : Math.floor(WAITING_SHARE * facts.bavail * facts.bsize);
}
