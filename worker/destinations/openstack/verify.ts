/** Holds the server that was made against the plan that it was made from. */
import { z } from 'zod';
import type { Proof } from '../../../main/shared/converted-disk.ts';
import type { MigrationPlan } from '../../../main/shared/migration.ts';
import type { ProvisionedServer } from '../../drivers.ts';
import { ServerDiffersError } from './making-errors.ts';
import type { Site } from './making.ts';
import { guardDifferences, portOf } from './ports.ts';
import { pathOfServer, serverOf } from './servers.ts';

const Attachments = z.object({ volumeAttachments: z.array(z.object({ volumeId: z.string() })) });

/** What was found of one part: where it differs, and what shows that it does not. */
interface Finding {
  readonly differences: readonly string[];
  readonly proof: Proof;
}

/** @throws ServerDiffersError with everything that differs */
export async function verify(
  site: Site,
  server: ProvisionedServer,
  plan: MigrationPlan,
  signal: AbortSignal,
): Promise<readonly Proof[]> {
  const findings = [
    await serverFinding(site, server, plan, signal),
    ...(await Promise.all(plan.ports.map(async ({ nicKey }) => await portFinding(site, server, plan, nicKey, signal)))),
    ...(server.volumeIds.size === 0 ? [] : [await volumeFinding(site, server, signal)]),
  ];
  const differences = findings.flatMap((finding) => finding.differences);
  if (differences.length > 0) throw new ServerDiffersError(server.name, differences);
  return findings.map(({ proof }) => proof);
}

async function serverFinding(
  site: Site,
  { id, flavor }: ProvisionedServer,
  plan: MigrationPlan,
  signal: AbortSignal,
): Promise<Finding> {
  const now = await serverOf(site, id, signal);
  const itsFlavor = now?.flavor?.original_name ?? flavor;
  const differences = [
    ...(now?.status === 'ACTIVE' ? [] : [`it is ${now?.status ?? 'gone'} instead of ACTIVE`]),
    ...(itsFlavor === plan.flavor.value.name
      ? []
      : [`its flavor is ${itsFlavor} instead of ${plan.flavor.value.name}`]),
  ];
  const evidence = `${id} is ${now?.status ?? 'gone'} with flavor ${itsFlavor}.`;
  return { differences, proof: { claim: 'The server runs with the planned flavor.', evidence } };
}

async function portFinding(
  site: Site,
  server: ProvisionedServer,
  plan: MigrationPlan,
  nicKey: string,
  signal: AbortSignal,
): Promise<Finding> {
  const planned = plan.ports.find((port) => port.nicKey === nicKey);
  const made = server.ports.find((port) => port.nicKey === nicKey);
  const label = planned?.label ?? nicKey;
  const claim = `${label} has the planned network, MAC and addresses.`;
  const now = made === undefined ? null : await portOf(site, made.id, signal);
  if (now === null || planned === undefined)
    return { differences: [`the port of ${label} is gone`], proof: { claim, evidence: '' } };
  const addresses = now.fixed_ips.map(({ ip_address }) => ip_address);
  const mac = now.mac_address.toLowerCase();
  const missing = planned.fixedIps.filter(({ address }) => !addresses.includes(address));
  const differences = [
    ...(now.device_id === server.id ? [] : [`${label} is not plugged into it`]),
    ...(now.network_id === planned.networkId ? [] : [`${label} is on the network ${now.network_id}`]),
    ...(planned.mac === null || planned.mac.toLowerCase() === mac
      ? []
      : [`${label} has the MAC ${mac} instead of ${planned.mac}`]),
    ...missing.map(({ address }) => `${label} lacks the address ${address}`),
    ...guardDifferences(now, planned).map((difference) => `${label} ${difference}`),
  ];
  const { addressPairs = [] } = planned;
  const guard = [
    ...(addressPairs.length === 0 ? [] : [`may send from ${addressPairs.join(', ')} as well`]),
    ...(planned.portSecurity === 'off' ? ['has no port security'] : []),
  ];
  const evidence = `Port ${now.id} on ${planned.networkName}: ${[mac, ...addresses, ...guard].join(', ')}.`;
  return { differences, proof: { claim, evidence } };
}

async function volumeFinding(
  { session }: Site,
  { id, volumeIds }: ProvisionedServer,
  signal: AbortSignal,
): Promise<Finding> {
  const { volumeAttachments } = await session.request('compute', 'GET', `${pathOfServer(id)}/os-volume_attachments`, {
    schema: Attachments,
    signal,
  });
  const attached = volumeAttachments.map(({ volumeId }) => volumeId);
  const missing = [...volumeIds.values()].filter((volume) => !attached.includes(volume));
  return {
    differences: missing.map((volume) => `the volume ${volume} is not attached`),
    proof: { claim: 'Every volume is attached.', evidence: `${[...volumeIds.values()].join(', ')}.` },
  };
}
