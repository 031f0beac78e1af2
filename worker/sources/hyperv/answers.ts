/** What the scripts say, as schemas: PowerShell's JSON leaves out nothing, but null and numbers as text do happen. */
import { z } from 'zod';

const Text = z
  .string()
  .nullable()
  .transform((text) => text ?? '');
const Count = z.coerce.number().int().nonnegative();
/** PowerShell 5.1 makes null of an empty list, and a thing of its own of a list of one. */
const list = <T extends z.ZodType>(item: T) =>
  z.preprocess((value) => (value === null || value === undefined ? [] : [value].flat()), z.array(item));

/** What a cmdlet said when it failed. `id` is the same in every language. */
export const Trouble = z.object({ message: Text, id: Text });
export type Trouble = z.infer<typeof Trouble>;

/** Around every result. */
export const Said = z.union([
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), trouble: Trouble }),
]);

const ClusterAnswer = z
  .object({
    name: Text,
    nodes: list(z.object({ name: Text, state: Text })),
  })
  .nullable();

export const AboutAnswer = z.object({
  name: Text,
  fqdn: Text,
  system: Text,
  version: Text,
  powershell: Text,
  machines: Count,
  /** Where it puts new disks. */
  disksFolder: Text,
  cluster: ClusterAnswer,
});
export type AboutAnswer = z.infer<typeof AboutAnswer>;

/** One file of a disk's chain. */
export const DiskFileAnswer = z.object({
  path: z.string().min(1),
  /** `VHD`, `VHDX`, `VHDSet`. */
  format: Text,
  /** `Fixed`, `Dynamic`, `Differencing`. */
  type: Text,
  size: Count,
  fileSize: Count,
  sector: z.coerce.number().int().positive(),
  id: Text,
});
export type DiskFileAnswer = z.infer<typeof DiskFileAnswer>;

/** A disk as it is plugged in. */
export const PluggedAnswer = z.object({
  controller: z.enum(['IDE', 'SCSI', 'PMEM']),
  number: Count,
  location: Count,
  path: Text,
  /** From the disk itself down to its oldest parent, as far as they could be opened. */
  files: list(DiskFileAnswer),
});
export type PluggedAnswer = z.infer<typeof PluggedAnswer>;

export const DiskAnswer = z.object({
  ...PluggedAnswer.shape,
  /** Of the host, where the disk is passed through. */
  diskNumber: Count.nullable(),
  shared: z.boolean(),
  trouble: Trouble.nullable(),
});
export type DiskAnswer = z.infer<typeof DiskAnswer>;

export const CardAnswer = z.object({
  id: z.string().min(1),
  name: Text,
  /** Twelve hexadecimal digits; zeros where none was given yet. */
  mac: Text,
  dynamicMac: z.boolean(),
  legacy: z.boolean(),
  switch: Text,
  connected: z.boolean(),
  /** `Untagged`, `Access`, `Trunk`, `Private`. */
  vlanMode: Text,
  accessVlan: Count.nullable(),
  nativeVlan: Count.nullable(),
  allowedVlans: Text,
  /** `On`, `Off`; empty where the host does not say. */
  spoofing: Text.optional(),
  teaming: Text.optional(),
  dhcpGuard: Text.optional(),
  routerGuard: Text.optional(),
  /** `None`, `Source`, `Destination`. */
  mirroring: Text.optional(),
  /** In a second; 0 is no limit. */
  mostBits: Count.nullish(),
  addresses: list(z.string()),
  guest: z
    .object({
      dhcp: z.boolean(),
      addresses: list(z.string()),
      /** For each address: a mask, or `/64`. */
      subnets: list(z.string()),
      gateways: list(z.string()),
      dns: list(z.string()),
    })
    .nullish(),
});
export type CardAnswer = z.infer<typeof CardAnswer>;

