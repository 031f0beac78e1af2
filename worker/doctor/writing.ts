/** Uploads an image of chance to the cloud, where that was wished, says how fast it went, and removes it. */
import { createHash, randomBytes } from 'node:crypto';
import { bytesText, rateText, secondsText } from '../../main/shared/figures.ts';
import type { DestinationDriver } from '../drivers.ts';
import type { CloudLook } from './look.ts';

const WRITTEN_BYTES = 64 * 1024 * 1024;
const PIECE_BYTES = 1024 * 1024;
const SLOW_BYTES_PER_SECOND = 10_000_000;
const ABOUT = 'an image in Glance';

export async function tryWriting(
  driver: DestinationDriver,
  { steps, signal, ledger, writeTest }: CloudLook,
): Promise<void> {
  if (!writeTest) {
    steps.add('writing', ABOUT, {
      verdict: 'notTried',
      says: `Nothing was uploaded, since nobody allowed it (--write-test): it takes ${bytesText(WRITTEN_BYTES)} of the image store for a moment.`,
    });
    return;
  }
  await steps.look('writing', ABOUT, async () => {
    const spec = {
      key: 'image:doctor',
      name: `${ledger.tag}-write-test`,
      format: 'raw',
      minDiskGiB: 1,
      properties: {},
    } as const;
    await using upload = await driver.openImage(spec, ledger, signal);
    const hash = createHash('sha512');
    const beganMs = performance.now();
    for (let sent = 0; sent < WRITTEN_BYTES; sent += PIECE_BYTES) {
      const piece = randomBytes(PIECE_BYTES); // nothing on the way can make it less
      hash.update(piece);
      await upload.append(piece);
    }
    const { evidence } = await upload.finish({ sha512: hash.digest('hex'), sizeBytes: WRITTEN_BYTES }, signal);
    const seconds = (performance.now() - beganMs) / 1000;
    const rate = WRITTEN_BYTES / Math.max(seconds, 1e-6);
    const says = `${bytesText(WRITTEN_BYTES)} went to Glance in ${secondsText(seconds)}, ${rateText(rate / 1e6)}, and were taken away again.`;
    if (rate >= SLOW_BYTES_PER_SECOND) return { verdict: 'good', says, evidence: [evidence] };
    const remedy =
      'Look what is between this machine and Glance, and ask whoever runs the cloud how busy its image store is.';
    return { verdict: 'poor', says, remedy, evidence: [evidence] };
  });
  await ledger.undoAll(driver); // what is left is tried again, and named, when all is over
}
