/** The words for what a data centre would become in a cloud: judged from an exported file or a live inventory, machine by machine. */
import { z } from 'zod';
import { CloudFacts, Quota } from './cloud.ts';
import { Estate, EstateKind } from './estate.ts';
import { ProposedFor, Profile } from './migration-options.ts';
import { Finding, Severity } from './preflight.ts';

const Count = z.number().int().nonnegative();
/** A large estate has more bytes than whole numbers are exact for. */
const Bytes = z.number().nonnegative();
const Seconds = z.number().nonnegative();
const index = z.number().int().nonnegative();

/** How fast machines are copied. */
export const AssessmentRate = z.object({
  /** Of one machine. */
  bytesPerSecond: z.number().positive().max(1e12),
  /** Machines that are copied side by side. */
  atOnce: z.number().int().min(1).max(1000),
  /** `measured`: by migrations that are done; `assumed`: nobody said anything. */
  basis: z.enum(['given', 'measured', 'assumed']),
});
export type AssessmentRate = z.infer<typeof AssessmentRate>;

const pattern = z.string().min(1).max(255);
const patterns = z.union([pattern, z.array(pattern).min(1).max(100)]).nullable();

export const AssessmentOptions = z.object({
  rate: AssessmentRate,
  /** Disks are planned so much larger than they are. */
  growthPercent: z.number().int().min(0).max(1000),
  /** `image` boots from the flavor's own disk, `volume` from a volume. */
  boot: z.enum(['image', 'volume']),
  /** Names of datastores to names of volume types; what is not named gets a proposal. */
  volumeTypes: z.record(z.string(), z.string().min(1)),
  /** Which machines; `*` is any text, `?` any letter, of several patterns one has to fit, null is all. */
  machines: z.object({
    name: patterns,
    folder: patterns,
    cluster: patterns,
    withPoweredOff: z.boolean(),
    withTemplates: z.boolean(),
  }),
  waves: z.object({
    mostMachines: z.number().int().min(1).max(10_000),
    /** Null: no window is asked for. */
    windowHours: z.number().positive().max(168).nullable(),
    pilotMachines: z.number().int().min(0).max(100),
  }),
});
export type AssessmentOptions = z.infer<typeof AssessmentOptions>;

export const defaultAssessmentOptions: AssessmentOptions = {
  rate: { bytesPerSecond: 50e6, atOnce: 4, basis: 'assumed' },
  growthPercent: 0,
  boot: 'volume',
  volumeTypes: {},
  machines: { name: null, folder: null, cluster: null, withPoweredOff: true, withTemplates: false },
  waves: { mostMachines: 50, windowHours: 8, pilotMachines: 5 },
};

/** The cloud that it is judged for: what `destinations.facts` tells. */
export const AssessmentCloud = z.object({ name: z.string(), facts: CloudFacts });
export type AssessmentCloud = z.infer<typeof AssessmentCloud>;

/** `conditional`: a rule warns, or it is not told whether one that blocks finds something; `unknown`: of every machine that has to be known. */
export const AssessmentReadiness = z.enum(['ready', 'conditional', 'notReady', 'unknown']);
export type AssessmentReadiness = z.infer<typeof AssessmentReadiness>;

/** One machine. What many have in common is told once: its findings by `rules`, its flavor by `flavors`, its gaps by `gaps`. */
export const AssessedMachine = z.object({
  ref: z.string(),
  /** Which it keeps where it goes from one vCenter to another; null where the origin does not tell. Older assessments do not have it. */
  uuid: z.string().nullable().optional(),
  name: z.string(),
  folder: z.string(),
  cluster: z.string().nullable(),
  power: z.enum(['on', 'off', 'suspended', 'unknown']),
  /** The guest's system in the origin's words; null where it does not say. */
  guest: z.string().nullable(),
  readiness: AssessmentReadiness,
  /** Ids of rules that found something, with where and how much; the weightiest first. */
  findings: z.array(z.object({ id: Finding.shape.id, about: z.array(z.string()) })),
  /** Places in `gaps` of what the origin does not tell of it. */
  gaps: z.array(index),
  cpus: Count,
  memoryMiB: Count,
  disks: Count,
  diskGiB: Count,
  /** That have to be copied: what is stored where that is known, else the disks' size. */
  copyBytes: Bytes,
  snapshots: Count,
  /** Place in `flavors`; null where it gets none, such as a template. */
  flavor: index.nullable(),
  /** What the flavor has more than the machine. */
  waste: z.object({ vcpus: Count, memoryMiB: Count }),
  boot: z.enum(['image', 'volume']),
  /** Volumes by their type; null is the cloud's default. */
  volumes: z.array(z.object({ type: z.string().nullable(), volumes: Count, gib: Count })),
  profile: Profile,
  /** Place in `profileReasons`. */
  profileReason: index,
  /** Places in `networks` of those that its cards are on. */
  networks: z.array(index),
  /** Network cards, and fixed addresses that they need. */
  cards: Count,
  addresses: Count,
  /** Copying alone, without others beside it. */
  seconds: Seconds,
  /** Null where the origin does not tell; older assessments have neither it nor what follows. */
  firmware: z.enum(['bios', 'uefi']).nullable().optional(),
  /** Of changed blocks: `off` can be turned on, `cannot` is for its disks or its age. */
  tracking: z.enum(['on', 'off', 'cannot', 'untold']).optional(),
  /** How long it would be off; `warmSeconds` is null where it cannot move warm, all of it where it is off already. */
  downtime: z.object({ coldSeconds: Seconds, warmSeconds: Seconds.nullable() }).nullable().optional(),
  /** Null where it has to be cleared up before. */
  wave: z.number().int().positive().nullable(),
});
export type AssessedMachine = z.infer<typeof AssessedMachine>;

