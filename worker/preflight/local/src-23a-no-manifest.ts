/** SRC-23a: a package without a manifest. */
import type { LocalRouteFacts } from '../facts.ts';
import type { Rule } from '../rule.ts';
import { NO_PACKAGE } from './beside.ts';

export const noManifest: Rule<LocalRouteFacts> = {
  id: 'SRC-23a',
  group: 'source',
  severity: 'warns',
  isBeside: ({ manifest }) => (manifest.state === 'none-expected' ? NO_PACKAGE : null),
  finds: ({ manifest, vm }) => (manifest.state === 'missing' ? [vm?.name ?? 'the package'] : []),
  says: 'The package has no manifest, so nothing tells whether it arrived here whole.',
  remedy: 'Compare the file with its origin by a checksum, or export it again with a manifest.',
  manual:
    'The package has no manifest, so nothing tells whether it arrived here whole. Exporting it again with a manifest, or a checksum of the whole file, does.',
};
