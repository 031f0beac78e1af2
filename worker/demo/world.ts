/** The world of the demo: a vCenter with the demo machine among some sixty others, and an OpenStack, both on this computer. */
import {
  DestinationConnection,
  SourceConnection,
  SourceId,
  type DestinationSignIn,
  type SourceSignIn,
} from '../../main/shared/connections.ts';
import { heldContent } from '../../test/lab/content.ts';
import { startOpenstack, type OpenstackLab } from '../../test/lab/openstack/start.ts';
import type { MachineSpec } from '../../test/lab/vcenter/machine-spec.ts';
import { startVcenter, type Vcenter } from '../../test/lab/vcenter/vcenter.ts';
import { bootAndListen, whyNoEmulator, type BootResult } from './boot.ts';
import { RUNNING_LINE, VERIFIED_LINE, WRONG_LINE, type DemoMachine } from './machine.ts';
import type { DemoExtent } from './regions.ts';

/** Ten times what a slow computer needs under emulation. */
export const BOOT_TIMEOUT_SECONDS = 120;
/** Where the machine is in the source, and where it is to go. */
export const DEMO_NETWORKS = { from: 'VM Network', to: 'lan', address: '192.0.2.77' } as const;
/** Connections of demos have these ids, so that a later demo knows what earlier ones left. */
export const DEMO_SOURCE = SourceId.parse('src_gutsdemo0000');
export const DEMO_DESTINATION = DestinationConnection.shape.id.parse('dst_gutsdemo0000');

export interface DemoWorld extends AsyncDisposable {
  readonly vcenter: Vcenter;
  readonly cloud: OpenstackLab;
  readonly source: SourceSignIn;
  readonly destination: DestinationSignIn;
  /** Why servers of this cloud are not really started; null where they are. */
  readonly obstacle: string | null;
  /** How the last server that was started did; null before there was one. */
  boot(): BootResult | null;
}

/**
 * Starts both; disposing them ends them and removes what was uploaded.
 * @param blocks what the machine's disks hold, in their order
 * @param folder for uploads
 */
export async function startWorld(
  machine: DemoMachine,
  blocks: readonly (readonly DemoExtent[])[],
  folder: string,
): Promise<DemoWorld> {
  const obstacle = await whyNoEmulator();
  let lastBoot: BootResult | null = null;
  const vcenter = await startVcenter({ machines: [specOf(machine, blocks)] });
  let cloud: OpenstackLab;
  try {
    cloud = await startOpenstack({
      folder,
      console: async ({ id, name, flavor }, signal) => {
        if (obstacle !== null || name !== machine.name) return '';
        lastBoot = await bootAndListen(cloud.serverDisks(id), {
          expect: [RUNNING_LINE, VERIFIED_LINE],
          refuse: [WRONG_LINE],
          timeoutMs: BOOT_TIMEOUT_SECONDS * 1000,
          memoryMiB: flavor.ram,
          signal,
        });
        return lastBoot.tried ? `${lastBoot.lines.join('\n')}\n` : '';
      },
    });
  } catch (error) {
    await vcenter[Symbol.asyncDispose]();
    throw error;
  }
  return {
    vcenter,
    cloud,
    source: signInToSource(vcenter),
    destination: signInToCloud(cloud),
    obstacle,
    boot: () => lastBoot,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([vcenter[Symbol.asyncDispose](), cloud[Symbol.asyncDispose]()]);
    },
  };
}

function specOf(machine: DemoMachine, blocks: readonly (readonly DemoExtent[])[]): MachineSpec {
  const { name, cpus, memoryBytes, guestOsId, guestOsName, mac, disks } = machine;
  return {
    name,
    folder: 'test',
    cpus,
    memoryBytes,
    guestOsId,
    guestOsName,
    tools: 'stopped',
    controller: 'lsilogic',
    disks: disks.map(({ sizeBytes }, index) => ({
      sizeBytes,
      isThin: true,
      content: heldContent(`disk ${index + 1} of ${name}`, sizeBytes, blocks[index] ?? []),
    })),
    nics: [{ network: DEMO_NETWORKS.from, mac, model: 'e1000' }],
  };
}

function signInToSource({ url, user, password, fingerprint }: Vcenter): SourceSignIn {
  const connection = SourceConnection.parse({
    id: DEMO_SOURCE,
    name: 'demo',
    kind: 'vsphere',
    url,
    userName: user,
    trust: { kind: 'pinned', sha256: fingerprint },
    proxy: null,
    createdAt: new Date().toISOString(),
    about: null,
  });
  return { connection, secret: password };
}

function signInToCloud({ authUrl, region, fingerprint, users: [user] }: OpenstackLab): DestinationSignIn {
  if (user === undefined) throw new Error('the cloud of the demo has no users');
  const connection = DestinationConnection.parse({
    id: DEMO_DESTINATION,
    name: 'demo',
    kind: 'openstack',
    authUrl,
    auth: {
      method: 'password',
      userName: user.name,
      userDomain: 'Default',
      project: user.defaultProject,
      projectDomain: 'Default',
    },
    region,
    interface: 'public',
    trust: { kind: 'pinned', sha256: fingerprint },
    proxy: null,
    createdAt: new Date().toISOString(),
    about: null,
  });
  return { connection, secret: user.password };
}
