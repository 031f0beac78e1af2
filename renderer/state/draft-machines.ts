/** Hands machines over to the planning of their move, which takes them once: for as long as this page is open in this tab. */
import type { MigrationRequest } from '../../main/shared/migration.ts';

interface HandedMachine {
  /** The source's id. */
  readonly source: string;
  readonly ref: string;
  readonly name: string;
}

const PLACE = 'guts.draft.machines';

export function handOver(machines: readonly HandedMachine[]): void {
  const plain = machines.map(({ source, ref, name }) => ({ source, ref, name }));
  sessionStorage.setItem(PLACE, JSON.stringify(plain));
}

/** A machine whose move has ended elsewhere than it should, with all that was wished for it. */
export function handOverAgain({ source, vm, destination, options }: MigrationRequest): void {
  const { ref, name } = vm;
  sessionStorage.setItem(PLACE, JSON.stringify([{ source, ref, name, again: { destination, options } }]));
}
