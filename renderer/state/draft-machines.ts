/** Machines that are handed over to the planning of their move: for as long as this page is open in this tab. */
import { z } from 'zod';
import { SourceId } from '../../main/shared/connections.ts';

const DraftMachines = z.array(z.object({ source: SourceId, ref: z.string().min(1), name: z.string() }));
export type DraftMachines = z.infer<typeof DraftMachines>;

const KEY = 'guts.draft.machines';

export function handOver(machines: DraftMachines): void {
  const plain = machines.map(({ source, ref, name }) => ({ source, ref, name }));
  sessionStorage.setItem(KEY, JSON.stringify(plain));
}
