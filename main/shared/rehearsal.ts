/** The words for a rehearsal: what a whole wave would take of the cloud, held against what is there now, before anything is made. */
import { z } from 'zod';
import { Quota } from './cloud.ts';
import { Finding, NotHeld } from './preflight.ts';

const Count = z.number().int().nonnegative();
const GiB = z.number().nonnegative();
const Name = z.string();

/** `goWithCare`: nothing would stop it, and something wants a look before. */
export const RehearsalVerdict = z.enum(['go', 'goWithCare', 'noGo']);
export type RehearsalVerdict = z.infer<typeof RehearsalVerdict>;

/** What a project may only have so much of. */
export const Countable = z.enum(['instances', 'cores', 'memoryMiB', 'ports', 'floatingIps', 'volumes', 'volumeGiB']);
export type Countable = z.infer<typeof Countable>;

export const RehearsedQuota = Quota.extend({
  of: Countable,
  /** The volume type that this quota is of; null for all of them together, and for what is no volume. */
  volumeType: Name.nullable(),
  /** What the wave makes. */
  needs: z.number().nonnegative(),
  /** What machines of earlier waves make that are not there yet. */
  earlier: z.number().nonnegative(),
  /** How many too many; 0 where it fits, and where no limit is shown. */
  over: z.number().nonnegative(),
});
export type RehearsedQuota = z.infer<typeof RehearsedQuota>;

export const RehearsedFlavor = z.object({
  /** Null of one that is made, and where there is none. */
  id: z.string().nullable(),
  name: Name,
  vcpus: Count,
  memoryMiB: Count,
  diskGiB: Count,
  /** Names of the machines that get it. */
  machines: z.array(Name).min(1),
  /** `there`, or `made` by Guts on the way, or `missing`: no flavor fits, and Guts may not make one. */
  state: z.enum(['there', 'made', 'missing']),
  /** The operator named it. */
  isChosen: z.boolean(),
  /** Why it was chosen, or why there is none. */
  says: z.string(),
});
export type RehearsedFlavor = z.infer<typeof RehearsedFlavor>;

export const RehearsedSubnet = z.object({
  id: z.string(),
  name: Name,
  network: Name,
  cidr: z.string(),
  /** Addresses that were chosen or are kept; those outside of the pools take none of them. */
  fixed: Count,
  /** Addresses of the pools that the wave takes: fixed ones among them, and those that the cloud chooses. */
  needs: Count,
  earlier: Count,
  /** Addresses of the pools that are free; null where nobody tells. */
  free: Count.nullable(),
  /** `service`: the cloud said how many are free. `ports`: counted by the ports that this project sees; there may be more. */
  counted: z.enum(['service', 'ports']).nullable(),
  /** How many too few. */
  short: Count,
});
export type RehearsedSubnet = z.infer<typeof RehearsedSubnet>;

export const RehearsedStorage = z.object({
  /** Name of the back end by which volume types choose it; null where it says none. */
  backend: Name.nullable(),
  pools: z.array(Name).min(1),
  volumeTypes: z.array(Name),
  needsGiB: GiB,
  earlierGiB: GiB,
  /** Of all its pools; null where one says that there is no end, or nothing. */
  freeGiB: GiB.nullable(),
  /** Of the pool that has most: no single volume can be larger. */
  mostFreeGiB: GiB.nullable(),
  shortGiB: GiB,
});
export type RehearsedStorage = z.infer<typeof RehearsedStorage>;

export const Twin = z.object({
  kind: z.enum(['mac', 'address', 'name']),
  /** The MAC, the address, the name. */
  value: z.string(),
  /** Of a MAC or an address. */
  network: Name.nullable(),
  /** Machines of the plan that would have it. */
  machines: z.array(Name).min(1),
  /** Ports or servers of the cloud that have it already; empty where only machines of the plan are twins. */
  taken: z.array(z.string()),
});
export type Twin = z.infer<typeof Twin>;

