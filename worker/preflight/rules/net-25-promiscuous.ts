/** NET-25: a switch that lets the guest listen to what is meant for others. */
import { cardsOf } from '../../../main/shared/proposals/cards.ts';
import type { MachineWithCards } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';
import { whySwitchesAreSilent } from '../switches.ts';

export const promiscuous: Rule<MachineWithCards> = {
  id: 'NET-25',
  group: 'networks',
  severity: 'informs',
  isBeside: whySwitchesAreSilent,
  finds: (facts) =>
    cardsOf(facts)
      .filter(({ allows }) => allows?.promiscuous === true)
      .map(({ nic }) => `${nic.label} on “${nic.networkName ?? ''}”`),
  says: 'The switch lets the guest listen to what is meant for others, which no port of a cloud does.',
  remedy: 'Ask whether the guest watches the network or runs machines of its own, before you move it.',
  manual:
    'The port group allows promiscuous mode. That is off unless somebody turns it on, for a guest that watches the network or has machines of its own; which of the guests on it needs that, nobody tells. A port in the cloud gets what is meant for it alone, with port security or without: mirrors are a matter of the cloud’s operator.',
};
