/** What is checked before a machine is moved from a hypervisor into a cloud: one rule, one fact, one way out. */
import type { Quota } from '../../main/shared/cloud.ts';
import type { InventoryVm } from '../../main/shared/inventory.ts';
import { hypervRules, isOfProductionCheckpoint } from './hyperv-rules.ts';
import type { MoveFacts } from './move-facts.ts';
import type { Rule } from './rules.ts';

const DAY_MS = 86_400_000;
const OLD_SNAPSHOT_DAYS = 3;
const SECTOR_BYTES = 512;
/** vda … vdz. */
const MOST_DISKS = 26;

const disksWhere = (vm: InventoryVm, matches: (disk: InventoryVm['disks'][number]) => boolean): string[] =>
  vm.disks.filter(matches).map(({ label }) => label);
const missing = (wish: string | null, isThere: boolean): string[] => (wish === null || isThere ? [] : [`“${wish}”`]);
/** The same where the names that there are can be told. */
const missingAmong = (wishes: readonly (string | null)[], names: readonly string[]): string[] =>
  wishes.flatMap((wish) =>
    wish === null || names.includes(wish)
      ? []
      : [
          `“${wish}”; ${names.length === 0 ? 'there is none' : `there is ${names.map((name) => `“${name}”`).join(', ')}`}`,
        ],
  );

