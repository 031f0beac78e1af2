/** A node with what of it is taken, as one decision counts it: things are taken, and never given back. */
import type { NodeFacts } from '../shared/schedule.ts';

export class Place {
  readonly node: NodeFacts;
  /** Among all nodes: where lists about them have it. */
  readonly index: number;
  readonly #slots: number;
  /** One that has no slots of its own is as large as its processors. */
  readonly size: number;
  #reservedBytes = 0;
  #running = 0;
  #looks = 0;
  /** What may still be promised. */
  leftBytes: number;

  constructor(node: NodeFacts, index: number) {
    this.node = node;
    this.index = index;
    this.#slots = node.slots ?? Infinity;
    this.size = node.slots ?? node.processors;
    this.leftBytes = Math.max(0, node.space.freeBytes);
  }

  get hasSlot(): boolean {
    return this.#running < this.#slots;
  }

  /** Below zero where more goes on than it has processors. */
  get freeSlots(): number {
    return this.size - this.#running - this.#looks;
  }

  /** Room is promised to somebody: there will be more. */
  get hasPromised(): boolean {
    return this.#reservedBytes > 0;
  }

  take(reservedBytes: number): void {
    this.#reservedBytes += reservedBytes;
    this.#running += 1;
    this.leftBytes = Math.max(0, this.node.space.freeBytes - this.#reservedBytes);
  }

  look(): void {
    this.#looks += 1;
  }
}
