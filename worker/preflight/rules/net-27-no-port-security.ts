/** NET-27: wishes about port security that the cloud does not know. */
import type { MoveFacts } from '../move-facts.ts';
import type { Rule } from '../rule.ts';

export const portSecurityUnknown: Rule<MoveFacts> = {
  id: 'NET-27',
  group: 'networks',
  severity: 'blocks',
  isBeside: ({ cloud }) =>
    cloud.networkExtensions === undefined ? 'the cloud does not tell what its network service can do' : null,
  finds: ({ cloud, ports }) =>
    ports.ports.flatMap(({ label, portSecurity, addressPairs = [] }) => [
      ...(portSecurity === 'off' && cloud.networkExtensions?.includes('port-security') === false
        ? [`${label}: no port security`]
        : []),
      ...(addressPairs.length > 0 && cloud.networkExtensions?.includes('allowed-address-pairs') === false
        ? [`${label}: address pairs`]
        : []),
    ]),
  says: 'The cloud’s network service does not know what you asked of a port.',
  remedy: 'Leave the address pairs or the port security out, or ask the operator for it.',
  manual:
    'Neutron does these by extensions, `port-security` and `allowed-address-pairs`, and this cloud has not got the one that your options need. It would refuse the port.',
};
