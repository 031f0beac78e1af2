/**
 * Proposes few flavors for many machines, where a cloud has none that fit. Sizes are rounded up to those that people make
 * flavors of; then the two that cost least together become one, again and again, until there are few enough and joining
 * more would waste too much.
 */
import type { Flavor } from '../cloud.ts';
import type { FlavorNeed } from './flavor.ts';

/** Nobody wants to look after more than this. */
const MOST_FLAVORS = 16;
/** Joining two goes on below that number as long as it wastes no more than this part of all that is needed. */
const CHEAP_PART = 0.005;
/** So many sizes are compared with each other; beyond that memory is rounded to powers of two. */
const MOST_SIZES = 200;
const MIB_PER_VCPU = 4096;

interface Size extends FlavorNeed {
  readonly machines: number;
  /** What its machines need together. */
  readonly vcpusNeeded: number;
  readonly memoryNeeded: number;
}

/** @param needs one for each machine */
export function proposeFlavors(needs: readonly FlavorNeed[]): Flavor[] {
  let sizes = sizesOf(needs, rounded);
  if (sizes.length > MOST_SIZES) sizes = sizesOf(needs, powerOfTwo);
  const all = needs.reduce((sum, { vcpus, memoryMiB }) => sum + vcpus + memoryMiB / MIB_PER_VCPU, 0);
  while (sizes.length > 1) {
    const best = cheapestPair(sizes);
    if (sizes.length <= MOST_FLAVORS && best.cost > all * CHEAP_PART) break;
    const one = joined(best.a, best.b);
    sizes = [...sizes.filter((size) => size !== best.a && size !== best.b), one];
  }
  return sizes
    .sort((a, b) => a.vcpus - b.vcpus || a.memoryMiB - b.memoryMiB)
    .map(({ vcpus, memoryMiB, diskGiB }) => {
      const name = nameOf({ vcpus, memoryMiB, diskGiB });
      return { id: name, name, vcpus, memoryMiB, diskGiB, isPublic: true, extraSpecs: {} };
    });
}

function nameOf({ vcpus, memoryMiB, diskGiB }: FlavorNeed): string {
  const memory = memoryMiB % 1024 === 0 ? `${memoryMiB / 1024}g` : `${memoryMiB}m`;
  return `guts.${vcpus}c.${memory}${diskGiB === 0 ? '' : `.${diskGiB}d`}`;
}

function sizesOf(needs: readonly FlavorNeed[], up: (value: number) => number): Size[] {
  const found = new Map<string, Size>();
  for (const { vcpus, memoryMiB, diskGiB } of needs) {
    const size = { vcpus: up(Math.max(1, vcpus)), memoryMiB: memoryUp(memoryMiB, up) };
    const key = `${size.vcpus} ${size.memoryMiB}`;
    const before = found.get(key);
    found.set(key, {
      ...size,
      diskGiB: Math.max(before?.diskGiB ?? 0, Math.ceil(diskGiB / 10) * 10),
      machines: (before?.machines ?? 0) + 1,
      vcpusNeeded: (before?.vcpusNeeded ?? 0) + vcpus,
      memoryNeeded: (before?.memoryNeeded ?? 0) + memoryMiB,
    });
  }
  return [...found.values()];
}

/** Half GiB below one, whole ones above. */
const memoryUp = (memoryMiB: number, up: (value: number) => number): number =>
  memoryMiB <= 512 ? 512 : up(Math.ceil(memoryMiB / 1024)) * 1024;

/** 1, 2, 3, 4, 6, 8, 12, 16, 24 …: powers of two, and what is half-way between them. */
function rounded(value: number): number {
  const power = 2 ** Math.floor(Math.log2(value));
  return value === power ? power : value <= power * 1.5 ? Math.ceil(power * 1.5) : power * 2;
}

const powerOfTwo = (value: number): number => 2 ** Math.ceil(Math.log2(value));

function cheapestPair(sizes: readonly Size[]): { readonly a: Size; readonly b: Size; readonly cost: number } {
  let best: { readonly a: Size; readonly b: Size; readonly cost: number } | undefined;
  for (const [at, a] of sizes.entries())
    for (const b of sizes.slice(at + 1)) {
      const cost = wasteOf(joined(a, b)) - wasteOf(a) - wasteOf(b);
      if (best === undefined || cost < best.cost) best = { a, b, cost };
    }
  if (best === undefined) throw new Error('one size has no other to be joined with');
  return best;
}

const joined = (a: Size, b: Size): Size => ({
  vcpus: Math.max(a.vcpus, b.vcpus),
  memoryMiB: Math.max(a.memoryMiB, b.memoryMiB),
  diskGiB: Math.max(a.diskGiB, b.diskGiB),
  machines: a.machines + b.machines,
  vcpusNeeded: a.vcpusNeeded + b.vcpusNeeded,
  memoryNeeded: a.memoryNeeded + b.memoryNeeded,
});

const wasteOf = ({ vcpus, memoryMiB, machines, vcpusNeeded, memoryNeeded }: Size): number =>
  vcpus * machines - vcpusNeeded + (memoryMiB * machines - memoryNeeded) / MIB_PER_VCPU;
