/** A guest's system as people read it, and vSphere's own id for it: files have the first, rules ask for the second. */

/** The most telling first. `$1` is the version that the name has. */
const NAMES: readonly (readonly [RegExp, string])[] = [
  [/windows server 2025/, 'windows2022srvNext_64Guest'],
  [/windows server 2022/, 'windows2019srvNext_64Guest'],
  [/windows server 2019/, 'windows2019srv_64Guest'],
  [/windows server 2016/, 'windows9Server64Guest'],
  [/windows server 2012/, 'windows8Server64Guest'],
  [/windows server 2008 r2/, 'windows7Server64Guest'],
  [/windows server 2008 .*64-bit/, 'winLonghorn64Guest'],
  [/windows server 2008/, 'winLonghornGuest'],
  [/windows server 2003 .*64-bit/, 'winNetEnterprise64Guest'],
  [/windows server 2003/, 'winNetEnterpriseGuest'],
  [/windows 2000/, 'win2000ServGuest'],
  [/windows 12/, 'windows12_64Guest'],
  [/windows 11/, 'windows11_64Guest'],
  [/windows 10 .*64-bit/, 'windows9_64Guest'],
  [/windows 10/, 'windows9Guest'],
  [/windows 8.*64-bit/, 'windows8_64Guest'],
  [/windows 8/, 'windows8Guest'],
  [/windows 7.*64-bit/, 'windows7_64Guest'],
  [/windows 7/, 'windows7Guest'],
  [/windows vista.*64-bit/, 'winVista64Guest'],
  [/windows vista/, 'winVistaGuest'],
  [/windows xp.*64-bit/, 'winXPPro64Guest'],
  [/windows xp/, 'winXPProGuest'],
  [/windows nt/, 'winNTGuest'],
  [/windows 98/, 'win98Guest'],
  [/windows 95/, 'win95Guest'],
  [/windows (?:me\b|mill?enn?ium)/, 'winMeGuest'],
  [/windows 3\.1/, 'win31Guest'],
  [/windows/, 'windows9Server64Guest'],
  [/ubuntu.*32-bit/, 'ubuntuGuest'],
  [/ubuntu/, 'ubuntu64Guest'],
  [/debian.*?\b([4-9]|1\d)\b.*32-bit/, 'debian$1Guest'],
  [/debian.*?\b(1\d|[4-9])\b/, 'debian$1_64Guest'],
  [/debian/, 'debian10_64Guest'],
  [/red hat enterprise linux.*?\b(\d{1,2})(?:\.\d+)?\b.*32-bit/, 'rhel$1Guest'],
  [/red hat enterprise linux.*?\b(\d{1,2})(?:\.\d+)?\b/, 'rhel$1_64Guest'],
  [/red hat(?! fedora)/, 'rhel7_64Guest'],
  [/centos.*?\b([6-9])(?:\.\d+)?\b(?!\/)(?!.*32-bit)(?!.*4\/5)/, 'centos$1_64Guest'],
  [/centos.*32-bit/, 'centosGuest'],
  [/centos/, 'centos64Guest'],
  [/rocky linux/, 'rockylinux_64Guest'],
  [/alma ?linux/, 'almalinux_64Guest'],
  [/oracle (?:enterprise )?linux.*?\b([6-9])(?:\.\d+)?\b(?!\/)(?!.*32-bit)(?!.*4\/5)/, 'oracleLinux$1_64Guest'],
  [/oracle (?:enterprise )?linux.*32-bit/, 'oracleLinuxGuest'],
  [/oracle (?:enterprise )?linux/, 'oracleLinux64Guest'],
  [/opensuse.*32-bit/, 'opensuseGuest'],
  [/opensuse/, 'opensuse64Guest'],
  [/suse linux enterprise.*?\b(1\d)\b.*32-bit/, 'sles$1Guest'],
  [/suse linux enterprise.*?\b(1\d)\b/, 'sles$1_64Guest'],
  [/suse/, 'sles64Guest'],
  [/amazon linux 3|amazon linux 2023/, 'amazonlinux3_64Guest'],
  [/amazon linux/, 'amazonlinux2_64Guest'],
  [/coreos|flatcar/, 'coreos64Guest'],
  [/photon/, 'vmwarePhoton64Guest'],
  [/fedora.*32-bit/, 'fedoraGuest'],
  [/fedora/, 'fedora64Guest'],
  [/asianux/, 'asianux7_64Guest'],
  [/freebsd.*?\b(1[1-9])\b.*32-bit/, 'freebsd$1Guest'],
  [/freebsd.*?\b(1[1-9])\b/, 'freebsd$1_64Guest'],
  [/freebsd.*32-bit/, 'freebsdGuest'],
  [/freebsd/, 'freebsd64Guest'],
  [/solaris 11/, 'solaris11_64Guest'],
  [/solaris/, 'solaris10_64Guest'],
  [/esxi? ?(\d)(?:\.\d|\.x)?/, 'vmkernel$1Guest'],
  [/mac ?os|darwin/, 'darwin64Guest'],
  [/(?:other )?([3-7])\.x (?:or later )?linux.*32-bit/, 'other$1xLinuxGuest'],
  [/(?:other )?([3-7])\.x (?:or later )?linux/, 'other$1xLinux64Guest'],
  [/2\.6\.x linux.*32-bit/, 'other26xLinuxGuest'],
  [/2\.6\.x linux/, 'other26xLinux64Guest'],
  [/linux.*32-bit/, 'otherLinuxGuest'],
  [/linux/, 'otherLinux64Guest'],
  [/^other.*32-bit/, 'otherGuest'],
  [/^other/, 'otherGuest64'],
];

/** Null where the name says nothing that is known. @param name `Ubuntu Linux (64-bit)`, or an id already */
export function guestIdOf(name: string | null): string | null {
  if (name === null) return null;
  if (/^\w+Guest(?:64)?$/.test(name)) return name;
  const lower = name.slice(0, 200).toLowerCase();
  for (const [pattern, id] of NAMES) {
    const found = pattern.exec(lower);
    if (found !== null) return id.replace('$1', found[1] ?? '');
  }
  return null;
}

const saysLittle = (id: string | null): boolean => id === null || id.startsWith('other');

/** What a machine's settings say counts, unless that is “other”, and its tools know better. */
export function guestSystem(
  settings: string | null,
  tools: string | null,
): { readonly guestOsId: string | null; readonly guestOsName: string | null } {
  const [bySettings, byTools] = [guestIdOf(settings), guestIdOf(tools)];
  const isByTools = saysLittle(bySettings) && byTools !== null && !(saysLittle(byTools) && bySettings !== null);
  return isByTools
    ? { guestOsId: byTools, guestOsName: tools }
    : { guestOsId: bySettings, guestOsName: settings ?? tools };
}