export const moveRules: readonly Rule<MoveFacts>[] = [
  {
    id: 'SRC-04',
    severity: 'blocks',
    finds: ({ missingPrivileges }) => missingPrivileges,
    says: 'The user of the source may not do what this migration needs.',
    remedy: 'Have these privileges added to the user’s role on the machine and its datastores, and check again.',
  },
  {
    id: 'VM-16',
    severity: 'blocks',
    finds: ({ vm }) => (vm.connection === 'connected' ? [] : [`the machine is ${vm.connection}`]),
    says: 'The source cannot reach the machine’s files.',
    remedy: 'Bring the host or datastore back, or register the machine again, and check again.',
  },
  {
    id: 'VM-14',
    severity: 'informs',
    finds: ({ vm }) => (vm.isTemplate ? [vm.name] : []),
    says: 'This is a template; it becomes a server.',
    remedy: 'Have its images kept as well (--keep-images).',
  },
  {
    id: 'VM-07',
    severity: 'blocks',
    finds: ({ vm }) => (vm.power === 'suspended' || vm.power === 'unknown' ? [`power state “${vm.power}”`] : []),
    says: 'The machine is neither running nor off, so its disks are not whole.',
    remedy: 'Resume the machine (or discard its saved state) and shut its guest down, then check again.',
  },
  {
    id: 'VM-10',
    severity: 'warns',
    finds: ({ vm }) => (vm.power === 'on' && vm.guest.tools !== 'running' ? [`tools ${vm.guest.tools}`] : []),
    says: 'The guest’s tools (integration services) do not run, so its addresses are not known.',
    remedy: 'Start them, or say the addresses (--map NET=NET:ADDRESS).',
  },
  {
    id: 'VM-10b',
    severity: 'blocks',
    finds: ({ vm, options }) =>
      vm.power === 'on' && vm.guest.tools !== 'running' && options.whileRunning === 'shutDown' && !options.mayPullPlug
        ? [`tools ${vm.guest.tools}`]
        : [],
    says: 'The guest runs and cannot be asked to shut down, because its tools do not run.',
    remedy: 'Start the tools, shut the guest down by hand, or allow to pull the plug (--may-pull-plug).',
  },
  {
    id: 'VM-08',
    severity: 'warns',
    finds: ({ vm, options }) =>
      vm.power === 'on' && options.whileRunning === 'snapshot' && !isOfProductionCheckpoint({ vm, options })
        ? [vm.name]
        : [],
    says: 'The machine is copied while it runs: the copy is as after a power cut, and later changes are not in it.',
    remedy: 'Have it shut down for a copy that its guest has finished (--while-running shut-down).',
  },
  {
    id: 'VM-05',
    severity: 'warns',
    finds: ({ cloud, targetName }) => (cloud.serverNames.includes(targetName) ? [`“${targetName}”`] : []),
    says: 'A server of this name is there already; there will be two.',
    remedy: 'Give the new one another name (--target-name), or remove the old one.',
  },
  {
    id: 'DSK-20',
    severity: 'blocks',
    finds: ({ vm }) => (vm.disks.length === 0 ? [vm.name] : []),
    says: 'The machine has no disk to move.',
    remedy: 'Choose another machine.',
  },
  {
    id: 'DSK-01',
    severity: 'blocks',
    finds: ({ vm }) => disksWhere(vm, ({ sizeBytes }) => sizeBytes === 0),
    says: 'A disk has no size.',
    remedy: 'Repair or remove the disk in the source, and check again.',
  },
  {
    id: 'DSK-04',
    severity: 'blocks',
    finds: ({ vm }) => disksWhere(vm, ({ rawDevice }) => rawDevice !== null),
    says: 'A disk is a device of the storage or the host (RDM, pass-through), which is no file that can be read.',
    remedy:
      'Convert it to a virtual disk (in vSphere by moving the machine’s storage), or detach it and bring its LUN to the cloud by other means.',
  },
  {
    id: 'DSK-06',
    severity: 'blocks',
    finds: ({ vm }) => disksWhere(vm, (disk) => disk.isMultiWriter || disk.controller.isShared),
    says: 'A disk is shared with other machines.',
    remedy: 'Stop sharing it, or move its data by other means; shared volumes are not made by Guts.',
  },
  {
    id: 'DSK-25',
    severity: 'blocks',
    finds: ({ vm }) =>
      vm.disks.flatMap(({ label, problem }) => (problem === undefined ? [] : [`${label}: ${problem}`])),
    says: 'The files of a disk cannot be read as they are.',
    remedy: 'Bring back what is missing, or have the disk repaired or restored, and check again.',
  },
  {
    id: 'DSK-26',
    severity: 'warns',
    finds: ({ vm }) =>
      vm.disks.flatMap(({ label, sectorBytes = SECTOR_BYTES }) =>
        sectorBytes === SECTOR_BYTES ? [] : [`${label}: ${sectorBytes} bytes`],
      ),
    says: 'A disk has sectors of 4 KiB and its partition table counts in them, so it may not boot from a volume with sectors of 512 bytes.',
    remedy:
      'Choose a volume type with sectors of 4 KiB (--volume-type), or have the disk converted to 512 bytes first.',
  },
  {
    id: 'DSK-15',
    severity: 'blocks',
    finds: ({ vm }) => [
      ...(vm.isEncrypted ? ['the machine’s home'] : []),
      ...disksWhere(vm, ({ isEncrypted }) => isEncrypted),
    ],
    says: 'The hypervisor encrypts the machine or a disk, so what is read would be of no use.',
    remedy: 'Change the storage policy to one without encryption while the machine is off, then check again.',
  },
  {
    id: 'DSK-03',
    severity: 'informs',
    finds: ({ vm }) => disksWhere(vm, ({ mode }) => mode.startsWith('independent')),
    says: 'A disk is independent: snapshots leave it out, so it can only be copied while the machine is off.',
    remedy: 'Nothing to do for a move of a machine that is off.',
  },
  {
    id: 'DSK-08',
    severity: 'blocks',
    finds: ({ vm }) => (vm.disks.length > MOST_DISKS ? [`${vm.disks.length} disks`] : []),
    says: `A server can have ${MOST_DISKS} disks of the bus that it gets.`,
    remedy: 'Detach disks before, and bring them over as volumes of their own.',
  },
  {
    id: 'DSK-16',
    severity: 'blocks',
    finds: ({ disks, options, cloud }) =>
      disks.length > 1 && !cloud.hasVolumes
        ? [`${disks.length} disks`]
        : options.boot === 'volume' && !cloud.hasVolumes
          ? ['boot from volume']
          : [],
    says: 'The cloud has no volume service, and only the first disk can live without.',
    remedy: 'Use a cloud or region with Cinder, or leave the further disks out.',
  },
  {
    id: 'DSK-24',
    severity: 'blocks',
    finds: ({ reading, readings, options }) =>
      reading === null
        ? readings
            .filter((one) => options.reading === 'auto' || options.reading === one.reading)
            .map((one) => `${one.reading}: ${one.obstacle ?? 'not chosen'}`)
        : [],
    says: 'There is no way to read the machine’s disks as they are now.',
    remedy: 'Remove what stands in the way of one of the ways named here, and check again.',
  },
  {
    id: 'CBT-04',
    severity: 'warns',
    finds: ({ vm }) => {
      const old = vm.snapshots.filter(
        ({ createdAt }) => Date.now() - Date.parse(createdAt) > OLD_SNAPSHOT_DAYS * DAY_MS,
      );
      return vm.snapshots.length === 0
        ? []
        : [`${vm.snapshots.length} snapshots, ${old.length} of them older than ${OLD_SNAPSHOT_DAYS} days`];
    },
    says: 'The machine has snapshots; only its present state is moved.',
    remedy: 'Remove snapshots that nobody needs: it also makes reading faster.',
  },
  {
    id: 'CBT-05',
    severity: 'warns',
    finds: ({ vm }) => (vm.needsConsolidation ? [vm.name] : []),
    says: 'The machine’s disks need consolidation.',
    remedy: 'Consolidate them in the source before, so that no stale file is read.',
  },
  {
    id: 'NET-01',
    severity: 'blocks',
    finds: ({ ports }) => ports.unmapped,
    says: 'A network card has no network in the cloud.',
    remedy: 'Say which network of the cloud it becomes (--map “SOURCE NETWORK=CLOUD NETWORK”).',
  },
  {
    id: 'NET-05',
    severity: 'warns',
    finds: ({ ports }) => ports.lostAddresses,
    says: 'An address of the guest cannot be kept, because the mapped network does not have it.',
    remedy: 'Map the card to a network with that subnet, or choose an address (--map NET=NET:ADDRESS).',
  },
  {
    id: 'NET-06',
    severity: 'blocks',
    finds: ({ ports, cloud }) =>
      ports.ports.flatMap(({ label, networkId, fixedIps }) =>
        fixedIps
          .filter(({ address }) =>
            cloud.ports.some((port) => port.network === networkId && port.addresses.includes(address)),
          )
          .map(({ address }) => `${label}: ${address}`),
      ),
    says: 'An address is taken by another port of the cloud.',
    remedy: 'Remove the port that has it, choose another address, or let the cloud choose (--map NET=NET:auto).',
  },
  {
    id: 'NET-07',
    severity: 'blocks',
    finds: ({ ports, cloud }) =>
      ports.ports
        .filter(({ mac, networkId }) =>
          cloud.ports.some((port) => port.network === networkId && port.mac.toLowerCase() === mac),
        )
        .map(({ label, mac }) => `${label}: ${mac ?? ''}`),
    says: 'A MAC address is taken by another port of the cloud.',
    remedy: 'Remove the port that has it (often of an earlier try), or let the cloud choose (--new-mac).',
  },
  {
    id: 'NET-11',
    severity: 'warns',
    finds: ({ ports }) => ports.crowded,
    says: 'Two cards are on one network, and the cloud’s port security may drop what the guest answers by the wrong one.',
    remedy: 'Map them to different networks, or allow the addresses of both (--address-pair).',
  },
  {
    id: 'NET-12',
    severity: 'informs',
    finds: ({ vm }) => vm.nics.filter(({ connected }) => !connected).map(({ label }) => label),
    says: 'A network card is unplugged in the source; its port will be plugged in.',
    remedy: 'Disable the port in the cloud afterwards if it has to stay apart.',
  },
  {
    id: 'NET-24',
    severity: 'informs',
    finds: ({ vm }) => vm.nics.filter(({ mac }) => mac === null).map(({ label }) => label),
    says: 'A network card has no MAC address yet, so the cloud gives it one.',
    remedy: 'Start the machine once, or give the card a fixed address, where it has to keep one.',
  },
  {
    id: 'NET-17',
    severity: 'blocks',
    finds: ({ options, floating }) => missing(options.floatingNetwork, floating !== undefined),
    says: 'There is no external network of this name.',
    remedy: 'Choose one that has floating addresses (“guts network list --destination NAME” shows them).',
  },
  {
    id: 'DEV-01',
    severity: 'informs',
    finds: ({ vm }) => (vm.secureBoot ? [vm.name] : []),
    says: 'Secure Boot is on, and the new server asks for it too.',
    remedy: 'Make sure that the cloud’s hosts have the firmware for it.',
  },
  {
    id: 'DEV-02',
    severity: 'warns',
    finds: ({ vm }) => (vm.hasTpm ? [vm.name] : []),
    says: 'The machine has a TPM, whose contents do not move.',
    remedy: 'Suspend BitLocker or whatever else is sealed to the TPM before, and have the recovery key at hand.',
  },
  {
    id: 'DEV-03',
    severity: 'blocks',
    finds: ({ vm }) => vm.passthrough,
    says: 'Devices of the host are given to the machine.',
    remedy: 'Remove them from the machine; in the cloud a flavor has to bring their like.',
  },
  {
    id: 'OST-02',
    severity: 'blocks',
    finds: ({ flavor }) => (flavor.found ? [] : [flavor.obstacle]),
    says: 'There is no flavor for the machine.',
    remedy: 'Choose one (--flavor), boot from a volume (--volumes), or have one made (--create-flavor).',
  },
  {
    id: 'OST-03',
    severity: 'blocks',
    finds: ({ options, cloud }) =>
      missingAmong(
        [options.volumeType],
        cloud.volumeTypes.map(({ name }) => name),
      ),
    says: 'There is no volume type of this name.',
    remedy: 'Choose one of those that the project may use, or none (--volume-type).',
  },
  {
    id: 'OST-04',
    severity: 'blocks',
    finds: ({ options, cloud }) => missingAmong([options.availabilityZone], cloud.availabilityZones),
    says: 'There is no availability zone of this name.',
    remedy: 'Choose one of those that there are, or none (--availability-zone).',
  },
  {
    id: 'OST-05',
    severity: 'blocks',
    finds: ({ options, groups }) =>
      missingAmong(
        options.securityGroups.filter((one) => !groups.some(({ id }) => id === one)),
        groups.map(({ name }) => name),
      ),
    says: 'There is no security group of this name.',
    remedy: 'Choose one of those of the project, or make it there first.',
  },
  {
    id: 'OST-06',
    severity: 'blocks',
    finds: ({ options, serverGroup }) => missing(options.serverGroup, serverGroup !== undefined),
    says: 'There is no server group of this name.',
    remedy: 'Make it first, or leave it out.',
  },
  {
    id: 'OST-14',
    severity: 'blocks',
    finds: ({ options, cloud }) => missingAmong([options.keyPair], cloud.keyPairs),
    says: 'There is no key pair of this name.',
    remedy: 'Choose one of the user’s own, or make it there first.',
  },
  {
    id: 'OST-13',
    severity: 'blocks',
    finds: (facts) => overQuota(facts),
    says: 'The project’s quota is too small for this migration.',
    remedy: 'Have the quota raised, or remove what is not needed any more.',
  },
  ...hypervRules,
];

function overQuota({ vm, cloud, disks, options, ports }: MoveFacts): string[] {
  const { quotas } = cloud;
  const volumes = options.boot === 'volume' ? disks : disks.filter(({ bootIndex }) => bootIndex !== 0);
  const needs: readonly (readonly [string, Quota, number])[] = [
    ['servers', quotas.instances, 1],
    ['cores', quotas.cores, vm.cpus],
    ['MiB of memory', quotas.memoryMiB, Math.ceil(vm.memoryBytes / 2 ** 20)],
    ['ports', quotas.ports, ports.ports.length],
    ['floating addresses', quotas.floatingIps, options.floatingNetwork === null ? 0 : 1],
    ['volumes', quotas.volumes, volumes.length],
    ['GiB of volumes', quotas.volumeGiB, volumes.reduce((sum, { sizeGiB }) => sum + sizeGiB, 0)],
  ];
  return needs
    .filter(([, { limit, used }, need]) => need > 0 && limit !== null && limit >= 0 && used + need > limit)
    .map(([what, { limit, used }, need]) => `${what}: ${need} needed, ${used} of ${limit ?? 0} used`);
}
