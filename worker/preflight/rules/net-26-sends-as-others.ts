/** NET-26: a switch that lets the guest send as another than its card. */
import { cardsOf } from '../../../main/shared/proposals/cards.ts';
import type { MachineWithCards } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';
import { whySwitchesAreSilent } from '../switches.ts';

export const sendsAsOthers: Rule<MachineWithCards> = {
  id: 'NET-26',
  group: 'networks',
  severity: 'informs',
  isBeside: whySwitchesAreSilent,
  finds: (facts) =>
    cardsOf(facts)
      .filter(({ isGuarded }) => isGuarded)
      .flatMap(({ nic, allows }) => {
        const what = [
          ...(allows?.forgedTransmits === true ? ['forged transmits'] : []),
          ...(allows?.macChanges === true ? ['MAC changes'] : []),
        ];
        return what.length === 0 ? [] : [`${nic.label} on “${nic.networkName ?? ''}”: ${what.join(', ')}`];
      }),
  says: 'The switch lets the guest send as another than its card, and a port in the cloud would drop that. Few guests do.',
  remedy: 'Do nothing, unless the guest is a router, a bridge or one of a cluster (--address-pair, --port-security).',
  manual:
    'The port group allows forged transmits or MAC changes. Many switches allow both for everybody, so it says little of this guest. One that is a router, a bridge, a host of containers with addresses of their own or one of a cluster would not be heard: name the addresses with `--address-pair NET=ADDRESS`, or turn port security off with `--port-security NET=off`.',
};
