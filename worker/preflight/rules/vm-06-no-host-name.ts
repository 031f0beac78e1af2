/** VM-06: a guest that has no name of its own. */
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

const NO_NAME = /^(?:|localhost(?:\..*)?)$/i;

export const hasNoName = (hostName: string): boolean => NO_NAME.test(hostName);

export const noHostName: Rule<MachineFacts> = {
  id: 'VM-06',
  group: 'machine',
  severity: 'warns',
  isBeside: ({ vm }) =>
    vm.guest.tools === 'running' && vm.power === 'on' ? null : 'the guest’s tools do not run, so its name is not known',
  finds: ({ vm: { guest } }) =>
    guest.hostName === null || guest.hostName === ''
      ? ['none is told']
      : hasNoName(guest.hostName)
        ? [`host name “${guest.hostName}”`]
        : [],
  says: 'The guest has no host name of its own, so the cloud’s first-boot service may give it one.',
  remedy: 'Give the guest a name before it moves, or give it one in the cloud afterwards.',
  manual:
    'The guest calls itself `localhost` or nothing. Cloud-init, where the guest has it, gives it the server’s name at its first start in the cloud. Give the guest a name of its own first, if something depends on it.',
};
