/** The words for a virtual machine as its OVF, VMX or libvirt description tells it: processors, memory, disks, network cards. */
import { z } from 'zod';

export const ControllerKind = z.enum(['ide', 'scsi', 'sata', 'nvme', 'virtio', 'usb']);
export type ControllerKind = z.infer<typeof ControllerKind>;

/** Where a disk is plugged in. */
export const DiskController = z.object({
  kind: ControllerKind,
  /** `lsilogic`, `lsisas1068`, `pvscsi`, `buslogic`, `virtio-scsi`, `ahci` …; null where the description does not say. */
  model: z.string().nullable(),
  /** The controller's number among those of its kind, from 0. */
  bus: z.number().int().nonnegative(),
  /** The disk's place on its controller, from 0. */
  unit: z.number().int().nonnegative(),
});
export type DiskController = z.infer<typeof DiskController>;

export const VmDisk = z.object({
  /** The description's own name for the disk: `vmdisk1`, `scsi0:0`, `vda`. */
  id: z.string().min(1),
  /** The file as the description names it; null for a disk that is delivered blank. */
  file: z.string().min(1).nullable(),
  /** The format that the description insists on, such as raw in a libvirt domain; null where the image itself shows it. */
  format: z.enum(['raw', 'vmdk', 'vhd', 'vhdx', 'qcow2', 'vdi']).nullable(),
  virtualSizeBytes: z.number().int().positive().nullable(),
  controller: DiskController,
  /** The place among the disks in the boot order, from 0; null where the description gives none. */
  bootIndex: z.number().int().nonnegative().nullable(),
});
export type VmDisk = z.infer<typeof VmDisk>;

export const VmNic = z.object({
  /** Lower case with colons, as `00:50:56:aa:bb:cc`; null where a new one is to be made. */
  mac: z
    .string()
    .regex(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/)
    .nullable(),
  /** The name of the network or port group. */
  network: z.string().nullable(),
  /** `e1000`, `e1000e`, `vmxnet3`, `pcnet32`, `virtio` …, in lower case. */
  model: z.string().nullable(),
  /** Whether it is plugged in when the machine starts. */
  connected: z.boolean(),
});
export type VmNic = z.infer<typeof VmNic>;

export const VmSource = z.enum(['ova', 'ovf', 'vmx', 'libvirt']);
export type VmSource = z.infer<typeof VmSource>;

export const VmFacts = z.object({
  name: z.string().min(1),
  cpus: z.number().int().positive(),
  memoryBytes: z.number().int().positive(),
  firmware: z.enum(['bios', 'uefi']),
  secureBoot: z.boolean(),
  /** In the words of the description: `ubuntu64Guest`, `windows9-64`; `cim:93` where only the CIM number is known. */
  guestOsId: z.string().nullable(),
  /** For people to read: `Ubuntu Linux (64-bit)`. */
  guestOsName: z.string().nullable(),
  /** IDE, SCSI, SATA, NVMe, virtio, USB; within a kind by bus, then by unit. */
  disks: z.array(VmDisk),
  nics: z.array(VmNic),
  source: VmSource,
  /** Things an operator should know that do not stop a migration. */
  warnings: z.array(z.string()),
});
export type VmFacts = z.infer<typeof VmFacts>;
