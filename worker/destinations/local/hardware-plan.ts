/** Decides what hardware a machine gets under KVM or plain QEMU: what the guest had where QEMU has it, or virtio throughout. */
import type { VmDisk, VmFacts, VmNic } from '../../../main/shared/vm.ts';

/** `virtio` is fast and needs drivers in the guest; `compatible` keeps to what a guest of another hypervisor knows. */
export type Hardware = 'virtio' | 'compatible';

export type DiskBus = 'ide' | 'sata' | 'scsi' | 'virtio' | 'usb';

/** A disk's place, in libvirt's words. */
export interface DiskPlace {
  readonly bus: DiskBus;
  /** `vda`, `sda` …, unique in the machine. */
  readonly dev: string;
  /** Null where libvirt finds a place by itself: every virtio or USB disk is its own device. */
  readonly drive: {
    readonly controller: number;
    readonly bus: number;
    readonly target: number;
    readonly unit: number;
  } | null;
  /** From 1; null for a disk that is not booted from. */
  readonly bootOrder: number | null;
}

export interface ControllerPlace {
  readonly bus: 'sata' | 'scsi';
  readonly index: number;
  /** libvirt's word; null for the bus's usual one. */
  readonly model: string | null;
}

export interface HardwarePlan {
  /** UEFI needs the newer board, which has no IDE. */
  readonly machine: 'pc' | 'q35';
  /** One for each disk of the machine, in order. */
  readonly disks: readonly DiskPlace[];
  readonly controllers: readonly ControllerPlace[];
  /** A card's model for each card of the machine. */
  readonly nicModels: readonly string[];
}

/** SCSI controllers that QEMU has too, by Guts's word: libvirt's word, and how many disks one takes. */
const SCSI_MODELS: ReadonlyMap<string, { readonly model: string; readonly places: number }> = new Map([
  ['pvscsi', { model: 'vmpvscsi', places: 64 }],
  ['lsisas1068', { model: 'lsisas1068', places: 8 }],
  ['virtio-scsi', { model: 'virtio-scsi', places: 255 }],
]);
const SATA_PLACES = 6;
const IDE_PLACES = 4;

/** Cards that QEMU has too. */
const KEPT_NICS: ReadonlyMap<string, string> = new Map([
  ['e1000', 'e1000'],
  ['e1000e', 'e1000e'],
  ['vmxnet3', 'vmxnet3'],
  ['pcnet32', 'pcnet'],
  ['rtl8139', 'rtl8139'],
  ['virtio', 'virtio'],
]);

/** The plan for `vm`; its first disk boots where its description gives no order. */
export function planHardware(vm: VmFacts, hardware: Hardware): HardwarePlan {
  const machine = vm.firmware === 'uefi' ? 'q35' : 'pc';
  const places = new Places(machine);
  const hasOrder = vm.disks.some(({ bootIndex }) => bootIndex !== null);
  const disks = vm.disks.map((disk, index): DiskPlace => {
    const bootIndex = hasOrder ? disk.bootIndex : index === 0 ? 0 : null;
    return { ...places.next(disk, hardware), bootOrder: bootIndex === null ? null : bootIndex + 1 };
  });
  return { machine, disks, controllers: places.controllers, nicModels: vm.nics.map((nic) => nicModel(nic, hardware)) };
}

function nicModel({ model }: VmNic, hardware: Hardware): string {
  return hardware === 'virtio' ? 'virtio' : (KEPT_NICS.get(model ?? '') ?? 'e1000');
}

/** Hands out places one after the other, each bus in the order of the machine's disks, so that the guest counts as before. */
class Places {
  readonly controllers: ControllerPlace[] = [];
  readonly #machine: 'pc' | 'q35';
  readonly #devs = new Map<string, number>();
  /** Disks so far: by `ide` and `sata`, and by model for SCSI. */
  readonly #used = new Map<string, number>();
  /** SCSI controllers of a model, in the order in which they were needed. */
  readonly #scsi = new Map<string, number[]>();

  constructor(machine: 'pc' | 'q35') {
    this.#machine = machine;
  }

  next(disk: VmDisk, hardware: Hardware): Omit<DiskPlace, 'bootOrder'> {
    const { kind, model } = disk.controller;
    if (hardware === 'virtio' || kind === 'virtio') return { bus: 'virtio', dev: this.#dev('vd'), drive: null };
    if (kind === 'usb') return { bus: 'usb', dev: this.#dev('sd'), drive: null };
    if (kind === 'ide' && this.#machine === 'pc' && (this.#used.get('ide') ?? 0) < IDE_PLACES) {
      const place = this.#take('ide');
      return {
        bus: 'ide',
        dev: this.#dev('hd'),
        drive: { controller: 0, bus: Math.floor(place / 2), target: 0, unit: place % 2 },
      };
    }
    const scsi = kind === 'scsi' ? SCSI_MODELS.get(model ?? '') : undefined;
    if (scsi !== undefined)
      return { bus: 'scsi', dev: this.#dev('sd'), drive: this.#scsiPlace(scsi.model, scsi.places) };
    // Whatever QEMU has not: AHCI is what guests of every age are most likely to know.
    const place = this.#take('sata');
    const controller = Math.floor(place / SATA_PLACES);
    if (place % SATA_PLACES === 0) this.controllers.push({ bus: 'sata', index: controller, model: null });
    return { bus: 'sata', dev: this.#dev('sd'), drive: { controller, bus: 0, target: 0, unit: place % SATA_PLACES } };
  }

  #scsiPlace(model: string, places: number): NonNullable<DiskPlace['drive']> {
    const place = this.#take(model);
    const indexes = this.#scsi.get(model) ?? [];
    if (place % places === 0) {
      const index = this.controllers.filter(({ bus }) => bus === 'scsi').length;
      this.controllers.push({ bus: 'scsi', index, model });
      this.#scsi.set(model, [...indexes, index]);
    }
    const controller = this.#scsi.get(model)?.at(-1) ?? 0;
    return { controller, bus: 0, target: place % places, unit: 0 };
  }

  /** The number of disks that `what` had before this one. */
  #take(what: string): number {
    const before = this.#used.get(what) ?? 0;
    this.#used.set(what, before + 1);
    return before;
  }

  /** `vda` … `vdz`, `vdaa` … */
  #dev(prefix: string): string {
    const number = this.#devs.get(prefix) ?? 0;
    this.#devs.set(prefix, number + 1);
    let letters = '';
    for (let rest = number + 1; rest > 0; rest = Math.floor((rest - 1) / 26))
      letters = String.fromCharCode(97 + ((rest - 1) % 26)) + letters;
    return prefix + letters;
  }
}
