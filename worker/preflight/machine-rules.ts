/** The rules that look at a machine alone, in the order in which their findings are told. */
import type { MachineFacts } from './machine-facts.ts';
import type { Rule } from './rule.ts';
import { outOfReach } from './rules/vm-16-out-of-reach.ts';
import { template } from './rules/vm-14-template.ts';
import { powerState } from './rules/vm-07-power-state.ts';
import { noTools } from './rules/vm-10-no-tools.ts';
import { cannotBeAsked } from './rules/vm-10b-cannot-be-asked.ts';
import { copiedAsItRuns } from './rules/vm-08-copied-as-it-runs.ts';
import { noDisk } from './rules/dsk-20-no-disk.ts';
import { noSize } from './rules/dsk-01-no-size.ts';
import { rawDevice } from './rules/dsk-04-raw-device.ts';
import { sharedDisk } from './rules/dsk-06-shared-disk.ts';
import { brokenFiles } from './rules/dsk-25-broken-files.ts';
import { largeSectors } from './rules/dsk-26-large-sectors.ts';
import { encrypted } from './rules/dsk-15-encrypted.ts';
import { independentDisk } from './rules/dsk-03-independent-disk.ts';
import { tooManyDisks } from './rules/dsk-08-too-many-disks.ts';
import { snapshots } from './rules/cbt-04-snapshots.ts';
import { needsConsolidation } from './rules/cbt-05-needs-consolidation.ts';
import { unpluggedCard } from './rules/net-12-unplugged-card.ts';
import { noMac } from './rules/net-24-no-mac.ts';
import { secureBoot } from './rules/dev-01-secure-boot.ts';
import { tpm } from './rules/dev-02-tpm.ts';
import { encryptedForTpm } from './rules/dev-02a-encrypted-for-tpm.ts';
import { passthrough } from './rules/dev-03-passthrough.ts';
import { shielded } from './rules/hv-01-shielded.ts';
import { passiveReplica } from './rules/hv-02-passive-replica.ts';
import { replicated } from './rules/hv-03-replicated.ts';
import { clustered } from './rules/hv-04-clustered.ts';
import { dynamicMemory } from './rules/hv-05-dynamic-memory.ts';
import { recoveryCheckpoint } from './rules/hv-06-recovery-checkpoint.ts';
import { checkpointsOff } from './rules/hv-07-checkpoints-off.ts';
import { productionCheckpoint } from './rules/vm-08b-production-checkpoint.ts';
import { trunkOfSwitch } from './rules/net-23-trunk-of-switch.ts';
import { waitsForAnswer } from './rules/vm-18-waits-for-answer.ts';
import { taskRuns } from './rules/vm-17-task-runs.ts';
import { noHostName } from './rules/vm-06-no-host-name.ts';
import { noIntegrationServices } from './rules/vm-11-integration-services.ts';
import { offAndSilent } from './rules/vm-13-off-and-silent.ts';
import { noAddress } from './rules/net-04-no-address.ts';
import { hugeMachine } from './rules/vm-19-huge.ts';
import { hostNotReady } from './rules/src-12-host-not-ready.ts';
import { littleSpaceForSnapshot } from './rules/src-22-little-space-for-snapshot.ts';
import { fullUnderSnapshots } from './rules/src-22a-full-under-snapshots.ts';
import { noPlainFile } from './rules/new-22-no-plain-file.ts';
import { ownDiskIds } from './rules/dsk-09-own-disk-ids.ts';
import { driveLetters } from './rules/dsk-10-drive-letters.ts';
import { foreignBase } from './rules/dsk-27-foreign-base.ts';
import { veryBigDisk } from './rules/dsk-28-very-big.ts';
import { noWholeGib } from './rules/new-19-no-whole-gib.ts';
import { mediaAndPorts } from './rules/new-16-media-and-ports.ts';
import { oddDevices } from './rules/dev-10-odd-devices.ts';
import { graphicsCard } from './rules/dev-04-graphics.ts';
import { usbDevice } from './rules/dev-05-usb.ts';
import { tuned } from './rules/dev-07-tuning.ts';
import { hotAdd } from './rules/dev-08-hot-add.ts';
import { availability } from './rules/dev-09-availability.ts';
import { faultTolerance } from './rules/dev-09b-fault-tolerance.ts';
import { nested } from './rules/new-17-nested.ts';
import { virtualisationSecurity } from './rules/dev-11-vbs.ts';
import { unsupportedGuest } from './rules/os-01-unsupported.ts';
import { unknownGuest } from './rules/os-02-unknown.ts';
import { guestFull } from './rules/os-03-guest-full.ts';
import { wantsTpm } from './rules/os-17-wants-tpm.ts';
import { oldWindows } from './rules/os-18-old-windows.ts';
import { virtioForOldWindows } from './rules/os-18a-virtio-for-old-windows.ts';
import { outOfSupport } from './rules/os-23-out-of-support.ts';
import { macos } from './rules/os-22-macos.ts';
import { vmwareAppliance } from './rules/new-23-vmware-appliance.ts';
import { photon } from './rules/new-23b-photon.ts';
import { domainController } from './rules/new-03-domain-controller.ts';
import { licences } from './rules/new-11-licences.ts';
import { toolsLeft } from './rules/new-20-tools-left.ts';
import { clockOfHost } from './rules/new-21-clock.ts';
import { sanPolicy } from './rules/new-10-san-policy.ts';
import { oldBootImage } from './rules/new-09-old-boot-image.ts';
import { tooOldToTrack } from './rules/cbt-03-too-old-to-track.ts';
import { checkpointChain } from './rules/cbt-06-checkpoint-chain.ts';
import { manySnapshots } from './rules/cbt-08-many-snapshots.ts';
import { backupProduct } from './rules/cbt-09-backup-product.ts';
import { severalAddresses } from './rules/net-10-several-addresses.ts';
import { crowdedNetwork } from './rules/net-11-crowded-network.ts';
import { otherCard } from './rules/net-13-other-card.ts';
import { sriov } from './rules/net-14-sr-iov.ts';
import { nsxSegment } from './rules/net-16-nsx-segment.ts';
import { floatingAddress } from './rules/new-04-floating-address.ts';
import { mayBeCluster } from './rules/new-04a-may-be-cluster.ts';
import { policiesOfSwitch } from './rules/net-15-policies-of-switch.ts';
import { promiscuous } from './rules/net-25-promiscuous.ts';
import { sendsAsOthers } from './rules/net-26-sends-as-others.ts';

