/** What the fleet works between: machines of a vCenter with small disks, a few with large ones, and a cloud that notes who changes what. */
import { defaultNetworks } from '../../lab/openstack/default-world.ts';
import type { NetworkSpec } from '../../lab/openstack/words.ts';
import { startOpenstack, type LabWrite, type OpenstackLab } from '../../lab/openstack/start.ts';
import { BLOCK_BYTES, madeContent, seededContent } from '../../lab/content.ts';
import type { MachineSpec } from '../../lab/vcenter/machine-spec.ts';
import { startVcenter, type Vcenter } from '../../lab/vcenter/vcenter.ts';
import { randomBytes } from 'node:crypto';
import { MiB } from '../../support/disks.ts';

/** As long as a dead worker’s lease on a machine’s disks keeps it busy; a worker on a busy machine is late sometimes. */
const LEASE_TIMEOUT_MS = 10_000;
/** With addresses for all that a long run moves. */
const roomier = (network: NetworkSpec): NetworkSpec =>
  network.name !== 'lan'
    ? network
    : { ...network, subnets: [{ name: 'lan-v4', cidr: '10.20.0.0/16', pool: ['10.20.1.1', '10.20.250.250'] }] };
const everything = { instances: -1, cores: -1, ramMiB: -1, ports: -1, floatingIps: -1, volumes: -1, volumeGiB: -1 };

export class Estate implements AsyncDisposable {
  readonly vcenter: Vcenter;
  readonly cloud: OpenstackLab;
  /** Oldest first. */
  readonly writes: readonly LabWrite[];
  #taken = 0;
  #takenLarge = 0;

  private constructor(vcenter: Vcenter, cloud: OpenstackLab, writes: readonly LabWrite[]) {
    this.vcenter = vcenter;
    this.cloud = cloud;
    this.writes = writes;
  }

  static async open(machines: number, large: number): Promise<Estate> {
    const vcenter = await startVcenter({
      machines: [
        ...Array.from({ length: machines }, (_, i) => machineOf(i)),
        ...Array.from({ length: large }, (_, i) => largeOf(i)),
      ],
      withOthers: false,
      leaseTimeoutMs: LEASE_TIMEOUT_MS,
      shutdownMs: 200,
    });
    const writes: LabWrite[] = [];
    const cloud = await startOpenstack({
      quotas: everything,
      networks: defaultNetworks.map(roomier),
      buildMs: 20,
      onWrite: (write) => writes.push(write),
    });
    return new Estate(vcenter, cloud, writes);
  }

  /** Names of so many that nobody has moved yet. */
  next(count: number): string[] {
    return Array.from({ length: count }, () => nameOf(this.#taken++));
  }

  /** One whose disk the engine cannot send as it comes: half of it has to wait in the conversion space. */
  nextLarge(): string {
    return nameOfLarge(this.#takenLarge++);
  }

  get ports(): { readonly source: number; readonly cloud: number } {
    return { source: Number(new URL(this.vcenter.url).port), cloud: Number(new URL(this.cloud.authUrl).port) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.vcenter[Symbol.asyncDispose](), this.cloud[Symbol.asyncDispose]()]);
  }
}

/** As no reference of a vCenter is. */
const nameOf = (i: number): string => `box-${i}`;
const nameOfLarge = (i: number): string => `large-${i}`;
/** Nothing makes it smaller; the same in every block, so that it costs nothing. */
const noise = randomBytes(BLOCK_BYTES);
const LARGE_BYTES = 48 * MiB;

/** The place of an image's tables is guessed from what shrinks to a half, and this does not; more waits than memory is given to. */
function largeOf(i: number): MachineSpec {
  const offsets = Array.from({ length: LARGE_BYTES / BLOCK_BYTES }, (_, block) => block * BLOCK_BYTES);
  const content = madeContent(nameOfLarge(i), LARGE_BYTES, offsets, () => noise);
  return {
    name: nameOfLarge(i),
    power: 'off',
    disks: [{ sizeBytes: content.sizeBytes, isThin: true, content }],
    nics: [{ network: 'VM Network', mac: macOf(0x80_00 + i) }],
  };
}

function machineOf(i: number): MachineSpec {
  const content = seededContent(`disk of ${nameOf(i)}`, 3 * MiB, 7 + i);
  return {
    name: nameOf(i),
    power: i % 3 === 0 ? 'on' : 'off',
    disks: [{ sizeBytes: content.sizeBytes, isThin: true, content }],
    nics: [{ network: 'VM Network', mac: macOf(i) }],
  };
}

const macOf = (i: number): string =>
  `00:50:56:ac:${[Math.floor(i / 256), i % 256].map((byte) => byte.toString(16).padStart(2, '0')).join(':')}`;
