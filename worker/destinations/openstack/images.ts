/** Images in Glance: made empty, filled by one PUT, and held against what was sent. */
import { z } from 'zod';
import type { GutsError } from '../../../main/shared/errors.ts';
import type { ImageSpec, ImageUpload, Ledger } from '../../drivers.ts';
import { ConnectionLostError } from '../../net/errors.ts';
import { Upload } from '../../net/upload.ts';
import { TokenRefusedError } from './errors.ts';
import { ImageDiffersError, ImageStuckError, TokenEndedMeanwhileError } from './making-errors.ts';
import { makeOnce, tagIn, unlessGone, waitUntil, type Site } from './making.ts';

export const Image = z.looseObject({
  id: z.string().min(1),
  name: z.string().nullish(),
  status: z.string(),
  size: z.number().nullish(),
  disk_format: z.string().nullish(),
  min_disk: z.number().nullish(),
  os_hash_algo: z.string().nullish(),
  os_hash_value: z.string().nullish(),
});
export type Image = z.infer<typeof Image>;

/** Glance looks at the token when a PUT begins; some of its stores use it until the end. */
const TOKEN_SECONDS = 30 * 60;
/**
 * Glance notices a broken upload at once; or when its own socket times out, or never when it was killed over it. Nobody
 * waits for that: the image is replaced.
 */
const BROKEN_PATIENCE_MS = 10_000;
const ACTIVE_PATIENCE_MS = 10 * 60_000;

export const pathOfImage = (id: string): string => `/images/${encodeURIComponent(id)}`;

/** An image that waits for its bytes; one that the ledger names is filled again, or replaced where it cannot be. */
export async function openImage(
  site: Site,
  spec: ImageSpec,
  ledger: Ledger,
  signal: AbortSignal,
): Promise<ImageUpload> {
  const { session } = site;
  const item = { key: spec.key, kind: 'image' as const, name: spec.name, facts: {} };
  const { id } = await makeOnce(
    site,
    ledger,
    item,
    {
      adopt: async (id) => await adoptImage(site, id, spec, signal),
      find: async () => {
        for await (const { id } of session.list('image', '/images', 'images', Image, signal, { name: spec.name }))
          return id;
        return null;
      },
      create: async (signal) =>
        await session.request('image', 'POST', '/images', { schema: Image, body: bodyOf(spec), signal }),
    },
    signal,
  );
  return new GlanceUpload(site, id, signal);
}

function bodyOf({ name, format, minDiskGiB, properties }: ImageSpec): Record<string, unknown> {
  const tag = tagIn(name);
  return {
    ...properties,
    name,
    visibility: 'private',
    disk_format: format,
    container_format: 'bare',
    min_disk: minDiskGiB,
    ...(tag === null ? {} : { tags: [tag] }),
  };
}

async function adoptImage(site: Site, id: string, spec: ImageSpec, signal: AbortSignal): Promise<Image | null> {
  const { session } = site;
  const look = async (): Promise<Image | null> =>
    await unlessGone(session.request('image', 'GET', pathOfImage(id), { schema: Image, signal }));
  let image = await look();
  if (image?.status === 'saving') image = await settledImage(site, look, signal);
  if (image === null) return null;
  const isAsked =
    image.disk_format === spec.format &&
    image.min_disk === spec.minDiskGiB &&
    Object.entries(spec.properties).every(([name, value]) => image[name] === value);
  if (image.status === 'queued' && isAsked) return image;
  await unlessGone(session.request('image', 'DELETE', pathOfImage(id), { schema: z.null(), signal }));
  return null;
}

/** What becomes of an image whose upload broke: queued within a moment, or still saving after all patience. */
async function settledImage(site: Site, look: () => Promise<Image | null>, signal: AbortSignal): Promise<Image | null> {
  let last: Image | null = null;
  const watch = async (): Promise<Image | null> => (last = await look());
  const late = (): Error => new ImageStuckError('The image is still saving.');
  try {
    return await waitUntil(site, watch, (image) => image?.status !== 'saving', {
      patienceMs: BROKEN_PATIENCE_MS,
      late,
      signal,
    });
  } catch (error) {
    if (error instanceof ImageStuckError) return last; // it is replaced
    throw error;
  }
}

