/** What is wanted of an estate is wanted by its names: it is chosen by these before they are taken, and hardly any is handed on. */
import type { AssessmentOptions } from '../../main/shared/assessment.ts';
import type { Estate } from '../../main/shared/estate.ts';
import { anonymised } from './anonymise.ts';
import { chosenBy } from './wanted.ts';

export interface AnonymousWish {
  /** Of the machines that were asked for by name, folder and cluster. */
  readonly estate: Estate;
  /** The same for the names that there are now. */
  readonly options: AssessmentOptions;
  /** Machines that were not asked for. */
  readonly notChosen: number;
}

export function anonymousWish(told: Estate, options: AssessmentOptions): AnonymousWish {
  const isChosen = chosenBy(options.machines);
  const vms = told.vms.filter(isChosen);
  const notChosen = told.vms.length - vms.length;
  const estate = anonymised(notChosen === 0 ? told : { ...told, vms, gaps: gapsOf(told, vms) });
  return {
    estate,
    options: {
      ...options,
      machines: { ...options.machines, name: null, folder: null, cluster: null },
      volumeTypes: Object.fromEntries(
        told.datastores.flatMap(({ name }, at) => {
          const [type, now] = [options.volumeTypes[name], estate.datastores[at]?.name];
          return type === undefined || now === undefined ? [] : [[now, type]];
        }),
      ),
    },
    notChosen,
  };
}

/** Of these machines alone. */
function gapsOf({ gaps }: Estate, vms: Estate['vms']): Estate['gaps'] {
  const refs = new Set(vms.map(({ ref }) => ref));
  return gaps.flatMap((gap) => {
    const machines = gap.machines?.filter((ref) => refs.has(ref)) ?? null;
    return machines?.length === 0 ? [] : [{ ...gap, machines }];
  });
}
