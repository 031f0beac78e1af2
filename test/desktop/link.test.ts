/** Links from outside into the window, and from the window to outside: what is followed, and what is not. */
import { describe, expect, test } from 'vitest';
import { linkIn, pathOfLink } from '../../main/electron/deep-link.ts';
import { isOpenable, openLink } from '../../main/electron/links.ts';
import { smallHost } from '../api/small-host.ts';

describe('a link of the system', () => {
  test('to a migration leads to it', () => {
    expect(pathOfLink('guts://migration/mig_0123456789ab')).toBe('/migrations/mig_0123456789ab');
    expect(pathOfLink('guts://migration/mig_0123456789ab/')).toBe('/migrations/mig_0123456789ab');
  });

  test.each([
    'guts://app/index.html',
    'guts://app/#/settings',
    'guts://migration/mig_0123456789ab?then=/settings',
    'guts://migration/mig_0123456789ab#/settings',
    'guts://migration/mig_0123456789ab/../../settings',
    'guts://migration/mig_0123456789AB',
    'guts://migration/mig_0123456789abc',
    'guts://user@migration/mig_0123456789ab',
    'guts://migration:80/mig_0123456789ab',
    'guts://migration/%6dig_0123456789ab',
    'guts:migration/mig_0123456789ab',
    'GUTS://migration/mig_0123456789ab',
    'guts://plan/mig_0123456789ab',
    'guts://migration/mig_0123456789ab\nx',
    'guts://',
  ])('%j leads to the overview', (link) => {
    expect(pathOfLink(link)).toBe('/');
  });

  test('is found among the words of a start', () => {
    expect(linkIn(['/opt/guts', '--flag', 'guts://migration/x'])).toBe('guts://migration/x');
    expect(linkIn(['/opt/guts', 'disk.vmdk', 'https://guts:80'])).toBeNull();
  });
});

describe('a link out of the window', () => {
  const hosts = new Set(['vc1.example.net', '192.0.2.7']);

  test.each(['https://vc1.example.net/ui/app/vm', 'https://vc1.example.net:9443/ui', 'https://192.0.2.7/dashboard/'])(
    '%s is opened, for that server is set up',
    (url) => {
      expect(isOpenable(url, hosts)).toBe(true);
    },
  );

  test.each([
    'http://vc1.example.net/ui',
    'https://vc1.example.net.evil.example/',
    'https://evil.example/?vc1.example.net',
    'https://vc1.example.net@evil.example/',
    'https://root:secret@vc1.example.net/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'smb://vc1.example.net/share',
    'guts://app/',
    'vc1.example.net',
    '',
  ])('%j is not', (url) => {
    expect(isOpenable(url, hosts)).toBe(false);
  });

  test('is asked for at the servers that there are at that moment', async () => {
    using host = smallHost();
    const client = host.client();
    const opened: string[] = [];
    const open = async (url: string): Promise<void> => void opened.push(url);
    const source = { name: 'vc1', url: 'https://vc1.example.net', userName: 'mover', secret: 'x', test: false };

    await expect(openLink(client, 'https://vc1.example.net/ui', open)).rejects.toMatchObject({
      code: 'window.foreign-link',
    });
    await client.call('sources.create', source);
    await openLink(client, 'https://vc1.example.net/ui', open);

    expect(opened).toEqual(['https://vc1.example.net/ui']);
  });
});
