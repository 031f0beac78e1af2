/** Where things lie in a checkout. */
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
/** What is built. */
export const out = path.join(root, 'out');
/** What can be made or fetched again: locks, Electron's runtime. Not in git. */
export const cache = path.join(root, '.cache');
/** A file that says in which folder Electron's runtime is. */
export const electronDistNote = path.join(cache, 'electron-dist');
