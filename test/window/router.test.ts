/** Addresses of places: what is put together comes apart again, and what is no address leads nowhere. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matched, pathOf } from '../../renderer/router.ts';

describe('an address', () => {
  test('is made of its parts, whatever letters they have', () => {
    expect(pathOf()).toBe('/');
    expect(pathOf('vm', 'src_1', 'vm-101')).toBe('/vm/src_1/vm-101');
    expect(pathOf('vm', 'a/b', '100 % ü')).toBe('/vm/a%2Fb/100%20%25%20%C3%BC');
  });

  test('gives the parts back by the names of its pattern', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (source, ref) => {
        expect(matched('/vm/:source/:ref', pathOf('vm', source, ref))).toEqual({ source, ref });
      }),
    );
  });

  test.each([
    ['/', '/', {}],
    ['/plans', '/plans', {}],
    ['/migrations/:id', '/migrations/mig_1', { id: 'mig_1' }],
  ])('of the pattern %s is %s', (pattern, path, params) => {
    expect(matched(pattern, path)).toEqual(params);
  });

  test.each([
    ['/plans', '/'],
    ['/', '/plans'],
    ['/plans', '/plans/'],
    ['/plans', '/plans/1'],
    ['/migrations/:id', '/migrations'],
    ['/migrations/:id', '/migrations/'],
    ['/migrations/:id', '/plans/mig_1'],
    ['/migrations/:id', '/migrations/mig_1/more'],
    ['/migrations/:id', '/migrations/100%'],
  ])('of the pattern %s is not %s', (pattern, path) => {
    expect(matched(pattern, path)).toBeNull();
  });
});
