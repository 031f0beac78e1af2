/** SRC-23: a package that is not what its manifest says. */
import type { LocalRouteFacts } from '../facts.ts';
import type { Rule } from '../rule.ts';
import { NO_PACKAGE } from './beside.ts';

export const manifestDiffers: Rule<LocalRouteFacts> = {
  id: 'SRC-23',
  group: 'source',
  severity: 'blocks',
  isBeside: ({ manifest }) => (manifest.state === 'none-expected' ? NO_PACKAGE : null),
  finds: ({ manifest }) => (manifest.state === 'differs' ? [manifest.error.message] : []),
  says: 'The package is not what its manifest says.',
  remedy: 'Copy or export the package again; it was damaged or changed on the way.',
  manual:
    'The manifest of the package names a checksum for each of its files, and one of them is missing or differs: the package was damaged or changed on the way.',
};