export const RehearsedTimes = z.object({
  bytes: z.number().nonnegative(),
  /** Of one migration, with everything that belongs to it; null where nobody knows. */
  bytesPerSecond: z.number().positive().nullable(),
  /** `measured` by migrations of this source to this destination that are done, or `given`. */
  from: z.enum(['measured', 'given']).nullable(),
  atOnce: z.number().int().positive(),
  seconds: z.number().nonnegative().nullable(),
  window: z
    .object({
      /** In the words of the plan. */
      says: z.string(),
      seconds: z.number().positive(),
      /** When it opens next, not before what the plan says; the moment of the rehearsal where it is open. Null: never again. */
      opensAt: z.iso.datetime().nullable(),
      /** When that opening is over. */
      closesAt: z.iso.datetime().nullable(),
    })
    .nullable(),
  notBefore: z.iso.datetime().nullable(),
});
export type RehearsedTimes = z.infer<typeof RehearsedTimes>;

/** Machines that seem to belong together, of which the wave has some and leaves others behind. */
export const TornGroup = z.object({
  /** What makes them a group. */
  by: z.enum(['tag', 'folder', 'prefix']),
  name: z.string(),
  inWave: z.array(Name).min(1),
  /** With their wave, where they have one. */
  elsewhere: z.array(z.object({ name: Name, wave: z.number().int().positive().nullable() })).min(1),
});
export type TornGroup = z.infer<typeof TornGroup>;

export const RehearsedMachine = z.object({
  vm: z.object({ ref: z.string(), name: Name }),
  wave: z.number().int().positive(),
  targetName: Name,
  sizeBytes: z.number().nonnegative(),
  /**
   * `toDo` is rehearsed; `underWay` counts with what it has not made yet; `moved` is there, and counts as what is used, and so
   * does `elsewhere`, which another Guts has and is not done with: what it will still take is not known.
   */
  state: z.enum(['toDo', 'underWay', 'moved', 'elsewhere']),
  /** Name of the flavor; null where there is none. */
  flavor: Name.nullable(),
  /** Of this machine alone. */
  findings: z.array(Finding),
  /** Why it could not be looked at; null where it was. */
  obstacle: z.string().nullable(),
});
export type RehearsedMachine = z.infer<typeof RehearsedMachine>;

export const RehearsalLeftover = z.object({
  kind: z.string(),
  name: Name,
  id: z.string().nullable(),
  /** The migration that it is of, where this machine knows it. */
  migration: z.string().nullable(),
});

export const Rehearsal = z.object({
  rehearsalVersion: z.literal(1),
  takenAt: z.iso.datetime(),
  plan: z.object({ id: z.string(), name: Name }),
  /** Null: all waves of the plan. */
  wave: z.number().int().positive().nullable(),
  source: Name,
  destination: Name,
  project: z.object({ id: z.string(), name: Name }),
  /** The source was not asked: machines are as they were read last. */
  isOffline: z.boolean(),
  verdict: RehearsalVerdict,
  /** Of the wave as a whole, the weightiest first. */
  findings: z.array(Finding),
  notHeld: z.array(NotHeld),
  passed: z.array(Finding.shape.id),
  quota: z.array(RehearsedQuota),
  flavors: z.array(RehearsedFlavor),
  subnets: z.array(RehearsedSubnet),
  /** Null where this user may not see what storage has. */
  storage: z.array(RehearsedStorage).nullable(),
  twins: z.array(Twin),
  times: RehearsedTimes,
  torn: z.array(TornGroup),
  leftovers: z.array(RehearsalLeftover),
  machines: z.array(RehearsedMachine),
  /** Ready to be sent to whoever runs the cloud; null where nothing is missing. */
  request: z.string().nullable(),
});
export type Rehearsal = z.infer<typeof Rehearsal>;

/** Whether what the machine will take of the cloud is counted. */
export const isCounted = ({ state }: Pick<RehearsedMachine, 'state'>): boolean =>
  state === 'toDo' || state === 'underWay';

/** Machines that something of their own stops. */
export const stoppedMachines = ({ machines }: Pick<Rehearsal, 'machines'>): RehearsedMachine[] =>
  machines.filter(
    ({ findings, obstacle }) => obstacle !== null || findings.some(({ severity }) => severity === 'blocks'),
  );

/** What a quota is of, in words. */
export const countableWords: Readonly<Record<Countable, string>> = {
  instances: 'servers',
  cores: 'cores',
  memoryMiB: 'MiB of memory',
  ports: 'ports',
  floatingIps: 'floating addresses',
  volumes: 'volumes',
  volumeGiB: 'GiB of volumes',
};

export const quotaWords = ({ of, volumeType }: Pick<RehearsedQuota, 'of' | 'volumeType'>): string =>
  volumeType === null ? countableWords[of] : `${countableWords[of]} of the type “${volumeType}”`;
