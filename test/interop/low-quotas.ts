/** A real cloud's quotas, set by its admin and put back; and whether the cloud itself refuses what a rehearsal says it would. */
import type { Countable } from '../../main/shared/rehearsal.ts';
import { CloudClient, type CloudAnswer, type Json } from '../support/cloud-client.ts';
import { until } from '../support/until.ts';
import type { DestinationSignIn } from '../../main/shared/connections.ts';
import type { OpenstackPeer } from './openstack-peer.ts';

/** What a quota is of, as rehearsals say it. */
export interface QuotaName {
  readonly of: Countable | 'singleVolumeGiB';
  readonly volumeType: string | null;
}

interface Place {
  readonly service: 'compute' | 'volumev3' | 'network';
  /** In the words of that service. */
  readonly name: string;
}

const places: Readonly<Record<QuotaName['of'], Place>> = {
  instances: { service: 'compute', name: 'instances' },
  cores: { service: 'compute', name: 'cores' },
  memoryMiB: { service: 'compute', name: 'ram' },
  ports: { service: 'network', name: 'port' },
  floatingIps: { service: 'network', name: 'floatingip' },
  volumes: { service: 'volumev3', name: 'volumes' },
  volumeGiB: { service: 'volumev3', name: 'gigabytes' },
  singleVolumeGiB: { service: 'volumev3', name: 'per_volume_gigabytes' },
};
const WITHOUT_NETWORK = { 'openstack-api-version': 'compute 2.37' };

export class LowQuotas implements AsyncDisposable {
  readonly #admin: CloudClient;
  readonly #member: CloudClient;
  /** As they were found. */
  readonly #before = new Map<string, { readonly of: QuotaName; readonly limit: number }>();

  static async open({ admin, member }: Pick<OpenstackPeer, 'admin' | 'member'>): Promise<LowQuotas> {
    return new LowQuotas(await signedIn(admin), await signedIn(member));
  }

  private constructor(admin: CloudClient, member: CloudClient) {
    this.#admin = admin;
    this.#member = member;
  }

