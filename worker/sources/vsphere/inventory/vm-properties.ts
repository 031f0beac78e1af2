/** What is asked of every machine. */
import { compare } from '../version.ts';

/** Known to every server from 6.5 on, which refuses a whole call for one unknown path. */
const PROPERTIES = [
  'name',
  'parent',
  'parentVApp',
  'resourcePool',
  'network',
  'tag',
  'runtime.powerState',
  'runtime.connectionState',
  'runtime.host',
  'runtime.consolidationNeeded',
  'runtime.question',
  'runtime.faultToleranceState',
  'config.template',
  'config.uuid',
  'config.instanceUuid',
  'config.version',
  'config.guestId',
  'config.guestFullName',
  'config.hardware.numCPU',
  'config.hardware.numCoresPerSocket',
  'config.hardware.memoryMB',
  'config.hardware.device',
  'config.firmware',
  'config.bootOptions',
  'config.keyId',
  'config.changeTrackingEnabled',
  'config.changeVersion',
  'config.modified',
  'config.annotation',
  'config.cpuHotAddEnabled',
  'config.memoryHotAddEnabled',
  'config.nestedHVEnabled',
  'config.flags.diskUuidEnabled', // what disk.EnableUUID of the large extraConfig comes to
  'config.cpuAllocation',
  'config.memoryAllocation',
  'config.cpuAffinity',
  'config.memoryAffinity',
  'config.latencySensitivity',
  'config.memoryReservationLockedToMax',
  'config.tools.syncTimeWithHost',
  'config.vAppConfig.product',
  'guest.toolsStatus',
  'guest.toolsRunningStatus',
  'guest.toolsVersionStatus2',
  'guest.hostName',
  'guest.net',
  'guest.disk',
  'guest.ipStack',
  'snapshot',
  'layoutEx',
] as const;
const SINCE_6_7 = ['config.flags.vbsEnabled'] as const;

export type VmProperty = (typeof PROPERTIES | typeof SINCE_6_7)[number];

/** Everything that is mapped of a machine. @param version that is spoken with the server */
export const vmPropertiesOf = ({ version }: { readonly version: string }): readonly VmProperty[] =>
  compare(version, '6.7') < 0 ? PROPERTIES : [...PROPERTIES, ...SINCE_6_7];
