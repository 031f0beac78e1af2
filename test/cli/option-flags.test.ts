/** The flags that a fix is told by: whoever types them gets all of it. */
import { expect, test } from 'vitest';
import { flagsOf } from '../../main/cli/option-flags.ts';

// Only --map was told, so that what ports may besides was lost.
test('a choice of a network is told with what its ports may besides', () => {
  const networks = [
    { from: 'VM Network', to: 'lan', ip: '192.0.2.17', portSecurity: false as const },
    { from: 'lan', to: 'lan', ip: 'auto' as const, addressPairs: ['192.0.2.99', '192.0.2.64/28'] },
    { from: null, to: 'lan', ip: 'keep' as const, portSecurity: false as const },
  ];

  expect(flagsOf({ networks })).toBe(
    "--map 'VM Network=lan:192.0.2.17' --map lan=lan:auto --map lan" +
      " --port-security 'VM Network=off' --address-pair lan=192.0.2.99 --address-pair lan=192.0.2.64/28 --port-security off",
  );
});