class GlanceUpload implements ImageUpload {
  readonly imageId: string;
  position = 0;
  readonly #site: Site;
  readonly #signal: AbortSignal;
  /** Connected when the first bytes are there: the source may take its time to open. */
  #upload: Promise<Upload> | null = null;

  constructor(site: Site, imageId: string, signal: AbortSignal) {
    this.imageId = imageId;
    this.#site = site;
    this.#signal = signal;
  }

  async append(bytes: Uint8Array): Promise<void> {
    this.position += bytes.byteLength;
    const upload = await this.#open();
    await upload.append(bytes);
  }

  async zeros(length: number): Promise<void> {
    this.position += length;
    const upload = await this.#open();
    await upload.zeros(length);
  }

  async finish(
    sent: { readonly sha512: string; readonly sizeBytes: number },
    signal: AbortSignal,
  ): Promise<{ readonly evidence: string }> {
    const lost = await this.#end();
    const { session } = this.#site;
    const path = pathOfImage(this.imageId);
    const look = async (): Promise<Image> => await session.request('image', 'GET', path, { schema: Image, signal });
    let image = await look();
    if (lost !== null && image.status !== 'active') throw lost;
    image = await waitUntil(this.#site, look, ({ status }) => status === 'active' || hasFailed(status), {
      patienceMs: ACTIVE_PATIENCE_MS,
      late: ({ status }) =>
        new ImageStuckError(`The image ${this.imageId} has all of its bytes and is still “${status}”.`),
      signal,
    });
    if (hasFailed(image.status))
      throw new ImageStuckError(
        `Glance took the bytes of the image ${this.imageId}, and then it was “${image.status}”.`,
      );
    return { evidence: evidenceOf(image, sent) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const upload = await this.#upload?.catch(() => null);
    await upload?.[Symbol.asyncDispose]();
  }

  /** @returns the error of a connection that was lost when the answer was due: the image shows whether it came whole */
  async #end(): Promise<ConnectionLostError | null> {
    const upload = await this.#open();
    try {
      await upload.end();
    } catch (error) {
      if (!(error instanceof ConnectionLostError)) throw error;
      return error;
    }
    return null;
  }

  #open(): Promise<Upload> {
    this.#upload ??= this.#put();
    return this.#upload;
  }

  async #put(): Promise<Upload> {
    const { session } = this.#site;
    // A token may end before its time, and some servers say so only behind all of the bytes: any question renews it.
    await session.request('image', 'GET', pathOfImage(this.imageId), { schema: Image, signal: this.#signal });
    const path = `${pathOfImage(this.imageId)}/file`;
    const url = `${session.endpoint('image')}${path}`;
    const headers = {
      Accept: 'application/json',
      'Content-Type': 'application/octet-stream',
      'User-Agent': 'guts',
      'X-Auth-Token': await session.token(TOKEN_SECONDS),
    };
    const explain = (answer: Parameters<typeof session.explain>[3]): GutsError => {
      const refusal = session.explain('image', 'PUT', path, answer);
      return refusal instanceof TokenRefusedError ? new TokenEndedMeanwhileError(refusal) : refusal;
    };
    await session.mayChange();
    return await Upload.open({ url, ...session.peerOf(url), headers, explain }, this.#signal);
  }
}

const hasFailed = (status: string): boolean => !['active', 'saving', 'importing', 'uploading'].includes(status);

/** @throws ImageDiffersError */
function evidenceOf(
  { id, size, os_hash_algo: algorithm, os_hash_value: hash }: Image,
  sent: { readonly sha512: string; readonly sizeBytes: number },
): string {
  if (size !== sent.sizeBytes)
    throw new ImageDiffersError(
      `${sent.sizeBytes} bytes were sent, but Glance has ${size ?? 'an unknown number'} of them in image ${id}.`,
    );
  if (algorithm !== 'sha512')
    return `Glance has ${size} bytes, as many as were sent. It gives ${algorithm ? `a hash by ${algorithm}` : 'no hash'}, not by SHA-512: the content was not compared.`;
  if (hash?.toLowerCase() !== sent.sha512.toLowerCase())
    throw new ImageDiffersError(
      `Glance reports the SHA-512 ${hash ?? '(none)'} for image ${id}, but what was sent has ${sent.sha512}.`,
    );
  return `Glance has ${size} bytes with SHA-512 ${hash}, which is what was sent.`;
}
