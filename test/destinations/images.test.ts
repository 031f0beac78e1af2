/** Images in a cloud over TLS: sent whole, sent again, proved, and never taken for ours when they differ. */
import { createHash } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { diskBytes, finish, imageSpec, LabCloud, never, send, TAG } from './lab-cloud.ts';

let at: LabCloud;

afterEach(async () => {
  await at[Symbol.asyncDispose]();
});

describe('an image', () => {
  test('arrives with its properties, and its hash is held against what was sent', async () => {
    at = await LabCloud.start();
    const bytes = diskBytes(1);
    await using upload = await at.cloud.openImage(imageSpec('2000', { minDiskGiB: 3 }), at.ledger, never);
    await send(upload, bytes);
    await upload.zeros(1_000_000);
    const whole = Buffer.concat([bytes, Buffer.alloc(1_000_000)]);

    const { evidence } = await finish(upload, whole);

    expect(upload.position).toBe(whole.byteLength);
    expect(evidence).toContain(createHash('sha512').update(whole).digest('hex'));
    expect(at.lab.state().images).toMatchObject([
      {
        id: upload.imageId,
        name: `${TAG}-disk-2000`,
        status: 'active',
        visibility: 'private',
        diskFormat: 'raw',
        minDisk: 3,
        size: whole.byteLength,
        properties: { hw_disk_bus: 'virtio', os_type: 'linux' },
        tags: [TAG],
      },
    ]);
  });

  test('is sent although the token ended while the source was being opened', async () => {
    at = await LabCloud.start();
    const bytes = diskBytes(1);
    await using upload = await at.cloud.openImage(imageSpec('2000'), at.ledger, never);
    at.lab.expireTokens();
    await send(upload, bytes);

    await expect(finish(upload, bytes)).resolves.toBeDefined();
  });

  test('is whole although the token ended in the middle of its bytes', async () => {
    at = await LabCloud.start();
    const bytes = diskBytes(1);
    await using upload = await at.cloud.openImage(imageSpec('2000'), at.ledger, never);
    await send(upload, bytes.subarray(0, 2_000_000));
    at.lab.expireTokens();
    await send(upload, bytes.subarray(2_000_000));

    await expect(finish(upload, bytes)).resolves.toBeDefined();
  });

  test('is sent again into the same image after the connection broke half way', async () => {
    at = await LabCloud.start();
    at.lab.faults.add({ where: 'image', kind: 'cut', match: '^PUT .*/file', afterBytes: 1_000_000 });
    const bytes = diskBytes(1);
    let first: string;
    {
      await using upload = await at.cloud.openImage(imageSpec('2000'), at.ledger, never);
      first = upload.imageId;
      const sending = async (): Promise<unknown> => {
        await send(upload, bytes);
        return await finish(upload, bytes);
      };
      await expect(sending()).rejects.toMatchObject({ code: 'net.connection-lost', retryable: true });
    }

    expect(await at.image('2000', bytes)).toBe(first);
    expect(at.things).toEqual({ images: 1 });
  });

  test('with a byte that changed on the way is refused, and replaced at the next try', async () => {
    at = await LabCloud.start();
    at.lab.faults.add({ where: 'image', kind: 'corrupt', match: '^PUT .*/file', afterBytes: 1_000_000 });

    await expect(at.image('2000', diskBytes(1))).rejects.toMatchObject({
      code: 'openstack.image-differs',
      retryable: true,
    });
    await expect(at.image('2000', diskBytes(1))).resolves.toBeDefined();
    expect(at.things).toEqual({ images: 1 });
  });

  test('that is too large is refused with the way out', async () => {
    at = await LabCloud.start({ imageSizeCapBytes: 1_000_000 });

    await expect(at.image('2000', diskBytes(1))).rejects.toMatchObject({ code: 'openstack.image-too-large' });
    await at.undo();
    expect(at.things).toEqual({});
  });

  test('whose properties were planned otherwise before is made anew', async () => {
    at = await LabCloud.start();
    await using before = await at.cloud.openImage(imageSpec('2000'), at.ledger, never);
    await using after = await at.cloud.openImage(
      imageSpec('2000', { properties: { hw_disk_bus: 'sata' } }),
      at.ledger,
      never,
    );

    expect(after.imageId).not.toBe(before.imageId);
    expect(at.things).toEqual({ images: 1 });
  });

  test('whose id never came back is found again, and otherwise undone by its name', async () => {
    at = await LabCloud.start();
    await using before = await at.cloud.openImage(imageSpec('2000'), at.ledger, never);
    at.ledger.forgetId('image:2000');
    await using after = await at.cloud.openImage(imageSpec('2000'), at.ledger, never);
    expect(after.imageId).toBe(before.imageId);

    at.ledger.forgetId('image:2000');
    await at.undo();
    expect(at.things).toEqual({});
  });
});
