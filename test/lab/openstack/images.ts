/** Glance's records of images: made, changed, listed, removed; their bytes are in `image-data.ts`. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { timeNow, type Cloud } from './cloud.ts';
import { page } from './listing.ts';
import { on, Refusal, type Call, type Route } from './web.ts';
import type { LabImage } from './words.ts';

export const DISK_FORMATS = ['ami', 'ari', 'aki', 'vhd', 'vhdx', 'vmdk', 'raw', 'qcow2', 'vdi', 'iso', 'ploop'];
export const CONTAINER_FORMATS = ['ami', 'ari', 'aki', 'bare', 'ovf', 'ova', 'docker', 'compressed'];
/** How many images a page has when nobody asks for more: a trap for who reads one page only. */
const USUAL_PAGE = 25;

export const VISIBILITIES = ['public', 'private', 'shared', 'community'];

const base = {
  name: z.string().max(255).nullable(),
  visibility: z.enum(VISIBILITIES),
  protected: z.boolean(),
  os_hidden: z.boolean(),
  min_disk: z.number().int().nonnegative(),
  min_ram: z.number().int().nonnegative(),
  disk_format: z.enum(DISK_FORMATS).nullable(),
  container_format: z.enum(CONTAINER_FORMATS).nullable(),
  tags: z.array(z.string().max(255)),
};
const Given = z.object(base).partial();
const NewImage = Given.extend({ id: z.uuid().optional() }).catchall(z.string());
const Patch = z.array(
  z.object({ op: z.enum(['add', 'replace', 'remove']), path: z.string().startsWith('/'), value: z.unknown() }),
);
const PATCH_TYPE = 'application/openstack-images-v2.1-json-patch';
/** Only Glance itself writes these. */
const READ_ONLY = [
  'id',
  'status',
  'size',
  'virtual_size',
  'checksum',
  'os_hash_algo',
  'os_hash_value',
  'owner',
  'file',
];

export function imageRoutes(cloud: Cloud): Route[] {
  return [...recordRoutes(cloud), ...tagRoutes(cloud)];
}

function recordRoutes(cloud: Cloud): Route[] {
  return [
    on('POST', '/v2/images', async (call) => {
      const image = await newImage(cloud, call);
      const headers = {
        location: `${call.base}/v2/images/${image.id}`,
        'openstack-image-import-methods': 'glance-direct',
        'openstack-image-store-ids': 'file',
      };
      return { status: 201, body: imageBody(image), headers };
    }),
    on('GET', '/v2/images', (call) => {
      const found = [...cloud.images.values()]
        .reverse()
        .filter((image) => isSeen(image, call) && fits(image, call.query));
      const { items, next } = page(found, call, USUAL_PAGE, cloud.settings.pageSize);
      const links = { first: '/v2/images', schema: '/v2/schemas/images' };
      const shown = next === null ? links : { ...links, next: next.slice(call.base.length) };
      return { status: 200, body: { images: items.map(imageBody), ...shown } };
    }),
    on('GET', '/v2/images/:id', (call) => ({ status: 200, body: imageBody(imageOf(cloud, call)) })),
    on('PATCH', '/v2/images/:id', async (call) => {
      const image = ownImageOf(cloud, call);
      if (call.request.headers['content-type'] !== PATCH_TYPE)
        throw new Refusal(415, 'Unsupported Media Type', undefined, { 'accept-patch': PATCH_TYPE });
      change(image, await call.json(Patch), call.who.isAdmin);
      return { status: 200, body: imageBody(image) };
    }),
    on('DELETE', '/v2/images/:id', async (call) => {
      const image = ownImageOf(cloud, call);
      if (image.isProtected) throw new Refusal(403, `Image ${image.id} is protected and cannot be deleted.`);
      cloud.images.delete(image.id);
      await cloud.removeFile(image.file);
      return { status: 204 };
    }),
  ];
}

function tagRoutes(cloud: Cloud): Route[] {
  return [
    on('PUT', '/v2/images/:id/tags/:tag', (call) => {
      const image = ownImageOf(cloud, call);
      image.tags = [...new Set([...image.tags, call.param('tag')])];
      return { status: 204 };
    }),
    on('DELETE', '/v2/images/:id/tags/:tag', (call) => {
      const image = ownImageOf(cloud, call);
      if (!image.tags.includes(call.param('tag'))) throw new Refusal(404, 'Not found.');
      image.tags = image.tags.filter((tag) => tag !== call.param('tag'));
      return { status: 204 };
    }),
  ];
}

async function newImage(cloud: Cloud, call: Call): Promise<LabImage> {
  const { id = randomUUID(), ...given } = await call.json(NewImage);
  const forbidden = READ_ONLY.find((name) => name in given);
  if (forbidden !== undefined) throw new Refusal(403, `Attribute '${forbidden}' is read-only.`);
  if (cloud.images.has(id)) throw new Refusal(409, `Image ID ${id} already exists!`);
  mustMayPublish(given.visibility, call.who.isAdmin);
  const properties = Object.entries(given).filter(([name]) => !(name in base)) as [string, string][]; // by `catchall`
  const image: LabImage = {
    id,
    owner: call.who.projectId,
    name: given.name ?? null,
    status: 'queued',
    diskFormat: given.disk_format ?? null,
    containerFormat: given.container_format ?? null,
    visibility: given.visibility ?? 'shared',
    minDisk: given.min_disk ?? 0,
    minRam: given.min_ram ?? 0,
    isProtected: given.protected ?? false,
    isHidden: given.os_hidden ?? false,
    size: null,
    virtualSize: null,
    checksum: null,
    sha512: null,
    properties: Object.fromEntries(properties),
    tags: given.tags ?? [],
    file: null,
    tasks: [],
    createdAt: timeNow(),
    updatedAt: timeNow(),
  };
  cloud.images.set(id, image);
  return image;
}

