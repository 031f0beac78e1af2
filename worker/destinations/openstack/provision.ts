/** Everything that the new machine is made of, in the order in which one thing needs another. */
import type { Ledger, ProvisionedServer, ServerSpec } from '../../drivers.ts';
import { BadRequestError } from './errors.ts';
import { makeFlavor } from './flavors.ts';
import type { Site } from './making.ts';
import { makeFloatingIp, makePorts, portOf, type Port } from './ports.ts';
import { makeServer } from './servers.ts';
import { makeVolumes } from './volumes.ts';

/** Quick things that can fail go before slow ones: a taken address is told before an hour of making volumes. */
export async function provision(
  site: Site,
  spec: ServerSpec,
  ledger: Ledger,
  signal: AbortSignal,
): Promise<ProvisionedServer> {
  const { plan, options } = spec;
  const flavorId = await makeFlavor(site, spec, ledger, signal);
  const ports = await makePorts(site, spec, ledger, signal);
  const floating = await makeFloatingIp(site, ports[0], spec, ledger, signal);
  const root = plan.disks.find(({ bootIndex }) => bootIndex === 0) ?? plan.disks[0];
  if (root === undefined) throw new Error('a server without a disk was planned');
  const disks = options.boot === 'volume' ? plan.disks : plan.disks.filter((disk) => disk !== root);
  const volumeIds = await makeVolumes(site, disks, spec, ledger, signal);
  const rootImageId = options.boot === 'volume' ? null : (spec.imageIds.get(root.key) ?? null);
  if (options.boot === 'image' && rootImageId === null) throw new Error(`no image is there for the disk ${root.key}`);
  const parts = { portIds: ports.map(({ id }) => id), volumeIds, rootImageId };
  const withFlavor = async (id: string) => await makeServer(site, spec, { ...parts, flavorId: id }, ledger, signal);
  const server = await withFlavor(flavorId).catch(async (error: unknown) => {
    // One that was made for another migration goes with that, should it be undone meanwhile.
    const now = error instanceof BadRequestError ? await makeFlavor(site, spec, ledger, signal) : flavorId;
    if (now === flavorId) throw error;
    return await withFlavor(now);
  });
  const now = await Promise.all(ports.map(async (port) => (await portOf(site, port.id, signal)) ?? port));
  return {
    id: server.id,
    name: server.name,
    flavor: plan.flavor.value.name,
    profile: plan.profile.value,
    ports: now.map((port, i) => describe(port, plan.ports[i]?.nicKey ?? '', i === 0 ? floating : null)),
    volumeIds,
  };
}

function describe(
  port: Port,
  nicKey: string,
  floating: { readonly floating_ip_address: string } | null,
): ProvisionedServer['ports'][number] {
  return {
    nicKey,
    id: port.id,
    mac: port.mac_address.toLowerCase(),
    addresses: port.fixed_ips.map(({ ip_address }) => ip_address),
    floating: floating?.floating_ip_address ?? null,
  };
}
