/** Judges a whole estate: what each machine would become in a cloud, what blocks it, and what all of them need. */
import type {
  AssessedMachine,
  Assessment,
  AssessmentCloud,
  AssessmentOptions,
  AssessmentReadiness,
  AssessmentSummary,
} from '../../main/shared/assessment.ts';
import type { Estate } from '../../main/shared/estate.ts';
import type { InventoryVm } from '../../main/shared/inventory.ts';
import { defaultOptions } from '../../main/shared/migration.ts';
import { diskCountOf } from '../../main/shared/proposals/disks.ts';
import { needOf } from '../../main/shared/proposals/flavor.ts';
import { noSiteRules, type SiteRules } from '../../main/shared/site-rules.ts';
import { proposeWaves } from '../../main/shared/proposals/waves.ts';
import { downtimeAssumptions, downtimeOf, downtimeOfWave, trackingOf } from './downtime.ts';
import { chooseFlavors } from './flavors.ts';
import { Gaps } from './gaps.ts';
import { Hardware } from './hardware.ts';
import { hurtsOf } from './hurts.ts';
import { addressesOf, judgeNetworks, networkPlaces } from './networking.ts';
import { overlaps } from './overlaps.ts';
import { judgeQuotas } from './quotas.ts';
import { RuleBook, type Judged } from './readiness.ts';
import { sharesOf } from './shares.ts';
import { machineRules } from '../preflight/machine-rules.ts';
import { withSite } from '../preflight/site/with-site.ts';
import { gapsAbout, wantedOf } from './wanted.ts';
import { Storage } from './storage.ts';

const MiB = 2 ** 20;
/** So many machines are judged before it is asked whether anybody still wants to know. */
const BATCH = 500;

export interface JudgeInput {
  readonly estate: Estate;
  readonly cloud: AssessmentCloud | null;
  readonly options: AssessmentOptions;
  /** Machines that were not asked for, and are not in the estate any more. */
  readonly notChosen?: number;
  /** What the site wants of the rules; as they are without it. */
  readonly site?: SiteRules;
  /** Of Guts. */
  readonly version: string;
  /** Now, without it. */
  readonly madeAt?: Date;
}