  async set(of: QuotaName, limit: number): Promise<void> {
    const key = JSON.stringify(of);
    if (!this.#before.has(key)) this.#before.set(key, { of, limit: await this.#limit(of) });
    await this.#put(of, limit);
  }

  /** All of them are as they were found. */
  async putBack(): Promise<void> {
    for (const { of, limit } of this.#before.values()) await this.#put(of, limit);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.putBack();
  }

  /**
   * Makes so many of it as a plain member, and removes them again.
   * @returns the cloud's refusal; null where it took them all
   */
  async refusalOf(of: QuotaName, needs: number, flavorId: string): Promise<CloudAnswer | null> {
    switch (of.of) {
      case 'instances':
      case 'cores':
      case 'memoryMiB':
        return await this.#servers(needs, flavorId);
      case 'volumes':
        return await this.#several(needs, async () => await this.#volume(1, of.volumeType));
      case 'volumeGiB':
        return await this.#several(1, async () => await this.#volume(needs, of.volumeType));
      case 'singleVolumeGiB':
        return await this.#several(1, async () => await this.#volume(1, null));
      case 'ports':
        return await this.#several(needs, async () => await this.#port());
      case 'floatingIps':
        return await this.#several(needs, async () => await this.#floatingIp());
    }
  }

  /** Nova counts all of one request before it makes the first. They would boot from volumes that are made for them. */
  async #servers(count: number, flavorId: string): Promise<CloudAnswer | null> {
    const disk = { boot_index: 0, source_type: 'blank', destination_type: 'volume', volume_size: 1 };
    const server = {
      name: 'too-many',
      flavorRef: flavorId,
      block_device_mapping_v2: [disk],
      networks: 'none',
      min_count: count,
      max_count: count,
    };
    const answer = await this.#member.ask('compute', 'POST', '/servers', {
      headers: WITHOUT_NETWORK,
      body: { server },
    });
    return answer.status === 202 ? null : answer;
  }

  async #several(count: number, make: () => Promise<Made>): Promise<CloudAnswer | null> {
    const made: Made[] = [];
    try {
      for (let i = 0; i < count; i++) {
        const one = await make();
        if (one.answer.status > 299) return one.answer;
        made.push(one);
      }
      return null;
    } finally {
      for (const { service, path } of made)
        await until(
          async () => await this.#member.ask(service, 'DELETE', path),
          ({ status }) => [202, 204, 404].includes(status), // Cinder refuses while a volume is being made
        );
      for (const { service, path } of made)
        await until(
          async () => await this.#member.ask(service, 'GET', path),
          ({ status }) => status === 404,
        );
    }
  }

  async #volume(size: number, type: string | null): Promise<Made> {
    const volume = { name: 'too-many', size, ...(type === null ? {} : { volume_type: type }) };
    const answer = await this.#member.ask('volumev3', 'POST', '/volumes', { body: { volume } });
    return { service: 'volumev3', path: `/volumes/${idIn(answer, 'volume')}`, answer };
  }

  async #port(): Promise<Made> {
    const network_id = await this.#network('lan');
    const body = { port: { network_id, name: 'too-many' } };
    const answer = await this.#member.ask('network', 'POST', '/v2.0/ports', { body });
    return { service: 'network', path: `/v2.0/ports/${idIn(answer, 'port')}`, answer };
  }

  async #floatingIp(): Promise<Made> {
    const body = { floatingip: { floating_network_id: await this.#network('public') } };
    const answer = await this.#member.ask('network', 'POST', '/v2.0/floatingips', { body });
    return { service: 'network', path: `/v2.0/floatingips/${idIn(answer, 'floatingip')}`, answer };
  }

  async #network(name: string): Promise<unknown> {
    const { networks } = (await this.#member.ask('network', 'GET', `/v2.0/networks?name=${name}`)).json();
    return networks?.['0']?.['id'];
  }

  async #limit(of: QuotaName): Promise<number> {
    const { service } = places[of.of];
    const answer = (await said(this.#admin.ask(service, 'GET', this.#path(service)))).json();
    return Number(answer[service === 'network' ? 'quota' : 'quota_set']?.[nameOf(of)]);
  }

  async #put(of: QuotaName, limit: number): Promise<void> {
    const { service } = places[of.of];
    const set = { [nameOf(of)]: limit };
    const body =
      service === 'network' ? { quota: set } : { quota_set: service === 'compute' ? { ...set, force: true } : set };
    await said(this.#admin.ask(service, 'PUT', this.#path(service), { body }));
  }

  #path(service: Place['service']): string {
    return service === 'network'
      ? `/v2.0/quotas/${this.#member.projectId}`
      : `/os-quota-sets/${this.#member.projectId}`;
  }
}

interface Made {
  readonly service: Place['service'];
  readonly path: string;
  readonly answer: CloudAnswer;
}

const nameOf = ({ of, volumeType }: QuotaName): string =>
  volumeType === null ? places[of].name : `${places[of].name}_${volumeType}`;

const idIn = (answer: CloudAnswer, key: string): string =>
  answer.status > 299 ? '' : String((answer.json() as Json)[key]?.['id']);

async function signedIn({ connection: { auth, authUrl }, secret }: DestinationSignIn): Promise<CloudClient> {
  if (auth.method !== 'password') throw new Error('stories sign in by password');
  return await CloudClient.signIn({ authUrl, user: auth.userName, password: secret, project: auth.project });
}

/** @throws Error with the cloud's words when it refuses */
async function said(asking: Promise<CloudAnswer>): Promise<CloudAnswer> {
  const answer = await asking;
  if (answer.status > 299) throw new Error(`the cloud answers ${answer.status}: ${answer.text}`);
  return answer;
}
