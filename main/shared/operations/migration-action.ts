/** What can be wished for a migration. */
import { z } from 'zod';

export const MigrationAction = z.enum(['start', 'pause', 'resume', 'cancel', 'cutover', 'retry', 'hold', 'release']);
export type MigrationAction = z.infer<typeof MigrationAction>;