function mustMayPublish(visibility: string | undefined, isAdmin: boolean): void {
  if (visibility === 'public' && !isAdmin)
    throw new Refusal(403, 'You are not authorized to complete publicize_image action.');
}

/** JSON patch on a copy of the image; the image changes only when every step is allowed. */
function change(image: LabImage, steps: z.infer<typeof Patch>, isAdmin: boolean): void {
  const properties = { ...image.properties };
  const values: Record<string, unknown> = {};
  for (const { op, path, value } of steps) {
    const name = path.slice(1).replaceAll('~1', '/').replaceAll('~0', '~');
    if (READ_ONLY.includes(name)) throw new Refusal(403, `Attribute '${name}' is read-only.`);
    if (name in base) {
      if (op === 'remove') throw new Refusal(403, `Property ${name} may not be removed.`);
      if (/^(disk|container)_format$/.test(name) && image.status !== 'queued')
        throw new Refusal(403, `Attribute ${name} can be only replaced for a queued image.`);
      values[name] = value;
      continue;
    }
    if (op !== 'add' && properties[name] === undefined) throw new Refusal(409, `Property ${name} does not exist.`);
    if (op === 'remove') delete properties[name];
    else if (typeof value === 'string') properties[name] = value;
    else
      throw new Refusal(
        400,
        `Provided object does not match schema 'image': ${JSON.stringify(value)} is not of type 'string'`,
      );
  }
  const parsed = Given.safeParse(values);
  if (!parsed.success) throw new Refusal(400, `Provided object does not match schema 'image': ${parsed.error.message}`);
  const given = parsed.data;
  mustMayPublish(given.visibility, isAdmin);
  for (const name of Object.keys(image.properties)) delete image.properties[name];
  Object.assign(image.properties, properties);
  if (given.name !== undefined) image.name = given.name;
  if (given.visibility !== undefined) image.visibility = given.visibility;
  if (given.protected !== undefined) image.isProtected = given.protected;
  if (given.os_hidden !== undefined) image.isHidden = given.os_hidden;
  if (given.min_disk !== undefined) image.minDisk = given.min_disk;
  if (given.min_ram !== undefined) image.minRam = given.min_ram;
  if (given.disk_format !== undefined) image.diskFormat = given.disk_format;
  if (given.container_format !== undefined) image.containerFormat = given.container_format;
  if (given.tags !== undefined) image.tags = given.tags;
  image.updatedAt = timeNow();
}

/** @throws Refusal 404 */
export function imageOf(cloud: Cloud, call: Call): LabImage {
  const image = cloud.images.get(call.param('id'));
  if (image === undefined || !isSeen(image, call)) throw new Refusal(404, `No image found with ID ${call.param('id')}`);
  return image;
}

/** @throws Refusal 403, 404 */
export function ownImageOf(cloud: Cloud, call: Call): LabImage {
  const image = imageOf(cloud, call);
  if (image.owner !== call.who.projectId && !call.who.isAdmin)
    throw new Refusal(403, 'You are not permitted to modify this image.');
  return image;
}

function isSeen(image: LabImage, { who }: Call): boolean {
  return who.isAdmin || image.owner === who.projectId || ['public', 'community'].includes(image.visibility);
}

function fits(image: LabImage, query: URLSearchParams): boolean {
  const body = imageBody(image);
  if (image.isHidden !== (query.get('os_hidden') === 'true')) return false;
  return [...query].every(([name, value]) => {
    if (['limit', 'marker', 'sort', 'sort_key', 'sort_dir', 'os_hidden', 'member_status'].includes(name)) return true;
    if (name === 'tag') return image.tags.includes(value);
    if (value.startsWith('in:')) return value.slice(3).split(',').includes(String(body[name]));
    return String(body[name]) === value;
  });
}

/** The image as Glance shows it. */
function imageBody(image: LabImage): Record<string, unknown> {
  return {
    ...image.properties,
    name: image.name,
    disk_format: image.diskFormat,
    container_format: image.containerFormat,
    visibility: image.visibility,
    size: image.size,
    virtual_size: image.virtualSize,
    status: image.status,
    checksum: image.checksum,
    protected: image.isProtected,
    min_ram: image.minRam,
    min_disk: image.minDisk,
    owner: image.owner,
    os_hidden: image.isHidden,
    os_hash_algo: image.sha512 === null ? null : 'sha512',
    os_hash_value: image.sha512,
    id: image.id,
    created_at: image.createdAt,
    updated_at: image.updatedAt,
    tags: image.tags,
    self: `/v2/images/${image.id}`,
    file: `/v2/images/${image.id}/file`,
    schema: '/v2/schemas/image',
  };
}
