/** The words for what is inside a disk image: formats, facts, extents as the command line and the window show them. */
import { z } from 'zod';

export const DiskFormat = z.enum(['raw', 'vmdk', 'vhd', 'vhdx', 'qcow2', 'vdi']);
export type DiskFormat = z.infer<typeof DiskFormat>;

/** One file of a chain, from the disk that was opened down to its oldest parent. */
export const ChainLink = z.object({
  name: z.string(),
  format: DiskFormat,
  /** The format's own word for the layout, such as `streamOptimized`, `dynamic`, `differencing`. */
  variant: z.string(),
});
export type ChainLink = z.infer<typeof ChainLink>;

export const ImageFacts = z.object({
  format: DiskFormat,
  variant: z.string(),
  /** What the guest sees, in bytes. */
  virtualSizeBytes: z.number().int().nonnegative(),
  /** Guest bytes that have storage behind them in this file (parents not counted); null where only a full pass would tell. */
  allocatedBytes: z.number().int().nonnegative().nullable(),
  sectorSizeBytes: z.union([z.literal(512), z.literal(4096)]),
  /** The program that says it wrote the image, as the image spells it; null where the format does not say. */
  creator: z.string().nullable(),
  /** This image first, then its parents; one entry where there is no parent. */
  chain: z.array(ChainLink).min(1),
  /** Things an operator should know that do not stop a conversion. */
  warnings: z.array(z.string()),
});
export type ImageFacts = z.infer<typeof ImageFacts>;
