/** VM-13: a machine that is off, whose addresses nobody knows. */
import type { NetworkChoice } from '../../../main/shared/migration.ts';
import { choiceFor } from '../../../main/shared/proposals/networks.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

/** Nobody said the address, nor that the cloud may choose. */
const isToBeKept = (choice: NetworkChoice | undefined): boolean => choice === undefined || choice.ip === 'keep';

export const offAndSilent: Rule<MachineFacts> = {
  id: 'VM-13',
  group: 'machine',
  severity: 'warns',
  isBeside: ({ vm }) => (vm.isTemplate ? 'a template has no addresses' : null),
  finds: ({ vm, options }) =>
    vm.power === 'off' &&
    vm.nics.every(({ ipAddresses }) => ipAddresses.length === 0) &&
    vm.nics.some(({ networkName: name, network: ref }) => isToBeKept(choiceFor({ name, ref }, options.networks)))
      ? [vm.name]
      : [],
  says: 'The machine is off, so its addresses are not known and are not kept by themselves.',
  remedy:
    'Start it once with its tools and check again, say the addresses (--map NET=NET:ADDRESS), or let the cloud choose.',
  manual:
    'The machine is off, and a guest that does not run tells no addresses. Start it once and check again, or say them with `--map NET=NET:ADDRESS`, or let the cloud choose with `--map NET=NET:auto`.',
};
