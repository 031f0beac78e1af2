/** Every rule of a move into a cloud: those of the machine, and those that need the cloud and what was planned. */
import type { MoveFacts } from './move-facts.ts';
import type { Rule } from './rule.ts';
import { machineRules } from './machine-rules.ts';
import { trackingOff } from './rules/cbt-01-tracking-off.ts';
import { trackingInactive } from './rules/cbt-02-tracking-inactive.ts';
import { missingPrivileges } from './rules/src-04-missing-privileges.ts';
import { nameTaken } from './rules/vm-05-name-taken.ts';
import { movedAlready } from './rules/vm-15-moved-already.ts';
import { noVolumeService } from './rules/dsk-16-no-volume-service.ts';
import { noWayToRead } from './rules/dsk-24-no-way-to-read.ts';
import { noNetwork } from './rules/net-01-no-network.ts';
import { lostAddress } from './rules/net-05-lost-address.ts';
import { addressTaken } from './rules/net-06-address-taken.ts';
import { ownAddressTwins } from './rules/net-06b-own-twins.ts';
import { macTaken } from './rules/net-07-mac-taken.ts';
import { tooLargeFrames } from './rules/new-05-too-large-frames.ts';
import { perhapsTooLargeFrames } from './rules/new-05a-perhaps-too-large-frames.ts';
import { noDhcp } from './rules/new-06-no-dhcp.ts';
import { otherGateway } from './rules/new-06a-other-gateway.ts';
import { otherAddress } from './rules/new-06b-other-address.ts';
import { otherNameServer } from './rules/new-06c-other-name-servers.ts';
import { tooManyAddresses } from './rules/net-10a-too-many-addresses.ts';
import { otherVlan } from './rules/net-21-other-vlan.ts';
import { portSecurityUnknown } from './rules/net-27-no-port-security.ts';
import { portSecurityOfOthers } from './rules/net-28-port-of-others.ts';
import { noExternalNetwork } from './rules/net-17-no-external-network.ts';
import { noFlavor } from './rules/ost-02-no-flavor.ts';
import { smallFlavor } from './rules/ost-02a-small-flavor.ts';
import { noVolumeType } from './rules/ost-03-no-volume-type.ts';
import { hostsOfCloud } from './rules/new-18-hosts-of-cloud.ts';
import { noZone } from './rules/ost-04-no-zone.ts';
import { noSecurityGroup } from './rules/ost-05-no-security-group.ts';
import { noServerGroup } from './rules/ost-06-no-server-group.ts';
import { fullServerGroup } from './rules/ost-06a-full-server-group.ts';
import { noKeyPair } from './rules/ost-14-no-key-pair.ts';
import { quotaTooSmall } from './rules/ost-13-over-quota.ts';
import { volumeTooLargeAlone } from './rules/ost-13a-volume-too-large.ts';

export const moveRules: readonly Rule<MoveFacts>[] = [
  ...machineRules,
  missingPrivileges,
  nameTaken,
  movedAlready,
  noVolumeService,
  noWayToRead,
  trackingOff,
  trackingInactive,
  noNetwork,
  lostAddress,
  addressTaken,
  ownAddressTwins,
  macTaken,
  tooLargeFrames,
  perhapsTooLargeFrames,
  noDhcp,
  otherGateway,
  otherAddress,
  otherNameServer,
  tooManyAddresses,
  otherVlan,
  portSecurityUnknown,
  portSecurityOfOthers,
  noExternalNetwork,
  noFlavor,
  smallFlavor,
  noVolumeType,
  hostsOfCloud,
  noZone,
  noSecurityGroup,
  noServerGroup,
  fullServerGroup,
  noKeyPair,
  quotaTooSmall,
  volumeTooLargeAlone,
];
