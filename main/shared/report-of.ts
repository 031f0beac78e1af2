/** Writes the report of a migration from its record and from what is known of both sides. */
import type { DestinationAbout, SourceAbout } from './connections.ts';
import { bytesText } from './figures.ts';
import type { InventoryDisk, InventoryNic, InventoryVm } from './inventory.ts';
import type {
  LedgerItem,
  MigrationPlan,
  MigrationRecord,
  MovedDisk,
  NetworkChoice,
  PlannedDisk,
  PlannedPort,
  ProposedFor,
} from './migration.ts';
import { isLinkLocal } from './proposals/address.ts';
import { isAmong } from './proposals/cards.ts';
import { choiceFor } from './proposals/networks.ts';
import { addressesOf } from './proposals/ports.ts';
import {
  isEnded,
  type AcceptedWarning,
  type KeptFile,
  type MigrationReport,
  type ReportCheck,
  type ReportStop,
} from './report.ts';

/** One side: the name and the address of its connection, and what it said of itself; null what nobody knows any more. */
export interface ReportedSide<About> {
  readonly connection: string | null;
  readonly address: string | null;
  readonly about: About | null;
}

/** Who wrote a move down, and with it what was accepted. */
export interface Consent {
  readonly by: string;
  readonly at: string;
}

export interface ReportParts {
  readonly record: MigrationRecord;
  /** The machine as it was found; null where it did not come to that. */
  readonly vm: InventoryVm | null;
  readonly source: ReportedSide<SourceAbout>;
  readonly destination: ReportedSide<DestinationAbout>;
  readonly versions: MigrationReport['versions'];
  /** The plan that it is of; null, as without it, where it was made alone. */
  readonly plan?: MigrationReport['plan'];
  /** Null, as without it, where nobody knows. */
  readonly consent?: Consent | null;
  /** What was checked besides the migration's own proofs. */
  readonly checks?: readonly ReportCheck[];
  /** Content digests by disk key, where they were computed. */
  readonly contents?: ReadonlyMap<string, { readonly before: string; readonly after: string }>;
  readonly files?: readonly KeptFile[];
}

/** The report as things stand; of a migration that goes on it says so. */
export function reportOf(parts: ReportParts): MigrationReport {
  const { record, vm, source, destination, versions, checks = [], contents, files = [], consent = null } = parts;
  const { request, plan, findings, stages: timeline, error } = record;
  const outcome = hasServer(record) ? record.outcome : null;
  const stops = stopsOf(record);
  const { consoleMarker, reachablePort } = request.options;
  const order = (plan?.disks ?? []).map(({ key }) => key);
  const moved = [...(record.outcome?.disks ?? record.disks)].sort(
    (a, b) => order.indexOf(a.key) - order.indexOf(b.key),
  );
  const proofs = (outcome?.proofs ?? []).map(({ claim, evidence }): ReportCheck => ({
    about: 'Server',
    claim,
    evidence,
    outcome: 'passed',
  }));
  return {
    reportVersion: 3,
    title: vm?.name ?? request.vm.name,
    migration: request.id,
    plan: parts.plan ?? null,
    versions,
    startedAt: timeline[0]?.at ?? request.createdAt,
    finishedAt: timeline.at(-1)?.at ?? request.createdAt,
    source: { ...source, vm },
    destination: {
      ...destination,
      server:
        outcome === null
          ? null
          : {
              id: outcome.serverId,
              name: outcome.serverName,
              flavor: outcome.flavor,
              profile: plan?.profile.value ?? 'compatible',
            },
      ports: (outcome?.ports ?? []).map((port, index) => ({
        ...port,
        label: plan?.ports[index]?.label ?? `Network card ${index + 1}`,
        network: plan?.ports[index]?.networkName ?? '',
      })),
    },
    mapping: plan === null || vm === null ? [] : mappingOf(vm, plan, record),
    expected: (plan?.disks ?? []).map(({ key, label }) => ({ key, label })),
    disks: moved.map((disk) => ({
      ...disk,
      isThere: hasDisk(record, disk),
      contentBefore: contents?.get(disk.key)?.before ?? null,
      contentAfter: contents?.get(disk.key)?.after ?? null,
    })),
    files: [...files],
    checks: [...proofs, ...bootChecks(outcome?.boot ?? null), ...checks],
    findings,
    accepted: acceptedOf(record, consent),
    timeline,
    stops,
    downtimeSeconds: outcome === null && isEnded({ timeline }) ? secondsOf(stops) : (outcome?.downtimeSeconds ?? null),
    boot: outcome === null ? null : { ...outcome.boot, isWanted: consoleMarker !== null || reachablePort !== null },
    warnings: outcome?.warnings ?? [],
    leftBehind: isEnded({ timeline }) ? record.ledger.map(leftOf) : [],
    error,
    earlierError: earlierErrorOf(record),
  };
}