export async function judge(
  { estate, cloud, options, notChosen = 0, site = noSiteRules, version, madeAt = new Date() }: JudgeInput,
  signal: AbortSignal,
): Promise<Assessment> {
  const { vms, leftOut } = wantedOf(estate.vms, options.machines, notChosen);
  const rules = withSite(machineRules, site);
  const untold = gapsAbout(vms, estate.gaps);
  const gaps = new Gaps(untold, rules);
  const book = new RuleBook(gaps, rules);
  const factsOf = factsBy(estate, options, madeAt);
  const judged: Judged[] = [];
  for (const [at, vm] of vms.entries()) {
    if (at % BATCH === 0) await breathe(signal);
    judged.push(book.judge(factsOf(vm), gaps.of(vm.ref)));
  }

  const storage = new Storage(estate.datastores, cloud?.facts ?? null, options);
  const needs = vms.map((vm) => needOf(vm, storage.bootGiBOf(vm), options.boot));
  const { flavors, chosen } = chooseFlavors(needs, cloud?.facts ?? null);
  const networks = judgeNetworks(vms, estate.networks, cloud?.facts ?? null);
  const placesOn = networkPlaces(networks);
  const hardware = new Hardware();
  const machines = vms.map((vm, at): AssessedMachine => {
    const flavor = chosen[at] ?? null;
    const size = flavor === null ? undefined : flavors[flavor];
    const { vcpus = 0, memoryMiB = 0 } = needs[at] ?? {};
    const { profile, reason } = hardware.of(vm);
    const copyBytes = vm.disks.reduce((sum, disk) => sum + copyBytesOf(disk, options), 0);
    const seconds = copyBytes / options.rate.bytesPerSecond;
    const places = [...gaps.of(vm.ref)];
    const lacks = (what: string): boolean => places.some((place) => untold[place]?.of === what);
    const tracking = trackingOf(vm, lacks('change-tracking'));
    return {
      ref: vm.ref,
      uuid: vm.instanceUuid?.toLowerCase() ?? null,
      name: vm.name,
      folder: vm.folder,
      cluster: vm.cluster,
      power: vm.power,
      guest: vm.guestOsName ?? vm.guestOsId,
      readiness: judged[at]?.readiness ?? 'unknown',
      findings: judged[at]?.findings ?? [],
      gaps: places,
      cpus: vm.cpus,
      memoryMiB: Math.ceil(vm.memoryBytes / MiB),
      disks: diskCountOf(vm.disks),
      diskGiB: vm.disks.reduce((sum, disk) => sum + storage.grownGiBOf(disk), 0),
      copyBytes,
      snapshots: vm.snapshots.length,
      flavor,
      waste: { vcpus: (size?.vcpus ?? vcpus) - vcpus, memoryMiB: (size?.memoryMiB ?? memoryMiB) - memoryMiB },
      boot: options.boot,
      volumes: storage.volumesOf(vm),
      profile,
      profileReason: reason,
      networks: placesOn(vm),
      cards: vm.nics.length,
      addresses: vm.nics.reduce((sum, nic) => sum + addressesOf(nic), 0),
      seconds,
      firmware: lacks('firmware') ? null : vm.firmware,
      tracking,
      downtime: downtimeOf(vm, tracking, seconds),
      wave: null,
    };
  });
  await breathe(signal);

  const noRuleWarns = new Set(vms.flatMap(({ ref }, at) => (judged[at]?.isWarnedOf === false ? [ref] : [])));
  const waves = planWaves(vms, machines, options, noRuleWarns);
  const rulesTold = book.told();
  const quotas = judgeQuotas(machines, flavors, cloud?.facts ?? null);
  const totals: AssessmentSummary['totals'] = {
    ...sumsOf(machines),
    disks: sum(machines, ({ disks }) => disks),
    cards: sum(machines, ({ cards }) => cards),
    addresses: sum(machines, ({ addresses }) => addresses),
    flavorWaste: {
      vcpus: sum(machines, ({ waste }) => waste.vcpus),
      memoryMiB: sum(machines, ({ waste }) => waste.memoryMiB),
    },
    seconds: sum(waves, ({ seconds }) => seconds),
  };
  const ofCloud = cloud === null ? null : { name: cloud.name, project: cloud.facts.project.name };
  await breathe(signal);
  return {
    assessmentVersion: 1,
    guts: version,
    madeAt: madeAt.toISOString(),
    estate: {
      kind: estate.kind,
      product: estate.product,
      takenAt: estate.takenAt,
      from: estate.from,
      ...(estate.server === undefined ? {} : { server: estate.server }),
      machines: estate.vms.length + notChosen,
      hosts: estate.hosts.length,
    },
    cloud: ofCloud,
    options,
    ...told(site),
    leftOut,
    shares: sharesOf({
      machines,
      rules: rulesTold,
      gaps: untold,
      leftOut,
      isOpen: (place, isWhole) => (isWhole ? gaps.leaveUnknown([place]) : gaps.leaveConditional([place])),
    }),
    totals,
    readiness: byReadiness(machines),
    profiles: {
      virtio: machines.filter(({ profile }) => profile === 'virtio').length,
      compatible: machines.filter(({ profile }) => profile === 'compatible').length,
    },
    profileReasons: hardware.reasons(),
    profileChoices: hardware.choices(),
    rules: rulesTold,
    flavors: flavors.map((one, place) => ({
      ...one,
      notMoving: machines.filter(({ flavor, readiness: is }) => flavor === place && isStaying(is)).length,
    })),
    quotas,
    networks,
    datastores: storage.told(),
    waves,
    downtime: downtimeAssumptions,
    hurts: [
      ...hurtsOf({
        estate,
        vms,
        machines,
        options,
        asOf: estate.takenAt === null ? madeAt : new Date(estate.takenAt),
        madeAt,
        summary: { totals, quotas, networks, cloud: ofCloud, flavors },
      }),
      ...overlaps(networks, vms, cloud?.facts ?? null),
    ],
    gaps: untold.map(({ of, says, machines: refs }, place) => ({
      of,
      says,
      machines: refs?.length ?? null,
      rules: [...gaps.rulesOf([place])],
      blocking: gaps.blockingOf(place),
    })),
    warnings: estate.warnings,
    machines,
  };
}

