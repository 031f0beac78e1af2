/** Hands machines over to the planning of their move, which takes them once: for as long as this page is open in this tab. */

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