/** What is neither done nor in the ledger any more was removed. */
const hasServer = ({ stage, ledger }: MigrationRecord): boolean =>
  stage === 'done' || ledger.some(({ kind }) => kind === 'server');

const hasDisk = ({ stage, ledger }: MigrationRecord, { imageId, volumeId }: MovedDisk): boolean =>
  stage === 'done' || ledger.some(({ id }) => id !== null && (id === imageId || id === volumeId));

function stopsOf({ stops, stoppedAt, outcome, stage }: MigrationRecord): ReportStop[] {
  return stops.map(({ at, againAt }, index) => {
    const isLast = index === stops.length - 1;
    if (againAt !== null) return { at, until: againAt, by: 'source' };
    if (!isLast || stoppedAt === null) return { at, until: null, by: 'unknown' };
    const seconds = stage === 'done' ? outcome?.downtimeSeconds : undefined;
    if (typeof seconds !== 'number') return { at, until: null, by: 'off' };
    return { at, until: new Date(Date.parse(at) + 1000 * seconds).toISOString(), by: 'server' };
  });
}

/** All together; null where there was none, or nobody knows of one when it was over. */
function secondsOf(stops: readonly ReportStop[]): number | null {
  if (stops.length === 0 || stops.some(({ until }) => until === null)) return null;
  return stops.reduce((sum, { at, until }) => sum + (Date.parse(until ?? at) - Date.parse(at)) / 1000, 0);
}

/** That undoing failed is no cause, nor that it was interrupted and went on: the trouble before it is. */
function earlierErrorOf({ stage, stages, error }: MigrationRecord): MigrationRecord['error'] {
  if (stage === 'done' || !isEnded({ timeline: stages })) return null;
  const troubles = stages.flatMap(({ error: why }, index) =>
    why === undefined || why.code === 'migration.interrupted'
      ? []
      : [{ why, isOfUndoing: stages[index - 1]?.stage === 'cleaning' }],
  );
  const cause = (troubles.findLast(({ isOfUndoing }) => !isOfUndoing) ?? troubles.at(-1))?.why ?? null;
  return cause?.message === error?.message ? null : cause;
}

function bootChecks(boot: NonNullable<MigrationRecord['outcome']>['boot'] | null): ReportCheck[] {
  if (boot === null) return [];
  const outcome = ({ running: 'passed', unknown: 'not shown', notWatched: 'not made' } as const)[boot.verdict];
  return [{ about: 'Guest', claim: 'The guest runs on the new server.', evidence: boot.evidence, outcome }];
}

/** What warned before the start, and was among what the options accept. */
export function acceptedOf({ request, findings }: MigrationRecord, consent: Consent | null): AcceptedWarning[] {
  const { accept } = request.options;
  return findings
    .filter(({ id, severity }) => severity === 'warns' && (accept === 'all' || accept.includes(id)))
    .map(({ id, says, about }) => ({ id, says, about, by: consent?.by ?? null, at: consent?.at ?? null }));
}

function leftOf({ side, kind, name, id }: LedgerItem): MigrationReport['leftBehind'][number] {
  return {
    what: `${kind} “${name}” at the ${side}${id === null ? '' : ` (${id})`}`,
    why: 'It could not be removed or put back when the migration ended.',
    remedy: 'Remove it as left over (“guts tidy --remove”), or by hand.',
  };
}