const Sums = z.object({
  machines: Count,
  cpus: Count,
  memoryMiB: Count,
  diskGiB: Count,
  copyBytes: Bytes,
});

/** Some of the origin’s machines: each counts in one share alone, so that shares add up to all of them. */
export const AssessedShare = z.object({
  of: z.enum(['ready', 'conditional', 'notReady', 'unknown', 'template', 'placeholder', 'poweredOff', 'notAskedFor']),
  /** That blocks them, the weightiest where several do; null where none does. */
  rule: Finding.shape.id.nullable(),
  why: z.string(),
  /** No rule warns of them: the only condition is what the origin does not tell. */
  isUntold: z.boolean().optional(),
  machines: Count,
  /** Null of those that were not judged. */
  diskGiB: Count.nullable(),
  copyBytes: Bytes.nullable(),
});
export type AssessedShare = z.infer<typeof AssessedShare>;

export const AssessedRule = z.object({
  id: Finding.shape.id,
  severity: Severity,
  says: z.string(),
  remedy: z.string(),
  /** In which it found something. */
  machines: Count,
  /** For which the origin does not tell what the rule has to know. */
  notTold: Count,
});
export type AssessedRule = z.infer<typeof AssessedRule>;

export const AssessedFlavor = z.object({
  name: z.string(),
  vcpus: Count,
  memoryMiB: Count,
  diskGiB: Count,
  /** It is not there yet, and has to be made. */
  isNew: z.boolean(),
  machines: Count,
  /** Of them, those that are not ready or unknown; older assessments do not have it. */
  notMoving: Count.optional(),
  /** Of all its machines together. */
  waste: z.object({ vcpus: Count, memoryMiB: Count }),
});
export type AssessedFlavor = z.infer<typeof AssessedFlavor>;

const QuotaName = z.enum(['instances', 'cores', 'memoryMiB', 'ports', 'floatingIps', 'volumes', 'volumeGiB']);

/** What is needed, and what there is of it where a cloud was asked. */
export const QuotaDemand = z.object({
  of: QuotaName,
  /** A volume type whose own quota it is; null for the project's. */
  type: z.string().nullable(),
  needs: Count,
  /** Null where no cloud was asked. */
  quota: Quota.nullable(),
  /** How many too many; 0 where there is no limit or no cloud. */
  over: Count,
});
export type QuotaDemand = z.infer<typeof QuotaDemand>;

export const AssessedNetwork = z.object({
  name: z.string(),
  ref: z.string().nullable(),
  vlanId: z.number().int().nullable(),
  machines: Count,
  cards: Count,
  /** Fixed addresses that the cards need. */
  addresses: Count,
  /** Of the guests, as far as they are known. */
  known: Count,
  /** What it becomes; null where nothing in the cloud speaks for itself, or no cloud was asked. */
  to: z.object({ name: z.string(), why: ProposedFor, free: Count.nullable() }).nullable(),
  /** The ref, else the name, of another network with which one has to be made for both; it says what. */
  with: z.string().optional(),
  /** In words: what has to be made or chosen. */
  proposal: z.string(),
});
export type AssessedNetwork = z.infer<typeof AssessedNetwork>;

