/** Estates made by hand, and what is thought of them. */
import type { Assessment, AssessmentCloud, AssessmentOptions } from '../../main/shared/assessment.ts';
import { defaultAssessmentOptions } from '../../main/shared/assessment.ts';
import type { Estate } from '../../main/shared/estate.ts';
import type { InventoryVm } from '../../main/shared/inventory.ts';
import { judge } from '../../worker/assessment/judge.ts';
import { machine } from '../plan/sample.ts';

/** Called alike by name and reference. */
export const vm = (name: string, change: Partial<InventoryVm> = {}): InventoryVm =>
  machine({ ref: name, name, ...change });

export const estate = (change: Partial<Estate> = {}): Estate => ({
  kind: 'rvtools',
  product: 'RVTools 4.4.2',
  takenAt: '2026-03-01T08:00:00Z',
  from: ['site.xlsx'],
  vms: [machine()],
  networks: [{ ref: 'network-1', name: 'lan', kind: 'standard', vlanId: 12, datacenter: 'DC0' }],
  datastores: [
    {
      ref: 'datastore-1',
      name: 'gold-01',
      kind: 'VMFS',
      capacityBytes: 2 ** 40,
      freeBytes: 2 ** 39,
      isAccessible: true,
      datacenter: 'DC0',
    },
  ],
  hosts: [],
  gaps: [],
  warnings: [],
  ...change,
});

export const judged = async (
  of: Estate,
  change: Partial<AssessmentOptions> = {},
  cloud: AssessmentCloud | null = null,
): Promise<Assessment> =>
  await judge(
    {
      estate: of,
      cloud,
      options: { ...defaultAssessmentOptions, ...change },
      version: '0.0.0',
      madeAt: new Date('2026-03-02T08:00:00Z'),
    },
    new AbortController().signal,
  );