export const machineRules: readonly Rule<MachineFacts>[] = [
  outOfReach,
  template,
  powerState,
  noTools,
  cannotBeAsked,
  copiedAsItRuns,
  noDisk,
  noSize,
  rawDevice,
  sharedDisk,
  brokenFiles,
  largeSectors,
  encrypted,
  independentDisk,
  tooManyDisks,
  snapshots,
  needsConsolidation,
  unpluggedCard,
  noMac,
  secureBoot,
  tpm,
  encryptedForTpm,
  passthrough,
  shielded,
  passiveReplica,
  replicated,
  clustered,
  dynamicMemory,
  recoveryCheckpoint,
  checkpointsOff,
  productionCheckpoint,
  trunkOfSwitch,
  waitsForAnswer,
  taskRuns,
  noHostName,
  noIntegrationServices,
  offAndSilent,
  noAddress,
  hugeMachine,
  hostNotReady,
  littleSpaceForSnapshot,
  fullUnderSnapshots,
  noPlainFile,
  ownDiskIds,
  driveLetters,
  foreignBase,
  veryBigDisk,
  noWholeGib,
  mediaAndPorts,
  oddDevices,
  graphicsCard,
  usbDevice,
  tuned,
  hotAdd,
  availability,
  faultTolerance,
  nested,
  virtualisationSecurity,
  unsupportedGuest,
  unknownGuest,
  guestFull,
  wantsTpm,
  oldWindows,
  virtioForOldWindows,
  outOfSupport,
  macos,
  vmwareAppliance,
  photon,
  domainController,
  licences,
  toolsLeft,
  clockOfHost,
  sanPolicy,
  oldBootImage,
  tooOldToTrack,
  checkpointChain,
  manySnapshots,
  backupProduct,
  severalAddresses,
  crowdedNetwork,
  otherCard,
  sriov,
  nsxSegment,
  floatingAddress,
  mayBeCluster,
  policiesOfSwitch,
  promiscuous,
  sendsAsOthers,
];
