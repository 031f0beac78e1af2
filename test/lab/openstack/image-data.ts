/** Glance's bytes: uploads from front to back, stage and import, downloads with ranges. */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { z } from 'zod';
import { timeNow, writeOf, type Cloud } from './cloud.ts';
import { digestsOf, virtualSize } from './disk-content.ts';
import { FaultRule, FaultyBytes } from '../faults.ts';
import { imageOf, ownImageOf } from './images.ts';
import { on, Refusal, type Answer, type Call, type Route } from './web.ts';
import type { LabImage } from './words.ts';

const MIB = 1024 ** 2;
const Import = z.object({ method: z.object({ name: z.string() }) });

export function imageDataRoutes(cloud: Cloud): Route[] {
  return [
    on('PUT', '/v2/images/:id/file', async (call) => {
      const image = ownImageOf(cloud, call);
      mustTakeBytes(image, call, 'saving');
      await take(cloud, image, call, 'saving');
      image.status = 'active';
      return { status: 204 };
    }),
    on('PUT', '/v2/images/:id/stage', async (call) => {
      const image = ownImageOf(cloud, call);
      mustTakeBytes(image, call, 'uploading');
      await take(cloud, image, call, 'uploading');
      // What is staged has a size already, and no hash before its import.
      Object.assign(image, { checksum: null, sha512: null, virtualSize: null });
      return { status: 204 };
    }),
    on('POST', '/v2/images/:id/import', async (call) => {
      const image = ownImageOf(cloud, call);
      const { method } = await call.json(Import);
      if (method.name !== 'glance-direct') throw new Refusal(400, `Unknown import method name '${method.name}'.`);
      if (image.status !== 'uploading')
        throw new Refusal(409, `Image needs to be staged before 'glance-direct' method can be used`);
      image.status = 'importing';
      if (call.faults.some(({ kind }) => kind === 'error')) {
        // As observed: it stays `importing` for ever, and only the task says so.
        image.tasks.push({ id: randomUUID(), status: 'failure', message: 'Task failed due to Internal Error' });
      } else cloud.later(cloud.settings.buildMs, async () => await finishImport(cloud, image));
      return { status: 202 };
    }),
    on('GET', '/v2/images/:id/tasks', (call) => {
      const { tasks, id } = imageOf(cloud, call);
      const shown = tasks.map((task) => ({ ...task, type: 'api_image_import', image_id: id }));
      return { status: 200, body: { tasks: shown } };
    }),
    on('GET', '/v2/images/:id/file', (call) => download(imageOf(cloud, call), call)),
  ];
}

function mustTakeBytes(image: LabImage, call: Call, next: string): void {
  if (call.request.headers['content-type'] !== 'application/octet-stream')
    throw new Refusal(415, 'Unsupported Media Type');
  if (image.status !== 'queued')
    throw new Refusal(409, `Image status transition from ${image.status} to ${next} is not allowed`);
  const unset = [
    image.diskFormat === null ? ['disk_format'] : [],
    image.containerFormat === null ? ['container_format'] : [],
  ].flat();
  if (unset.length > 0) throw new Refusal(400, `Properties ${unset.join(', ')} must be set prior to saving data.`);
}

/** Stores the request's body; after a broken one the image is queued again, without bytes. Ranges are ignored, as Glance does. */
async function take(cloud: Cloud, image: LabImage, call: Call, status: 'saving' | 'uploading'): Promise<void> {
  image.status = status;
  image.updatedAt = timeNow();
  const file = cloud.newFile('image');
  const handle = await open(file, 'w');
  let taken: Taken;
  try {
    taken = await storeBody(cloud, call, handle, cloud.settings.breaksUpload(image));
  } catch (error) {
    image.status = 'queued';
    await cloud.removeFile(file);
    if (error instanceof Refusal) throw error;
    throw new Refusal(400, 'The upload broke off.'); // nobody is there to read it
  } finally {
    await handle.close();
  }
  if (!cloud.images.has(image.id)) {
    await cloud.removeFile(file);
    throw new Refusal(
      410,
      `Image ${image.id} could not be found after upload. The image may have been deleted during the upload.`,
    );
  }
  Object.assign(image, taken);
  image.file = file;
  image.virtualSize = await virtualSize(file, image.diskFormat ?? '');
  image.updatedAt = timeNow();
}

type Taken = Pick<LabImage, 'size' | 'checksum' | 'sha512'>;

async function storeBody(
  cloud: Cloud,
  { request, faults }: Call,
  handle: FileHandle,
  breaksAfterBytes: number | null,
): Promise<Taken> {
  const [md5, sha512] = [createHash('md5'), createHash('sha512')];
  const cuts =
    breaksAfterBytes === null ? [] : [FaultRule.parse({ where: 'image', kind: 'cut', afterBytes: breaksAfterBytes })];
  const way = new FaultyBytes([...faults, ...cuts]);
  const expiry = faults.find(({ kind }) => kind === 'expire')?.afterBytes ?? Infinity;
  let size = 0;
  // Leaving the loop early must not break the connection: the refusal is to be read.
  for await (const piece of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    if (size < expiry && size + piece.byteLength >= expiry) cloud.expireTokens(); // the upload goes on all the same
    size += piece.byteLength;
    cloud.settings.onWrite(writeOf(request));
    if (size > cloud.settings.imageSizeCapBytes) {
      request.resume();
      throw new Refusal(413, 'The incoming image is too large: The provided image is too large.');
    }
    const { bytes, isCut } = await way.pass(piece);
    if (isCut) {
      request.destroy();
      throw new Error('The upload was told to break off.');
    }
    md5.update(bytes);
    sha512.update(bytes);
    for (let done = 0; done < bytes.byteLength;) done += (await handle.write(bytes, done)).bytesWritten;
  }
  return { size, checksum: md5.digest('hex'), sha512: sha512.digest('hex') };
}

async function finishImport(cloud: Cloud, image: LabImage): Promise<void> {
  const copy = await cloud.bytesOf(image, 'import'); // which stays when the image is removed meanwhile
  if (copy === null) return;
  Object.assign(image, await digestsOf(copy, cloud.signal));
  await cloud.removeFile(copy);
  image.virtualSize = await virtualSize(image.file ?? '', image.diskFormat ?? '');
  image.tasks.push({
    id: randomUUID(),
    status: 'success',
    message: `Copied ${Math.floor((image.size ?? 0) / MIB)} MiB`,
  });
  image.status = 'active';
  image.updatedAt = timeNow();
}

function download(image: LabImage, { request }: Call): Answer {
  const { file, size } = image;
  if (image.status !== 'active' || file === null || size === null) return { status: 204 };
  const headers = {
    'content-type': 'application/octet-stream',
    ...(image.checksum === null ? {} : { 'content-md5': image.checksum }),
  };
  const range = request.headers.range;
  if (range === undefined) {
    return { status: 200, headers: { ...headers, 'content-length': String(size) }, stream: createReadStream(file) };
  }
  const [, from = '', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(range) ?? [];
  const start = Number(from);
  const end = Math.min(to === '' ? size - 1 : Number(to), size - 1);
  if (from === '' || start > end)
    throw new Refusal(416, 'Invalid range', undefined, { 'content-range': `bytes */${size}` });
  return {
    status: 206,
    headers: {
      'content-type': headers['content-type'],
      'content-length': String(end - start + 1),
      'content-range': `bytes ${start}-${end}/${size}`,
    },
    stream: createReadStream(file, { start, end }),
  };
}
