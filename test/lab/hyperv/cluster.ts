/** A failover cluster of simulated hosts: machines go from node to node, and all nodes see the files of its volume. */
import type { Host, Together } from './host.ts';
import type { Machine } from './machine.ts';

export class Cluster implements Together {
  readonly name: string;
  readonly #hosts: Host[] = [];

  constructor(name = 'HVC1') {
    this.name = name;
  }

  join(host: Host): void {
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
    to.machines.push(...from.machines.splice(from.machines.indexOf(from.machineNamed(machine)), 1));
  }

  /** As Get-Cluster and Get-ClusterNode say it on every node. */
  get told(): unknown {
    return {
      name: this.name,
      nodes: this.#hosts.map(({ name, isUp }) => ({ name, state: isUp ? 'Up' : 'Down' })),
    };
  }
}
