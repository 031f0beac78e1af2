/** Which flavor each machine gets: one that the cloud has, or one of a few that would have to be made. */
import type { AssessedFlavor } from '../../main/shared/assessment.ts';
import type { CloudFacts, Flavor } from '../../main/shared/cloud.ts';
import { proposeFlavors } from '../../main/shared/proposals/flavor-set.ts';
import { smallestFitting, type FlavorNeed } from '../../main/shared/proposals/flavor.ts';

export interface FlavorChoices {
  readonly flavors: AssessedFlavor[];
  /** Place in `flavors` for each need, in their order. */
  readonly chosen: readonly number[];
}

export function chooseFlavors(needs: readonly FlavorNeed[], cloud: Pick<CloudFacts, 'flavors'> | null): FlavorChoices {
  const fitting = remembered((need) => smallestFitting(cloud?.flavors ?? [], need));
  const proposed = proposeFlavors(needs.filter((need) => fitting(need) === undefined));
  const made = remembered((need) => smallestFitting(proposed, need));
  const places = new Map<Flavor, number>();
  const flavors: AssessedFlavor[] = [];
  const chosen = needs.map((need) => {
    const isNew = fitting(need) === undefined;
    const flavor = fitting(need) ?? made(need);
    if (flavor === undefined) throw new Error('no proposed flavor fits what it was proposed for');
    let place = places.get(flavor);
    if (place === undefined) {
      place = flavors.length;
      places.set(flavor, place);
      const { name, vcpus, memoryMiB, diskGiB } = flavor;
      flavors.push({ name, vcpus, memoryMiB, diskGiB, isNew, machines: 0, waste: { vcpus: 0, memoryMiB: 0 } });
    }
    const entry = flavors[place];
    if (entry !== undefined) {
      entry.machines += 1;
      entry.waste.vcpus += flavor.vcpus - need.vcpus;
      entry.waste.memoryMiB += flavor.memoryMiB - need.memoryMiB;
    }
    return place;
  });
  return inOrder(flavors, chosen);
}

/** The most frequent first. */
function inOrder(flavors: readonly AssessedFlavor[], chosen: readonly number[]): FlavorChoices {
  const order = flavors.map((_, place) => place);
  order.sort((a, b) => (flavors[b]?.machines ?? 0) - (flavors[a]?.machines ?? 0));
  const placeOf = new Map(order.map((before, after) => [before, after]));
  return {
    flavors: order.flatMap((place) => flavors[place] ?? []),
    chosen: chosen.map((place) => placeOf.get(place) ?? 0),
  };
}

/** Machines have few sizes: each is looked up once. */
function remembered(choose: (need: FlavorNeed) => Flavor | undefined): (need: FlavorNeed) => Flavor | undefined {
  const known = new Map<string, Flavor | undefined>();
  return (need) => {
    const key = `${need.vcpus} ${need.memoryMiB} ${need.diskGiB}`;
    if (!known.has(key)) known.set(key, choose(need));
    return known.get(key);
  };
}