function told({ severities, off, rules }: SiteRules): Pick<AssessmentSummary, 'site'> {
  const site = { changed: Object.keys(severities), off: Object.keys(off), own: rules.map(({ id }) => id) };
  return Object.values(site).every((ids) => ids.length === 0) ? {} : { site };
}

function factsBy({ networks, datastores, hosts, takenAt }: Estate, { boot }: AssessmentOptions, madeAt: Date) {
  const networkOf = new Map(networks.map((one) => [one.ref, one]));
  const datastoreOf = new Map(datastores.map((one) => [one.ref, one]));
  const hostOf = new Map(hosts.map((one) => [one.ref, one]));
  const options = { ...defaultOptions, boot };
  return (vm: InventoryVm) => ({
    vm,
    networks: [...new Set(vm.nics.map(({ network }) => network))].flatMap((ref) => networkOf.get(ref ?? '') ?? []),
    datastores: [...new Set(vm.disks.map(({ datastore }) => datastore))].flatMap(
      (ref) => datastoreOf.get(ref ?? '') ?? [],
    ),
    host: hostOf.get(vm.host ?? '') ?? null,
    options,
    takenAt,
    today: madeAt.toISOString().slice(0, 10),
  });
}

/** What was measured was measured by the size of the disks; otherwise only what is stored has to be copied. */
function copyBytesOf({ sizeBytes, storedBytes }: InventoryVm['disks'][number], { rate }: AssessmentOptions): number {
  return rate.basis === 'measured' || storedBytes === null ? sizeBytes : Math.min(sizeBytes, storedBytes);
}

/** Only what can move as it is, or under conditions; each machine is told its wave. */
function planWaves(
  vms: readonly InventoryVm[],
  machines: readonly AssessedMachine[],
  { rate, waves }: AssessmentOptions,
  noRuleWarns: ReadonlySet<string>,
): AssessmentSummary['waves'] {
  const byRef = new Map(machines.map((machine) => [machine.ref, machine]));
  const wanted = vms.flatMap(({ ref, name, folder, datacenter, tags, annotation }) => {
    const machine = byRef.get(ref);
    if (machine === undefined || isStaying(machine.readiness)) return [];
    const isReady = noRuleWarns.has(ref);
    return [{ ref, name, folder, datacenter, tags, annotation, bytes: machine.copyBytes, isReady }];
  });
  const proposed = proposeWaves(wanted, {
    mostMachines: waves.mostMachines,
    windowSeconds: waves.windowHours === null ? null : waves.windowHours * 3600,
    pilotMachines: waves.pilotMachines,
    bytesPerSecond: rate.bytesPerSecond,
    atOnce: rate.atOnce,
  });
  return proposed.map(({ number, isPilot, refs, seconds, why }) => {
    const own = refs.flatMap((ref) => byRef.get(ref) ?? []);
    for (const machine of own) machine.wave = number;
    return { number, isPilot, ...sumsOf(own), seconds, downtime: downtimeOfWave(own), why };
  });
}

const isStaying = (readiness: AssessmentReadiness): boolean => readiness === 'notReady' || readiness === 'unknown';

function byReadiness(machines: readonly AssessedMachine[]): AssessmentSummary['readiness'] {
  const of = (readiness: AssessmentReadiness) => sumsOf(machines.filter((machine) => machine.readiness === readiness));
  return { ready: of('ready'), conditional: of('conditional'), notReady: of('notReady'), unknown: of('unknown') };
}

const sumsOf = (machines: readonly AssessedMachine[]) => ({
  machines: machines.length,
  cpus: sum(machines, ({ cpus }) => cpus),
  memoryMiB: sum(machines, ({ memoryMiB }) => memoryMiB),
  diskGiB: sum(machines, ({ diskGiB }) => diskGiB),
  copyBytes: sum(machines, ({ copyBytes }) => copyBytes),
});

const sum = <T>(all: readonly T[], pick: (one: T) => number): number =>
  all.reduce((total, one) => total + pick(one), 0);

/** Lets the thread hear that the job was cancelled. */
async function breathe(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => void setImmediate(resolve));
  signal.throwIfAborted();
}
