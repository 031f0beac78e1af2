/** The cards of a plan’s machines beside the ports that they become: what is dropped there, told once for all that it is true of. */
import type { CloudFacts } from '../../../../main/shared/cloud.ts';
import type { InventoryNetwork } from '../../../../main/shared/inventory.ts';
import { planPorts } from '../../../../main/shared/proposals/ports.ts';
import { twinsOf } from '../../../../main/shared/proposals/twin.ts';
import { TwinWeight, type TwinLine, type TwinProposal } from '../../../../main/shared/twin.ts';
import type { NetworkLine, Picked } from './effective.ts';
import { guardOf, type Guard } from './guard.ts';

export interface TwinMachine {
  readonly ref: string;
  readonly name: string;
}

export interface TwinWayOut extends Pick<TwinProposal, 'kind' | 'says'> {
  /** What the port would be allowed, where Guts can do it; by the ref of the machine. */
  readonly guards: ReadonlyMap<string, Guard>;
}

export interface TwinTold extends Omit<TwinLine, 'proposals'> {
  readonly machines: readonly TwinMachine[];
  /** Whether these machines have networks of their own, so that the plan’s choice is not theirs. */
  readonly isOwn: boolean;
  readonly waysOut: readonly TwinWayOut[];
}

export interface NetworkTwins {
  /** What is dropped, or may be; the weightiest first. */
  readonly told: readonly TwinTold[];
  /** Machines on it that go by the plan’s choice. */
  readonly byPlan: number;
}

interface Gathered extends TwinTold {
  readonly machines: TwinMachine[];
  readonly waysOut: (TwinWayOut & { readonly guards: Map<string, Guard> })[];
}

interface Where {
  readonly told: Map<string, Gathered>;
  readonly byPlan: Set<string>;
}

/** By the network of the source, as its choice names it. Machines that have a migration already are left out. */
export function networkTwins(
  picked: readonly Picked[],
  lines: readonly NetworkLine[],
  networks: readonly InventoryNetwork[],
  cloud: CloudFacts,
): ReadonlyMap<string, NetworkTwins> {
  const byRef = new Map(networks.map((one) => [one.ref, one]));
  const needs = new Map(lines.flatMap(({ need }) => [[need.ref ?? need.from, need.from] as const]));
  const found = new Map<string, Where>();
  for (const { machine, vm, options } of picked) {
    if (vm === null || machine.migration !== null) continue;
    const own = vm.nics.flatMap(({ network }) => (network === null ? [] : (byRef.get(network) ?? [])));
    const ports = planPorts(vm, own, cloud, options);
    const isOwn = machine.options.networks !== undefined;
    const twins = new Map(twinsOf({ vm, networks: own, options, cloud, ports }).map((twin) => [twin.nicKey, twin]));
    for (const nic of vm.nics) {
      const from = needs.get(nic.network ?? nic.networkName ?? '');
      if (from === undefined) continue;
      const where = found.get(from) ?? { told: new Map<string, Gathered>(), byPlan: new Set<string>() };
      found.set(from, where);
      if (!isOwn) where.byPlan.add(machine.ref);
      for (const line of twins.get(nic.key)?.lines ?? [])
        if (line.weight !== 'passes') add(where, line, machine, isOwn);
    }
  }
  const weight = ({ weight: one }: TwinTold): number => TwinWeight.options.indexOf(one);
  return new Map(
    [...found].map(([from, { told, byPlan }]) => [
      from,
      { told: [...told.values()].sort((a, b) => weight(a) - weight(b)), byPlan: byPlan.size },
    ]),
  );
}

function add({ told }: Where, line: TwinLine, { ref, name }: TwinMachine, isOwn: boolean): void {
  const { proposals, ...said } = line;
  const key = [...Object.values(said), ...proposals.map(({ says }) => says), String(isOwn)].join('\n');
  const gathered = told.get(key) ?? {
    ...said,
    machines: [],
    isOwn,
    waysOut: proposals.map(({ kind, says }) => ({ kind, says, guards: new Map<string, Guard>() })),
  };
  told.set(key, gathered);
  if (gathered.machines.at(-1)?.ref !== ref) gathered.machines.push({ ref, name }); // another card of it may have been the last
  for (const [at, { options }] of proposals.entries()) {
    const changed = options?.networks?.at(-1); // the one with more than before
    if (changed !== undefined) gathered.waysOut[at]?.guards.set(ref, guardOf(changed));
  }
}