export const AssessedDatastore = z.object({
  name: z.string(),
  kind: z.string().nullable(),
  machines: Count,
  disks: Count,
  gib: Count,
  /** The volume type; null is the cloud's default. */
  to: z.string().nullable(),
  why: z.string(),
});
export type AssessedDatastore = z.infer<typeof AssessedDatastore>;

export const AssessedWave = z.object({
  number: z.number().int().positive(),
  isPilot: z.boolean(),
  ...Sums.shape,
  seconds: Seconds,
  /** How long its machines that run would be off, added up; one that cannot move warm counts cold in both. */
  downtime: z.object({ machines: Count, warmMachines: Count, coldSeconds: Seconds, warmSeconds: Seconds }).optional(),
  why: z.string(),
  /** Of its machines; only in a report as JSON, since each machine tells its wave. */
  names: z.array(z.string()).optional(),
});
export type AssessedWave = z.infer<typeof AssessedWave>;

/** Something that will take time, money or nerves, with figures. */
export const Hurt = z.object({ says: z.string(), about: z.array(z.string()) });
export type Hurt = z.infer<typeof Hurt>;

/** All but the machines. */
export const AssessmentSummary = z.object({
  assessmentVersion: z.literal(1),
  /** Version of Guts that judged. */
  guts: z.string(),
  madeAt: z.iso.datetime(),
  estate: z.object({
    kind: EstateKind,
    product: z.string().nullable(),
    takenAt: z.iso.datetime({ offset: true }).nullable(),
    from: z.array(z.string()),
    /** The vCenter that all of it is of; left out where it is of several, or nobody says. */
    server: Estate.shape.server,
    machines: Count,
    hosts: Count,
  }),
  /** Name of the destination, and its project; null where it was judged without one. */
  cloud: z.object({ name: z.string(), project: z.string() }).nullable(),
  options: AssessmentOptions,
  /** How the site’s own rules changed those of Guts; left out where there are none. */
  site: z
    .object({
      /** Ids of rules that weigh otherwise. */
      changed: z.array(Finding.shape.id),
      /** Of rules that it leaves out. */
      off: z.array(Finding.shape.id),
      /** Of its own. */
      own: z.array(z.string()),
    })
    .optional(),
  /** Machines that were not judged, by why. */
  leftOut: z.object({
    templates: Count,
    /** Of Site Recovery Manager; older assessments judged them. */
    placeholders: Count.optional(),
    poweredOff: Count,
    byFilter: Count,
  }),
  /** All machines of the origin by what becomes of them and why; older assessments have none. */
  shares: z.array(AssessedShare).optional(),
  totals: Sums.extend({
    disks: Count,
    cards: Count,
    addresses: Count,
    flavorWaste: z.object({ vcpus: Count, memoryMiB: Count }),
    /** All waves, one after another. */
    seconds: Seconds,
  }),
  readiness: z.record(AssessmentReadiness, Sums),
  profiles: z.record(Profile, Count),
  profileReasons: z.array(z.string()),
  /** The same without what it costs, with what can be done for virtio, and how many machines there are of each; older assessments have none. */
  profileChoices: z
    .array(z.object({ profile: Profile, reason: z.string(), remedy: z.string().nullable(), machines: Count }))
    .optional(),
  rules: z.array(AssessedRule),
  flavors: z.array(AssessedFlavor),
  quotas: z.array(QuotaDemand),
  networks: z.array(AssessedNetwork),
  datastores: z.array(AssessedDatastore),
  waves: z.array(AssessedWave),
  /** What is assumed of how long machines are off. */
  downtime: z.object({ stopAndStartSeconds: Seconds, changedPercent: z.number().min(0).max(100) }).optional(),
  hurts: z.array(Hurt),
  /** What the origin does not tell; `machines` is null for all of them. `rules` have to know it; older assessments do not say which. */
  gaps: z.array(
    z.object({
      of: z.string(),
      says: z.string(),
      machines: Count.nullable(),
      rules: z.array(Finding.shape.id).optional(),
      /** Ids of rules that block, and could not be held for it; older assessments have none. */
      blocking: z.array(Finding.shape.id).optional(),
    }),
  ),
  warnings: z.array(z.string()),
});
export type AssessmentSummary = z.infer<typeof AssessmentSummary>;

export const Assessment = AssessmentSummary.extend({ machines: z.array(AssessedMachine) });
export type Assessment = z.infer<typeof Assessment>;

/** `asm_…`, as Guts keeps them. */
export const AssessmentId = z
  .string()
  .regex(/^asm_[0-9a-z]{12}$/)
  .brand<'AssessmentId'>();
export type AssessmentId = z.infer<typeof AssessmentId>;
