/** What a real cloud says for itself, asked with plain requests that share nothing with the product. */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { DestinationSignIn } from '../../main/shared/connections.ts';

/** JSON as it comes; stories look at single fields of it. */
// oxlint-disable-next-line typescript/no-explicit-any -- the tests' own eyes: a field that is missing fails the story
type Json = any;

export class Cloud {
  readonly #token: string;
  readonly #endpoints: ReadonlyMap<string, string>;

  private constructor(token: string, endpoints: ReadonlyMap<string, string>) {
    this.#token = token;
    this.#endpoints = endpoints;
  }

  static async signIn({ connection: { authUrl, auth }, secret }: DestinationSignIn): Promise<Cloud> {
    if (auth.method !== 'password') throw new Error('stories sign in by password');
    const domain = (name: string) => ({ name });
    const body = {
      auth: {
        identity: {
          methods: ['password'],
          password: { user: { name: auth.userName, domain: domain(auth.userDomain), password: secret } },
        },
        scope: { project: { name: auth.project, domain: domain(auth.projectDomain) } },
      },
    };
    const answer = await fetch(`${authUrl.replace(/\/v3\/?$/, '')}/v3/auth/tokens`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    const { token } = (await answer.json()) as Json;
    const endpoints = new Map<string, string>(
      token.catalog.map(({ type, endpoints }: Json) => [
        type,
        endpoints.find((one: Json) => one.interface === 'public').url.replace(/\/$/, ''),
      ]),
    );
    return new Cloud(answer.headers.get('X-Subject-Token') ?? '', endpoints);
  }

  async get(service: 'compute' | 'image' | 'network' | 'volumev3', path: string): Promise<Json> {
    const answer = await this.#ask(service, path);
    return await answer.json();
  }

  /** Everything that the project has, by kind; names and ids. */
  async everything(): Promise<Readonly<Record<string, readonly string[]>>> {
    const [servers, images, volumes, ports, floating] = await Promise.all([
      this.get('compute', '/servers'),
      this.get('image', '/v2/images?visibility=private'),
      this.get('volumev3', '/volumes'),
      this.get('network', '/v2.0/ports?device_owner=compute:nova'),
      this.get('network', '/v2.0/floatingips'),
    ]);
    const loose = await this.get('network', '/v2.0/ports?device_owner=');
    const told = (all: Json[]): string[] => all.map(({ id, name }) => `${name ?? ''} ${id}`).toSorted();
    return {
      servers: told(servers.servers),
      images: told(images.images),
      volumes: told(volumes.volumes),
      ports: told([...ports.ports, ...loose.ports]),
      floatingIps: told(floating.floatingips),
    };
  }

  async download(imageId: string, file: string): Promise<void> {
    const answer = await this.#ask('image', `/v2/images/${imageId}/file`);
    if (answer.body === null) throw new Error(`image ${imageId} has no bytes`);
    await pipeline(Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0]), createWriteStream(file));
  }

  /** A volume's bytes, by way of an image that is removed again. */
  async downloadVolume(volumeId: string, file: string): Promise<void> {
    const action = {
      'os-volume_upload_image': { image_name: 'story', disk_format: 'raw', container_format: 'bare', force: true },
    };
    const answer = await this.#ask('volumev3', `/volumes/${volumeId}/action`, 'POST', action);
    const imageId = ((await answer.json()) as Json)['os-volume_upload_image'].image_id;
    await this.until(async () => (await this.get('image', `/v2/images/${imageId}`)).status === 'active');
    await this.download(imageId, file);
    await this.remove('image', `/v2/images/${imageId}`);
    await this.until(
      async () => !['uploading'].includes((await this.get('volumev3', `/volumes/${volumeId}`)).volume.status),
    );
  }

  async console(serverId: string): Promise<string> {
    const answer = await this.#ask('compute', `/servers/${serverId}/action`, 'POST', {
      'os-getConsoleOutput': { length: 500 },
    });
    return ((await answer.json()) as Json).output;
  }

  /** Removes a server with its floating addresses, ports, volumes and image. */
  async removeServer(serverId: string): Promise<void> {
    const ports = (await this.get('network', `/v2.0/ports?device_id=${serverId}`)).ports as Json[];
    const attached = (await this.get('compute', `/servers/${serverId}/os-volume_attachments`))
      .volumeAttachments as Json[];
    const image = (await this.get('compute', `/servers/${serverId}`)).server.image;
    for (const { id } of ports)
      for (const floating of (await this.get('network', `/v2.0/floatingips?port_id=${id}`)).floatingips as Json[])
        await this.remove('network', `/v2.0/floatingips/${floating.id}`);
    await this.remove('compute', `/servers/${serverId}`);
    await this.until(
      async () => (await this.#ask('compute', `/servers/${serverId}`, 'GET', undefined, true)).status === 404,
    );
    for (const { id } of ports) await this.remove('network', `/v2.0/ports/${id}`);
    for (const { volumeId } of attached) {
      await this.until(async () => (await this.get('volumev3', `/volumes/${volumeId}`)).volume.status === 'available');
      await this.remove('volumev3', `/volumes/${volumeId}`);
    }
    if (typeof image === 'object' && image !== null) await this.remove('image', `/v2/images/${image.id}`);
  }

  async remove(service: 'compute' | 'image' | 'network' | 'volumev3', path: string): Promise<void> {
    await this.#ask(service, path, 'DELETE', undefined, true);
  }

  async until(isSo: () => Promise<boolean>, patienceMs = 300_000): Promise<void> {
    for (const end = Date.now() + patienceMs; !(await isSo());) {
      if (Date.now() > end) throw new Error('the cloud takes too long');
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }

  async #ask(service: string, path: string, method = 'GET', body?: unknown, isLenient = false): Promise<Response> {
    const answer = await fetch(`${this.#endpoints.get(service) ?? ''}${path}`, {
      method,
      headers: { 'X-Auth-Token': this.#token, Accept: 'application/json', 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok && !isLenient)
      throw new Error(`${method} ${service} ${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  }
}
