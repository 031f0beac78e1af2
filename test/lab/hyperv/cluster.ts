/** A failover cluster of simulated hosts: machines go from node to node, and all nodes see the files of its volume. */
import type { Machine } from './machine.ts';

/** In every node at the same place, whichever of them runs the machine. */
export const isOnClusterVolume = (path: string): boolean => /^C:\\ClusterStorage\\/i.test(path);

/** A host, as far as its cluster is concerned. */
export interface ClusterNode {
  readonly name: string;
  readonly machines: Machine[];
  readonly isUp: boolean;
  cluster: Cluster | null;
}

export class Cluster {
  readonly name: string;
  readonly #hosts: ClusterNode[] = [];

  constructor(name = 'HVC1') {
    this.name = name;
  }

  join(host: ClusterNode): void {
    host.cluster = this;
    this.#hosts.push(host);
  }

  get machines(): readonly Machine[] {
    return this.#hosts.flatMap(({ machines }) => machines);
  }

  /** A machine goes on at another node, as it is. @throws RangeError */
  move(machine: string, node: string): void {
    const to = this.#hosts.find(({ name }) => name === node);
    const from = this.#hosts.find(({ machines }) => machines.some(({ spec }) => spec.name === machine));
    if (to === undefined || from === undefined) throw new RangeError(`“${machine}” cannot go to “${node}”.`);
    const at = from.machines.findIndex(({ spec }) => spec.name === machine);
    to.machines.push(...from.machines.splice(at, 1));
  }

  /** As Get-Cluster, Get-ClusterNode and Get-ClusterGroup say it on every node. */
  get told(): unknown {
    return {
      name: this.name,
      nodes: this.#hosts.map(({ name, isUp }) => ({ name, state: isUp ? 'Up' : 'Down' })),
      owners: this.#hosts.flatMap(({ name, machines }) =>
        machines.map(({ spec }) => ({ group: spec.name, node: name })),
      ),
    };
  }
}
