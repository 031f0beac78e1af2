/** Decides everything about a migration before anything is made, and says why; what stands in the way is found by rules. */
import type { CloudFacts } from '../../main/shared/cloud.ts';
import type { InventoryNetwork, InventoryVm } from '../../main/shared/inventory.ts';
import type { MigrationOptions, MigrationPlan, PlannedDisk, Reading } from '../../main/shared/migration.ts';
import type { Finding } from '../../main/shared/preflight.ts';
import { check } from '../preflight/check.ts';
import type { MoveFacts } from '../preflight/move-facts.ts';
import { moveRules } from '../preflight/move-rules.ts';
import type { SourceDriver } from '../drivers.ts';
import { bootDiskOf, sizeGiBOf } from '../../main/shared/proposals/disks.ts';
import { chooseFlavor, needOf, type FlavorChoice } from '../../main/shared/proposals/flavor.ts';
import { imageProperties } from './image-properties.ts';
import { planPorts } from './ports.ts';
import { profileFor, type Chosen } from '../../main/shared/proposals/profile.ts';

export interface PlanInput {
  readonly vm: InventoryVm;
  /** Of the source; for VLAN numbers. */
  readonly networks: readonly InventoryNetwork[];
  readonly cloud: CloudFacts;
  readonly options: MigrationOptions;
  readonly readings: ReturnType<SourceDriver['readings']>;
  readonly missingPrivileges: readonly string[];
}

/** `plan` is null where there is nothing to make a plan of: no flavor, no disk that can be read. */
export function planMigration(input: PlanInput): { readonly plan: MigrationPlan | null; readonly findings: Finding[] } {
  const { vm, networks, cloud, options, readings } = input;
  const reading = chooseReading(readings, options.reading);
  const disks = planDisks(vm, cloud, options, reading);
  const bootDisk = disks.find(({ bootIndex }) => bootIndex === 0);
  const flavor: FlavorChoice = chooseFlavor(cloud, needOf(vm, bootDisk?.sizeGiB ?? 0, options.boot), options);
  const ports = planPorts(vm, networks, cloud, options);
  const profile = profileFor(vm, options.profile);
  const targetName = options.targetName ?? vm.name;
  const groups = cloud.securityGroups.filter(({ id, name }) =>
    options.securityGroups.some((one) => one === id || one === name),
  );
  const floating = cloud.networks.find(
    ({ id, name, isExternal }) => isExternal && (id === options.floatingNetwork || name === options.floatingNetwork),
  );
  const serverGroup = cloud.serverGroups.find(
    ({ id, name }) => id === options.serverGroup || name === options.serverGroup,
  );
  const facts: MoveFacts = { ...input, reading, disks, flavor, ports, targetName, floating, serverGroup, groups };
  const findings = check(moveRules, facts);
  if (!flavor.found || reading === null || disks.length === 0) return { plan: null, findings };
  return {
    plan: {
      targetName,
      profile,
      flavor: flavor.flavor,
      imageProperties: imageProperties(vm, profile.value),
      disks,
      ports: [...ports.ports],
      securityGroupIds: groups.map(({ id }) => id),
      floatingNetworkId: floating?.id ?? null,
      serverGroupId: serverGroup?.id ?? null,
    },
    findings,
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
  return vm.disks.map((disk) => ({
    key: disk.key,
    label: disk.label,
    sizeBytes: disk.sizeBytes,
    sizeGiB: sizeGiBOf(disk),
    reading,
    imageFormat,
    volumeType: options.volumeType,
    bootIndex: disk.key === bootDisk?.key ? 0 : null,
  }));
}

function chooseFormat({ imageFormats }: CloudFacts, { imageFormat }: MigrationOptions): PlannedDisk['imageFormat'] {
  if (imageFormat !== 'auto') return { value: imageFormat, reason: 'You chose it.' };
  return imageFormats.includes('qcow2') || imageFormats.length === 0
    ? { value: 'qcow2', reason: 'Only what holds data is sent.' }
    : { value: 'raw', reason: 'The cloud takes no qcow2 images.' };
}
