/** The words for a data centre as somebody has it: read live, or from a file that was exported there. */
import { z } from 'zod';
import { InventoryDatastore, InventoryHost, InventoryNetwork, InventoryVm } from './inventory.ts';

export const EstateKind = z.enum(['rvtools', 'hyperv-csv', 'inventory']);
export type EstateKind = z.infer<typeof EstateKind>;

/** What the origin does not tell, and what therefore nobody can judge. */
export const EstateGap = z.object({
  /** `disks`, `networks`, `addresses`, `tools`, `snapshots`, `firmware`, `tpm`, `datastores`, `hosts` … */
  of: z.string(),
  /** In a sentence: which tab or column is missing. */
  says: z.string(),
  /** Refs of the machines that it is about; null for all of them. */
  machines: z.array(z.string()).nullable(),
});
export type EstateGap = z.infer<typeof EstateGap>;

export const Estate = z.object({
  kind: EstateKind,
  /** `RVTools 4.4.2`, `vCenter Server 8.0.2`; null where the origin does not say. */
  product: z.string().nullable(),
  /** When it was like this; null where the origin does not say. */
  takenAt: z.iso.datetime({ offset: true }).nullable(),
  /** Names of the files, or of the source. */
  from: z.array(z.string()),
  /** The vCenter that all of it is of, in the origin’s words; left out where it is of several, or nobody says. */
  server: z.string().optional(),
  vms: z.array(InventoryVm),
  networks: z.array(InventoryNetwork),
  datastores: z.array(InventoryDatastore),
  hosts: z.array(InventoryHost),
  gaps: z.array(EstateGap),
  /** Rows and cells that could not be understood, with tab and row: nothing is left out silently. */
  warnings: z.array(z.string()),
});
export type Estate = z.infer<typeof Estate>;

/** Whether a machine is of an estate without names: worker/assessment/pseudonyms.ts calls them so. */
export const isNameless = (ref: string): boolean => /^vm-ref-\d{5,}$/.test(ref);

/** As it stands in a file that Guts wrote. */
export const KeptEstate = Estate.extend({ estateVersion: z.literal(1) });
export type KeptEstate = z.infer<typeof KeptEstate>;