function mappingOf(vm: InventoryVm, plan: MigrationPlan, { request }: MigrationRecord): MigrationReport['mapping'] {
  const { options } = request;
  const { profile, flavor, imageProperties } = plan;
  const models = [
    ...new Set([...vm.disks.map(({ controller }) => modelOf(controller)), ...vm.nics.map((nic) => nic.model)]),
  ];
  const properties = Object.entries(imageProperties).map(([name, value]) => `${name}=${value}`);
  return [
    {
      what: 'Machine',
      from: vm.name,
      to: `server ${plan.targetName}`,
      reason: options.targetName === null ? 'It keeps its name.' : 'You chose it.',
    },
    {
      what: 'Size',
      from: `${vm.cpus} CPU, ${bytesText(vm.memoryBytes)}`,
      to: `flavor ${flavor.value.name}`,
      reason: flavor.reason,
    },
    {
      what: 'Hardware',
      from: models.join(', '),
      to: `${profile.value}: ${properties.join(', ')}`,
      reason: profile.reason,
    },
    ...plan.disks.map((disk) => ({
      what: disk.label,
      from: placeOf(vm.disks.find(({ key }) => key === disk.key)),
      to: targetOf(disk, options.boot),
      reason: `Read by ${disk.reading.value}: ${disk.reading.reason} Sent as ${disk.imageFormat.value}: ${disk.imageFormat.reason}`,
    })),
    ...plan.ports.map((port) => {
      const nic = vm.nics.find(({ key }) => key === port.nicKey);
      return {
        what: port.label,
        from:
          nic === undefined
            ? ''
            : [nic.model, nic.networkName === null ? 'on no network' : `on “${nic.networkName}”`, nic.mac ?? '']
                .join(' ')
                .trim(),
        to: portText(port),
        reason: networkReason(port, nic, options.networks),
      };
    }),
  ];
}

const modelOf = ({ kind, model }: InventoryDisk['controller']): string => model ?? kind;

function placeOf(disk: InventoryDisk | undefined): string {
  if (disk === undefined) return '';
  const { controller, sizeBytes, file } = disk;
  return `${bytesText(sizeBytes)} on ${modelOf(controller)} ${controller.bus}:${controller.unit}${file === null ? '' : `, ${file}`}`;
}

function targetOf({ sizeGiB, volumeType, bootIndex, bus }: PlannedDisk, boot: 'image' | 'volume'): string {
  const isImage = boot === 'image' && bootIndex === 0;
  const size = isImage ? 'image' : `volume of ${sizeGiB} GiB${volumeType === null ? '' : `, type ${volumeType}`}`;
  const place = bus === undefined ? '' : ` on ${bus}`;
  return bootIndex === 0 ? `${size}; it boots from it` : `${size}${place}`;
}

function portText(port: PlannedPort): string {
  const { networkName, mac, portSecurity, addressPairs = [] } = port;
  const addresses = addressesOf(port);
  return [
    `“${networkName}”, ${mac ?? 'a new MAC'}, ${addresses.length === 0 ? 'an address of the cloud’s choice' : addresses.join(', ')}`,
    ...(addressPairs.length === 0 ? [] : [`may send from ${addressPairs.join(', ')} as well`]),
    ...(portSecurity === 'off' ? ['without port security'] : []),
  ].join(', ');
}

function networkReason(port: PlannedPort, nic: InventoryNic | undefined, choices: readonly NetworkChoice[]): string {
  const choice = choiceFor({ name: nic?.networkName ?? null, ref: nic?.network ?? null }, choices);
  const isLeft = choice === undefined || choice.proposed !== undefined || choice.ip === 'keep';
  return `${networkWhy(port, nic, choice)}${isLeft ? lostText(port, nic) : ''}`;
}

const proposedFor: Readonly<Record<ProposedFor, string>> = {
  name: 'Proposed: the networks have the same name.',
  vlan: 'Proposed: it has the same VLAN.',
  subnet: 'Proposed: its subnet has the guests’ addresses.',
  only: 'Proposed: there is no other that a server can be on.',
};

function networkWhy(port: PlannedPort, nic: InventoryNic | undefined, choice: NetworkChoice | undefined): string {
  if (choice?.proposed !== undefined) return proposedFor[choice.proposed];
  if (choice !== undefined) return 'You chose it.';
  return port.networkName.toLowerCase() === nic?.networkName?.toLowerCase()
    ? 'The networks have the same name.'
    : 'It fits by its VLAN or its addresses, or there is no other.';
}

/** Of addresses that nobody gave up by a choice. */
function lostText(
  { networkName, fixedIps, ipsByMac = [], addressPairs = [] }: PlannedPort,
  nic: InventoryNic | undefined,
): string {
  const lost = (nic?.ipAddresses ?? []).flatMap(({ address }) =>
    isLinkLocal(address) ||
    fixedIps.some((fixed) => fixed.address === address) ||
    isAmong(address, [...ipsByMac, ...addressPairs])
      ? []
      : [address],
  );
  return lost.length === 0 ? '' : ` No subnet of “${networkName}” can give it ${lost.join(', ')}, so that is not kept.`;
}
