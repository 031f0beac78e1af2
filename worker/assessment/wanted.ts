/** Which machines of an estate are judged, how many are not, by why, and what is not told of those that are. */
import type { AssessmentOptions, AssessmentSummary } from '../../main/shared/assessment.ts';
import type { EstateGap } from '../../main/shared/estate.ts';
import { matcher } from '../../main/shared/glob.ts';
import type { InventoryVm } from '../../main/shared/inventory.ts';

type Wanted = AssessmentOptions['machines'];

/** Which machines are asked for by what they are called, and by where they are. */
export function chosenBy({ name, folder, cluster }: Wanted): (vm: InventoryVm) => boolean {
  const [isNamed, isIn, isOf] = [anyOf(name), anyOf(folder), anyOf(cluster)];
  return (vm) => isNamed(vm.name) && isIn(vm.folder) && isOf(vm.cluster ?? '');
}

type Patterns = Wanted['name'];

/** Null where none was asked for, which is all. */
export const patternsIn = (patterns: Patterns): readonly string[] | null =>
  typeof patterns === 'string' ? [patterns] : patterns;

function anyOf(patterns: Patterns): (text: string) => boolean {
  const all = patternsIn(patterns)?.map((pattern) => matcher(pattern));
  return (text) => all?.some((fits) => fits(text)) ?? true;
}

/** @param notChosen machines that were not asked for, and are not among `all` any more */
export function wantedOf(
  all: readonly InventoryVm[],
  wanted: Wanted,
  notChosen = 0,
): { readonly vms: InventoryVm[]; readonly leftOut: AssessmentSummary['leftOut'] & { readonly placeholders: number } } {
  const leftOut = { templates: 0, placeholders: 0, poweredOff: 0, byFilter: notChosen };
  const isChosen = chosenBy(wanted);
  const vms = all.filter((vm) => {
    if (!isChosen(vm)) leftOut.byFilter += 1;
    else if (vm.traits?.isPlaceholder === true) leftOut.placeholders += 1;
    else if (vm.isTemplate && !wanted.withTemplates) leftOut.templates += 1;
    else if (vm.power === 'off' && !wanted.withPoweredOff) leftOut.poweredOff += 1;
    else return true;
    return false;
  });
  return { vms, leftOut };
}

/** Without the machines that are not judged; what is about such ones alone is left out. */
export function gapsAbout(vms: readonly InventoryVm[], gaps: readonly EstateGap[]): EstateGap[] {
  const judged = new Set(vms.map(({ ref }) => ref));
  return gaps.flatMap((gap) => {
    if (gap.machines === null) return [gap];
    const machines = gap.machines.filter((ref) => judged.has(ref));
    return machines.length === 0 ? [] : [{ ...gap, machines }];
  });
}
