/**
 * When the makers of guests' systems ended, or will end, what everybody gets of them: mending of faults and holes. What is sold
 * beyond that (ESU, ELS, ESM, LTSS, extended support) does not count; Debian's LTS, which is for everybody, does.
 * By the words that vSphere, Hyper-V, and the guests' tools have for them. Where a word is several versions, it is no version.
 */
import type { InventoryVm } from '../../main/shared/inventory.ts';

export interface SupportEnd {
  /** As people call it. */
  readonly name: string;
  /** The last day: 2020-01-14. */
  readonly day: string;
}

/** No system has a longer name; patterns take long for a text that somebody made to that end. */
const MOST_LETTERS = 200;

type End = readonly [pattern: RegExp, name: string, day: string];

/** Servers before desktops: their ids begin alike. */
const ENDS: readonly End[] = [
  [/server 2022|^windows(2019srvnext|2022srv)(?!next)/i, 'Windows Server 2022', '2031-10-14'],
  [/server 2019|^windows2019srv_/i, 'Windows Server 2019', '2029-01-09'],
  [/server 2016|^windows9server/i, 'Windows Server 2016', '2027-01-12'],
  [/server 2012|^windows8server/i, 'Windows Server 2012', '2023-10-10'],
  [/server 2008 r2|^windows7server/i, 'Windows Server 2008 R2', '2020-01-14'],
  [/server 2008|^winlonghorn/i, 'Windows Server 2008', '2020-01-14'],
  [/server 2003|^winnet/i, 'Windows Server 2003', '2015-07-14'],
  [/windows 2000|^win2000/i, 'Windows 2000', '2010-07-13'],
  [/windows (nt|95|98|me)\b|^win(nt|95|98|me)/i, 'Windows NT, 95, 98, Me', '2006-07-11'],
  [/windows xp|^winxp/i, 'Windows XP', '2014-04-08'],
  [/windows vista|^winvista/i, 'Windows Vista', '2017-04-11'],
  [/windows 7\b|^windows7(_64)?guest/i, 'Windows 7', '2020-01-14'],
  [/windows 8(\.1|\.x)?\b|^windows8(_64)?guest/i, 'Windows 8.1', '2023-01-10'],
  [/windows 10\b|^windows9(_64)?guest/i, 'Windows 10', '2025-10-14'],

  ...linux(/red hat enterprise linux|rhel/i, /^rhel/i, 'RHEL', {
    2: '2009-05-31',
    3: '2010-10-31',
    4: '2012-02-29',
    5: '2017-03-31',
    6: '2020-11-30',
    7: '2024-06-30',
    8: '2029-05-31',
    9: '2032-05-31',
  }),
  [/centos stream\D* 8\b/i, 'CentOS Stream 8', '2024-05-31'],
  [/centos stream\D* 9\b/i, 'CentOS Stream 9', '2027-05-31'],
  ...linux(/centos(?! stream)/i, /^centos/i, 'CentOS', {
    4: '2012-02-29',
    5: '2017-03-31',
    6: '2020-11-30',
    7: '2024-06-30',
    8: '2021-12-31',
  }),
  ...linux(/oracle (?:enterprise )?linux/i, /^oraclelinux/i, 'Oracle Linux', {
    4: '2013-02-28',
    5: '2017-06-30',
    6: '2021-03-31',
    7: '2024-12-31',
    8: '2029-07-31',
    9: '2032-06-30',
  }),
  [/suse linux enterprise (server )?8\/9|^suse(64)?guest/i, 'SLES up to 9', '2011-07-31'],
  ...linux(/suse linux enterprise|sles/i, /^sles/i, 'SLES', {
    10: '2013-07-31',
    11: '2019-03-31',
    12: '2024-10-31',
    15: '2031-07-31',
  }),
  ...linux(/debian/i, /^debian/i, 'Debian', {
    4: '2010-02-15',
    5: '2012-02-06',
    6: '2016-02-29',
    7: '2018-05-31',
    8: '2020-06-30',
    9: '2022-06-30',
    10: '2024-06-30',
    11: '2026-08-31',
    12: '2028-06-30',
    13: '2030-06-30',
  }),
  [/ubuntu\D* 14\.04/i, 'Ubuntu 14.04', '2019-04-30'],
  [/ubuntu\D* 16\.04/i, 'Ubuntu 16.04', '2021-04-30'],
  [/ubuntu\D* 18\.04/i, 'Ubuntu 18.04', '2023-05-31'],
  [/ubuntu\D* 20\.04/i, 'Ubuntu 20.04', '2025-05-31'],
  [/ubuntu\D* 22\.04/i, 'Ubuntu 22.04', '2027-05-31'],
  [/amazon linux 2(?!\d)|^amazonlinux2_/i, 'Amazon Linux 2', '2026-06-30'],

  [/freebsd pre-11|^freebsd(64|_64)?guest/i, 'FreeBSD up to 10', '2018-10-31'],
  ...linux(/freebsd/i, /^freebsd/i, 'FreeBSD', { 11: '2021-09-30', 12: '2023-12-31', 13: '2026-04-30' }),
  [/solaris [89]\b|^solaris[89]guest/i, 'Solaris up to 9', '2014-10-31'],
  [/solaris 10\b|^solaris10/i, 'Solaris 10', '2018-01-31'],
  [/netware|^netware/i, 'NetWare', '2010-03-07'],
];

/** By its first number: “SUSE Linux Enterprise 12 (64-bit)”, `sles12_64Guest`, and not “CentOS 4/5 or later”. */
function linux(name: RegExp, id: RegExp, called: string, days: Readonly<Record<number, string>>): End[] {
  return Object.entries(days).map(([version, day]): End => {
    const inName = `(?:${name.source})\\D* (?:v?)${version}(?:\\.\\d+)*(?![\\d/.])(?!.*or later)`;
    const inId = `${id.source}${version}(?:_64)?guest`;
    return [new RegExp(`${inName}|${inId}`, 'i'), `${called} ${version}`, day];
  });
}

/** Null where nobody tells which version it is, or nothing is known of its end. A name says more than an id. */
export function supportEndOf({
  guestOsId,
  guestOsName,
}: Pick<InventoryVm, 'guestOsId' | 'guestOsName'>): SupportEnd | null {
  if (OR_LATER.test(guestOsName?.slice(0, MOST_LETTERS) ?? '')) return null;
  for (const whole of [guestOsName, guestOsId]) {
    if (whole === null) continue;
    const text = whole.slice(0, MOST_LETTERS);
    const found = ENDS.find(([pattern]) => pattern.test(text));
    if (found !== undefined) return { name: found[1], day: found[2] };
  }
  return null;
}

/** vSphere’s id is then that of the first of them, which says no more. */
const OR_LATER = /or later/i;

/** The end that is behind a day; null where it is supported then, or nobody knows. @param today `2026-03-02` */
export function endedBy(vm: Pick<InventoryVm, 'guestOsId' | 'guestOsName'>, today: string): SupportEnd | null {
  const end = supportEndOf(vm);
  return end === null || end.day >= today.slice(0, 10) ? null : end;
}
