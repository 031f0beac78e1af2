/** Decides everything about a migration before anything is made, and says why; what stands in the way is found by rules. */
import type { CloudFacts } from '../../main/shared/cloud.ts';
import type { InventoryDatastore, InventoryHost, InventoryNetwork, InventoryVm } from '../../main/shared/inventory.ts';
import type { MigrationOptions, MigrationPlan, PlannedDisk, Reading } from '../../main/shared/migration.ts';
import type { Checked } from '../../main/shared/preflight.ts';
import { noSiteRules, type SiteRules } from '../../main/shared/site-rules.ts';
import { check } from '../preflight/check.ts';
import type { MoveFacts } from '../preflight/move-facts.ts';
import { moveRules } from '../preflight/move-rules.ts';
import { withSite } from '../preflight/site/with-site.ts';
import type { SourceDriver } from '../drivers.ts';
import { bootDiskOf, sizeGiBOf } from '../../main/shared/proposals/disks.ts';
import { chooseFlavor, needOf } from '../../main/shared/proposals/flavor.ts';
import { twinsOf } from '../../main/shared/proposals/twin.ts';
import type { NicTwin } from '../../main/shared/twin.ts';
import { diskBusesOf } from './disk-buses.ts';
import { imageProperties } from './image-properties.ts';
import { planPorts } from '../../main/shared/proposals/ports.ts';
import { profileFor, type Chosen } from '../../main/shared/proposals/profile.ts';

export interface PlanInput {
  readonly vm: InventoryVm;
  /** Of the source; for VLAN numbers. */
  readonly networks: readonly InventoryNetwork[];
  readonly datastores: readonly InventoryDatastore[];
  readonly host: InventoryHost | null;
  readonly cloud: CloudFacts;
  readonly options: MigrationOptions;
  /** When the machine was like this; left out where it is so now. */
  readonly takenAt?: string;
  /** The day of the check; left out where that is today. */
  readonly today?: string;
  readonly readings: ReturnType<SourceDriver['readings']>;
  readonly missingPrivileges: readonly string[];
  /** The tag of the migration that this is the plan of, where it is one already: what it made itself is no surprise. */
  readonly migrationTag?: string;
  /** What the site wants otherwise of the rules. */
  readonly site?: SiteRules;
}

/** `plan` is null where there is nothing to make a plan of: no flavor, no disk that can be read. */
export function planMigration(
  input: PlanInput,
): Checked & { readonly plan: MigrationPlan | null; readonly twins: NicTwin[] } {
  const facts = moveFactsOf(input);
  const { vm, reading, disks, flavor, ports, targetName, floating, serverGroup, groups } = facts;
  const checked = { ...check(withSite(moveRules, input.site ?? noSiteRules), facts), twins: twinsOf(facts) };
  if (!flavor.found || reading === null || disks.length === 0) return { plan: null, ...checked };
  const profile = profileFor(vm, input.options.profile);
  return {
    plan: {
      targetName,
      profile,
      flavor: flavor.flavor,
      imageProperties: imageProperties(vm, profile.value),
      disks: [...disks],
      ports: [...ports.ports],
      securityGroupIds: groups.map(({ id }) => id),
      floatingNetworkId: floating?.id ?? null,
      serverGroupId: serverGroup?.id ?? null,
    },
    ...checked,
  };
}

/** With everything that is decided for the machine, as the rules look at it. */
export function moveFactsOf(input: PlanInput): MoveFacts {
  const { vm, networks, cloud, options, readings } = input;
  const reading = chooseReading(readings, options.reading);
  const disks = planDisks(vm, cloud, options, reading);
  const bootDisk = disks.find(({ bootIndex }) => bootIndex === 0);
  const isWished = ({ id, name }: { readonly id: string; readonly name: string }, wish: string | null): boolean =>
    id === wish || name === wish;
  return {
    ...input,
    reading,
    disks,
    flavor: chooseFlavor(cloud, needOf(vm, bootDisk?.sizeGiB ?? 0, options.boot), options),
    ports: planPorts(vm, networks, cloud, options),
    targetName: options.targetName ?? vm.name,
    groups: cloud.securityGroups.filter((group) => options.securityGroups.some((wish) => isWished(group, wish))),
    floating: cloud.networks.find((network) => network.isExternal && isWished(network, options.floatingNetwork)),
    serverGroup: cloud.serverGroups.find((group) => isWished(group, options.serverGroup)),
  };
}

function chooseReading(readings: PlanInput['readings'], wish: MigrationOptions['reading']): Chosen<Reading> | null {
  const possible = readings.filter(
    ({ obstacle, reading }) => obstacle === null && (wish === 'auto' || wish === reading),
  );
  const [best] = possible;
  return best === undefined ? null : { value: best.reading, reason: wish === 'auto' ? best.reason : 'You chose it.' };
}

function planDisks(
  vm: InventoryVm,
  cloud: CloudFacts,
  options: MigrationOptions,
  reading: Chosen<Reading> | null,
): PlannedDisk[] {
  if (reading === null) return [];
  const imageFormat = chooseFormat(cloud, options);
  const bootDisk = bootDiskOf(vm);
  const { own } = diskBusesOf(vm, profileFor(vm, options.profile).value);
  return vm.disks.map((disk) => ({
    key: disk.key,
    label: disk.label,
    sizeBytes: disk.sizeBytes,
    sizeGiB: sizeGiBOf(disk),
    reading,
    imageFormat,
    volumeType: options.volumeType,
    bootIndex: disk.key === bootDisk?.key ? 0 : null,
    ...ownBus(own.get(disk.key)),
  }));
}

const ownBus = (bus: PlannedDisk['bus']): Pick<PlannedDisk, 'bus'> => (bus === undefined ? {} : { bus });

function chooseFormat({ imageFormats }: CloudFacts, { imageFormat }: MigrationOptions): PlannedDisk['imageFormat'] {
  if (imageFormat !== 'auto') return { value: imageFormat, reason: 'You chose it.' };
  return imageFormats.includes('qcow2') || imageFormats.length === 0
    ? { value: 'qcow2', reason: 'Only what holds data is sent.' }
    : { value: 'raw', reason: 'The cloud takes no qcow2 images.' };
}
