/** How rules name machines of a plan that would have the same of something. */
import type { Twin } from '../../main/shared/rehearsal.ts';

/** Those that machines of the plan are to each other; what the cloud has already is found for each machine alone. */
export const twinsOf = (kind: Twin['kind'], twins: readonly Twin[]): string[] =>
  twins
    .filter((twin) => twin.kind === kind && twin.machines.length > 1)
    .map(({ value, network, machines }) => {
      const where = network === null ? '' : ` on “${network}”`;
      return `“${value}”${where}: ${machines.join(', ')}`;
    });
