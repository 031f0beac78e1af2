/** Which system a guest is, as far as its source tells by an id of vSphere, a word of Hyper-V, or a name. */
import type { InventoryVm } from '../../main/shared/inventory.ts';

export interface GuestSystem {
  /** `other` is told and none of these; `unknown` is not told. */
  readonly family: 'windows' | 'linux' | 'bsd' | 'macos' | 'vmware' | 'other' | 'unknown';
  /** Of Linux, where a rule asks for it. */
  readonly distro: 'rhel' | 'centos' | 'oracle' | 'sles' | null;
  /** Of Windows that of NT: 6.1 is 7 and Server 2008 R2, 10 everything from 10 and Server 2016 on. Of Linux its first number. */
  readonly version: number | null;
  /** Of Windows. */
  readonly isServer: boolean;
}

type Told = Pick<InventoryVm, 'guestOsId' | 'guestOsName'>;

/** vSphere's ids and names, and those that CIM has, for a system that nobody has chosen. */
const UNTOLD = /^(?:other(?:guest)?(?:-?64)?|other \((?:32|64)-bit\)|cim:(?:0|1|102))$/i;
const FAMILIES: readonly (readonly [RegExp, GuestSystem['family']])[] = [
  [/^darwin|\bmac ?os\b|^os x\b/i, 'macos'],
  [/^vmkernel|\bvmware esxi?\b/i, 'vmware'],
  [/hyper-?v server|windowshyperv|solaris/i, 'other'],
  [/^win|\bwindows\b/i, 'windows'],
  [/bsd/i, 'bsd'],
  [
    /linux|ubuntu|debian|rhel|red ?hat|centos|rocky|alma|oracle|sles|suse|fedora|coreos|flatcar|photon|asianux|mandr|amazon/i,
    'linux',
  ],
];
/** The newest first: `windows2019srvNext_64Guest` is 2022. */
const WINDOWS: readonly (readonly [RegExp, number])[] = [
  [/windows(?:9|1[0-9]|20(?:16|19|2\d))|windows (?:server )?(?:1[01]|20(?:16|19|2\d))/i, 10],
  [/windows (?:server )?(?:2012 r2|8\.1)/i, 6.3],
  [/windows8|windows (?:server )?(?:2012|8)\b/i, 6.2],
  [/windows7|windows (?:server )?(?:2008 r2|7)\b/i, 6.1],
  [/longhorn|winvista|windows (?:server )?(?:2008|vista)/i, 6],
  [/winnet|windows (?:server )?2003/i, 5.2],
  [/winxp|windows xp/i, 5.1],
  [/win2000|windows 2000/i, 5],
  [/winnt|win9|winme|win3|windows (?:nt|95|98|me)\b/i, 4],
];
const DISTROS: readonly (readonly [RegExp, Exclude<GuestSystem['distro'], null>])[] = [
  [/rhel|red ?hat/i, 'rhel'],
  [/centos/i, 'centos'],
  [/oracle/i, 'oracle'],
  [/sles|suse linux enterprise/i, 'sles'],
];
const SERVER = /server|srv|winnet|longhorn|win2000(?:adv)?serv/i;
/** `rhel6_64Guest`, and 64 in `centos64Guest`, which is any version. */
const VERSION_IN_ID = /^[a-z]+?(\d+)(?:_64)?guest$/i;

export function systemOf({ guestOsId, guestOsName }: Told): GuestSystem {
  const words = [guestOsId, guestOsName].flatMap((word) => (word === null || UNTOLD.test(word) ? [] : word));
  const says = (pattern: RegExp): boolean => words.some((word) => pattern.test(word));
  const told = words.length === 0 ? 'unknown' : 'other';
  const family = FAMILIES.find(([pattern]) => says(pattern))?.[1] ?? told;
  if (family === 'windows') {
    const version = WINDOWS.find(([pattern]) => says(pattern))?.[1] ?? null;
    return { family, distro: null, version, isServer: says(SERVER) };
  }
  const distro = family === 'linux' ? (DISTROS.find(([pattern]) => says(pattern))?.[1] ?? null) : null;
  return { family, distro, version: distro === null ? null : linuxVersionOf(guestOsId, guestOsName), isServer: false };
}

function linuxVersionOf(id: string | null, name: string | null): number | null {
  const inId = Number(VERSION_IN_ID.exec(id ?? '')?.[1] ?? 64);
  if (inId !== 64) return inId;
  // “CentOS 4/5 or later” is no version.
  const inName = / (\d+)(?:\.\d+)*(?=$| \(|[ ,])(?!.*or later)/.exec(name ?? '')?.[1];
  return inName === undefined ? null : Number(inName);
}

/** Systems that have a rule of their own. */
export const isToldElsewhere = (vm: Told): boolean => ['macos', 'vmware'].includes(systemOf(vm).family);

/** The guest's system in the source's words. */
export const named = ({ guestOsId, guestOsName }: Told): string => guestOsName ?? guestOsId ?? 'nothing is said of it';

/** Why a rule about Windows cannot be held against a machine. */
export function notWindows(vm: Told): string | null {
  const { family } = systemOf(vm);
  if (family === 'unknown') return UNKNOWN_SYSTEM;
  return family === 'windows' ? null : 'it is about Windows';
}

export const UNKNOWN_SYSTEM = 'the source does not tell the guest’s system';
