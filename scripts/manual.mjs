/** Writes the rules of preflight into the manual: npm run manual. */
import { readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { withCatalogue } from './manual-text.mjs';
import { root } from './places.mjs';

const file = path.join(root, 'docs/preflight.md');
writeFileSync(file, withCatalogue(readFileSync(file, 'utf8')));
