/** Machines that seem to belong together are found by tag, folder and name, and only those that would be torn apart. */
import { describe, expect, test } from 'vitest';
import { tornGroups } from '../../main/shared/proposals/torn-groups.ts';
import type { TornGroup } from '../../main/shared/rehearsal.ts';

const one = (name: string, { folder = 'DC0/vm', tags = [] }: { folder?: string; tags?: string[] } = {}) => ({
  ref: name,
  name,
  folder,
  tags,
});

const torn = (
  machines: Parameters<typeof tornGroups>[0],
  wave: readonly string[],
  later: readonly string[] = [],
): TornGroup[] =>
  tornGroups(
    machines,
    (ref) => wave.includes(ref),
    (ref) => (wave.includes(ref) ? 1 : later.includes(ref) ? 2 : null),
  );

describe('a group is torn apart', () => {
  test('where an application’s tag is on machines that stay behind', () => {
    const tags = ['Application:shop', 'Backup:daily'];
    expect(torn([one('a', { tags }), one('b', { tags }), one('c', { tags: ['Backup:daily'] })], ['a'], ['b'])).toEqual([
      { by: 'tag', name: 'Application:shop', inWave: ['a'], elsewhere: [{ name: 'b', wave: 2 }] },
    ]);
  });

  test('where a folder of their own, or the beginning of their names says so', () => {
    const folder = 'DC0/vm/shop';
    expect(torn([one('a', { folder }), one('b', { folder })], ['a'])).toEqual([
      { by: 'folder', name: folder, inWave: ['a'], elsewhere: [{ name: 'b', wave: null }] },
    ]);
    expect(torn([one('erp-db'), one('erp-app'), one('mail')], ['erp-db'])).toEqual([
      { by: 'prefix', name: 'erp', inWave: ['erp-db'], elsewhere: [{ name: 'erp-app', wave: null }] },
    ]);
  });

  test('once, by whichever sign is the best of the same machines', () => {
    const shop = { folder: 'DC0/vm/shop', tags: ['App:shop'] };
    expect(torn([one('shop-1', shop), one('shop-2', shop)], ['shop-1'])).toHaveLength(1);
  });

  test.each([
    ['all of it goes', [one('erp-db'), one('erp-app')], ['erp-db', 'erp-app']],
    ['none of it goes', [one('erp-db'), one('erp-app')], []],
    ['the folder is everybody’s', [one('a'), one('b')], ['a']],
    ['the beginning says nothing', [one('srv-1'), one('srv-2')], ['srv-1']],
    ['there are too many for one application', Array.from({ length: 40 }, (_, i) => one(`node-${i}`)), ['node-1']],
  ])('not where %s', (_, machines, wave) => {
    expect(torn(machines, wave)).toEqual([]);
  });
});