export const MachineAnswer = z.object({
  id: z.string().min(1),
  name: Text,
  generation: z.union([z.literal(1), z.literal(2)]),
  version: Text,
  /** `Running`, `Off`, `Saved`, `Paused`, `Stopping` … */
  state: Text,
  notes: Text,
  path: Text,
  cpus: Count,
  memory: z.object({
    startup: Count,
    minimum: Count,
    maximum: Count,
    assigned: Count.optional(),
    dynamic: z.boolean(),
  }),
  secureBoot: z.boolean(),
  secureBootTemplate: Text,
  /** `SCSI:0:1`, by generation 2 alone. */
  bootOrder: list(z.string()),
  tpm: z.boolean(),
  shielded: z.boolean(),
  disks: list(DiskAnswer),
  cards: list(CardAnswer),
  /** What the guest tells through its integration services: `OSName`, `FullyQualifiedDomainName` … */
  words: z.record(z.string(), Text).nullable(),
  services: list(z.object({ id: Text, name: Text, enabled: z.boolean(), status: Text })),
  checkpoints: list(
    z.object({
      id: z.string().min(1),
      name: Text,
      parent: Text,
      type: Text,
      created: z.iso.datetime({ offset: true }),
    }),
  ),
  referencePoints: list(z.object({ id: Text, disks: list(z.string()), changes: list(z.string()) })),
  checkpointType: Text,
  replicationState: Text,
  replicationMode: Text,
  clustered: z.boolean(),
  /** Devices of the host that are given to it. */
  devices: list(Text),
  /** Null where it could not be asked. */
  extras: z
    .object({
      /** Files in its DVD drives. */
      media: list(Text),
      /** Pipes of the host that its serial ports end in. */
      ports: list(Text),
      /** Hardware virtualisation is handed to the guest. */
      nested: z.boolean(),
      /** Percent of its processors that are kept free for it, and that it may have at the most. */
      reserve: Count.nullable(),
      limit: Count.nullable(),
      /** 100 is what every machine has. */
      weight: Count.nullable(),
      /** `Nothing`, `StartIfRunning`, `Start`. */
      startAction: Text,
      /** `TurnOff`, `Save`, `ShutDown`. */
      stopAction: Text,
    })
    .nullish(),
  troubles: list(Trouble),
});
export type MachineAnswer = z.infer<typeof MachineAnswer>;

const InventoryParts = z.object({
  host: z.object({ name: Text, fqdn: Text, system: Text, version: Text, cpus: Count, memory: Count }),
  switches: list(z.object({ id: Text, name: Text, type: Text })),
  places: list(z.object({ root: z.string().min(1), kind: Text, size: Count.nullable(), free: Count.nullable() })),
  cluster: ClusterAnswer,
  machines: list(z.unknown()),
  troubles: list(Trouble),
});
const NameAlone = z.object({ name: Text });

/** A machine of which something unexpected is said does not hide the others: it is left out, and that is told. */
export const InventoryAnswer = InventoryParts.transform(({ machines: all, ...rest }) => {
  const machines: MachineAnswer[] = [];
  const troubles = [...rest.troubles];
  for (const one of all) {
    const machine = MachineAnswer.safeParse(one);
    if (machine.success) machines.push(machine.data);
    else {
      const name = NameAlone.safeParse(one).data?.name ?? 'of no name';
      const path = machine.error.issues[0]?.path.join('.') ?? '';
      troubles.push({
        id: 'unexpected',
        message: `“${name}” is left out: what the host says of its ${path} is not understood.`,
      });
    }
  }
  return { ...rest, machines, troubles };
});
export type InventoryAnswer = z.infer<typeof InventoryAnswer>;

export const PowerAnswer = z.object({
  state: Text,
  /** `OkApplicationsHealthy` …; empty where it does not run or says nothing. */
  heartbeat: Text,
  trouble: Trouble.nullable(),
});
export const CheckpointMade = z.object({
  id: z.string().min(1),
  created: z.iso.datetime({ offset: true }),
  disks: list(PluggedAnswer),
});
export const CheckpointRemoved = z.object({
  left: Count,
  /** `Operating normally`, `Merging disks` …, in the host's language. */
  status: Text,
  /** `CreatingSnapshot`, `MergingDisks` …, the same in every language; empty where the host is at nothing. */
  doing: Text,
  /** Where the disks are now: as long as their files are those of the checkpoint, they are not merged. */
  disks: list(PluggedAnswer),
});
export const LeftoversAnswer = z.object({
  checkpoints: list(z.object({ machine: z.string().min(1), id: z.string().min(1), name: z.string() })),
});
export const PartAnswer = z.object({ size: Count, read: Count, bytes: z.base64() });
/** Groups by their security ids. */
export const RightsAnswer = z.object({ user: Text, groups: list(z.string()) });
export type RightsAnswer = z.infer<typeof RightsAnswer>;
