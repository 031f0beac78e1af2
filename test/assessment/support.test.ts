/** Guests whose maker’s regular support has ended: by the day of the assessment, whether an export names them by words or by ids. */
import { describe, expect, test } from 'vitest';
import type { Assessment } from '../../main/shared/assessment.ts';
import { defaultAssessmentOptions } from '../../main/shared/assessment.ts';
import { judge } from '../../worker/assessment/judge.ts';
import { supportEndOf } from '../../worker/preflight/support-ends.ts';
import { machine } from '../plan/sample.ts';
import { estate } from './estate.ts';

type Guest = readonly [id: string | null, name: string | null];

const judgedOn = async (day: string, guests: readonly Guest[]): Promise<Assessment> =>
  await judge(
    {
      estate: estate({
        vms: guests.map(([guestOsId, guestOsName], at) =>
          machine({ ref: `m${at}`, name: `m${at}`, guestOsId, guestOsName }),
        ),
      }),
      cloud: null,
      options: defaultAssessmentOptions,
      version: '0.0.0',
      madeAt: new Date(`${day}T12:00:00Z`),
    },
    new AbortController().signal,
  );

describe('a guest whose maker’s support has ended', () => {
  test('is ready with conditions at most, and the day stands beside it', async () => {
    const old: Guest = ['windows7Server64Guest', 'Microsoft Windows Server 2008 R2 (64-bit)'];

    const { machines, hurts } = await judgedOn('2026-03-02', [old]);

    expect(machines[0]?.readiness).toBe('conditional');
    expect(machines[0]?.findings).toContainEqual({
      id: 'OS-23',
      about: ['Windows Server 2008 R2: ended on 2020-01-14'],
    });
    expect(hurts).toContainEqual({
      says: 'Of 1 guest the maker’s regular support has ended; whether a paid one goes on (ESU, ELS) is not told',
      about: ['Windows Server 2008 R2, ended on 2020-01-14: 1'],
    });
  });

  test('counts also where there are more systems than a list has room for', async () => {
    const names = ['CentOS 5', 'CentOS 6', 'CentOS 7', 'RHEL 5', 'RHEL 6', 'RHEL 7'].flatMap((name) => [
      `${name.replace('RHEL', 'Red Hat Enterprise Linux')} (64-bit)`,
      `${name.replace(/.* /, 'Debian GNU/Linux ')} (64-bit)`,
      `${name.replace(/.* /, 'Oracle Linux ')} (64-bit)`,
    ]);
    const windows = ['2003', '2008', '2008 R2', '2012'].map((year) => `Microsoft Windows Server ${year} (64-bit)`);

    const { hurts } = await judgedOn(
      '2026-03-02',
      [...names, ...windows].map((name) => [null, name]),
    );

    const told = hurts.find(({ says }) => says.includes('regular support has ended'));
    const counts = told?.about.map((text) => Number(/: (\d+)$/.exec(text)?.[1])) ?? [];
    expect(told?.says).toMatch(/^Of 22 guests /);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(22);
    expect(told?.about.at(-1)).toMatch(/^of other systems: /);
  });

  test('is told from the day after the last one, whenever the export was made', async () => {
    const debian: readonly Guest[] = [['debian11_64Guest', 'Debian GNU/Linux 11 (64-bit)']];

    expect((await judgedOn('2026-08-31', debian)).machines[0]?.readiness).toBe('ready');
    expect((await judgedOn('2026-09-01', debian)).machines[0]?.readiness).toBe('conditional');
  });
});

describe('the end of a guest’s support', () => {
  test.each([
    [null, 'Debian GNU/Linux 10 (64-bit)', 'Debian 10', '2024-06-30'],
    ['debian9_64Guest', null, 'Debian 9', '2022-06-30'],
    ['rhel7_64Guest', 'Red Hat Enterprise Linux 7 (64-bit)', 'RHEL 7', '2024-06-30'],
    [null, 'Red Hat Enterprise Linux 6.10 (64-bit)', 'RHEL 6', '2020-11-30'],
    ['centos7_64Guest', null, 'CentOS 7', '2024-06-30'],
    [null, 'CentOS 8 (64-bit)', 'CentOS 8', '2021-12-31'],
    [null, 'CentOS Stream 9', 'CentOS Stream 9', '2027-05-31'],
    ['oracleLinux7_64Guest', 'Oracle Linux 7 (64-bit)', 'Oracle Linux 7', '2024-12-31'],
    [null, 'Ubuntu 18.04.6 LTS', 'Ubuntu 18.04', '2023-05-31'],
    [null, 'Ubuntu 20.04 LTS (64-bit)', 'Ubuntu 20.04', '2025-05-31'],
    [null, 'SUSE Linux Enterprise 11 (64-bit)', 'SLES 11', '2019-03-31'],
    [null, 'SUSE Linux Enterprise Server 12.5', 'SLES 12', '2024-10-31'],
    ['sles15_64Guest', null, 'SLES 15', '2031-07-31'],
    ['windows8Server64Guest', 'Microsoft Windows Server 2012 (64-bit)', 'Windows Server 2012', '2023-10-10'],
    [null, 'Windows Server 2012 R2 Standard', 'Windows Server 2012', '2023-10-10'],
    ['windows7_64Guest', null, 'Windows 7', '2020-01-14'],
    ['windows7Server64Guest', null, 'Windows Server 2008 R2', '2020-01-14'],
    ['winLonghornGuest', null, 'Windows Server 2008', '2020-01-14'],
    [null, 'Microsoft Windows 8.x (64-bit)', 'Windows 8.1', '2023-01-10'],
    ['windows9_64Guest', 'Microsoft Windows 10 (64-bit)', 'Windows 10', '2025-10-14'],
    ['windows9Server64Guest', null, 'Windows Server 2016', '2027-01-12'],
    ['windows2019srvNext_64Guest', null, 'Windows Server 2022', '2031-10-14'],
    ['winNetEnterpriseGuest', null, 'Windows Server 2003', '2015-07-14'],
    ['freebsd12_64Guest', 'FreeBSD 12 (64-bit)', 'FreeBSD 12', '2023-12-31'],
    [null, 'Amazon Linux 2 (64-bit)', 'Amazon Linux 2', '2026-06-30'],
  ])('of %s, “%s”, is that of %s', (guestOsId, guestOsName, name, day) => {
    expect(supportEndOf({ guestOsId, guestOsName })).toEqual({ name, day });
  });

  test('is looked for in no more letters than a name has, however long a hostile one is', () => {
    const guestOsName = `${'debian '.repeat(200_000)}11`;

    expect(supportEndOf({ guestOsId: null, guestOsName })).toBeNull();
  });

  test.each([
    ['ubuntu64Guest', 'Ubuntu Linux (64-bit)'],
    ['centos64Guest', 'CentOS 4/5/6/7 (64-bit)'],
    ['oracleLinux64Guest', 'Oracle Linux 4/5 or later (64-bit)'],
    ['windows9Server64Guest', 'Microsoft Windows Server 2016 or later (64-bit)'],
    ['windows2022srvNext_64Guest', 'Microsoft Windows Server 2025 (64-bit)'],
    [null, 'Microsoft Windows 11 (64-bit)'],
    [null, 'Amazon Linux 2023 (64-bit)'],
    ['rhel10_64Guest', 'Red Hat Enterprise Linux 10 (64-bit)'],
    ['other3xLinux64Guest', 'Other 3.x Linux (64-bit)'],
    [null, null],
  ])('of %s, “%s”, nobody tells', (guestOsId, guestOsName) => {
    expect(supportEndOf({ guestOsId, guestOsName })).toBeNull();
  });
});
