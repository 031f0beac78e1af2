/** The words for files that are sent to Guts, to be read once by what comes after. */
import { z } from 'zod';

export const UploadId = z
  .string()
  .regex(/^upl_[0-9a-z]{12}$/)
  .brand<'UploadId'>();
export type UploadId = z.infer<typeof UploadId>;

export const UploadedFile = z.object({ id: UploadId, name: z.string(), sizeBytes: z.number().int().nonnegative() });
export type UploadedFile = z.infer<typeof UploadedFile>;

/** What one file may have at most; larger exports are judged by the command line. */
export const MOST_UPLOAD_BYTES = 256 * 2 ** 20;

/** What a file may be called: no path, nothing that a file system or a terminal takes for something else. */
export const UploadName = z
  .string()
  .min(1)
  .max(200)
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  .regex(/^[^\u0000-\u001f\u007f/\\:*?"<>|]+$/, 'a name without folders')
  .refine((name) => !/^\.|[. ]$/.test(name), 'it neither begins with a dot nor ends with one');
