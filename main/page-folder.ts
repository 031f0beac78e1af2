/** Where the built page of the window lies. */
import { existsSync } from 'node:fs';
import * as path from 'node:path';

/** Beside this bundle, or in `out/` when the sources run as they are; null where it was not built. */
export function pageFolder(): string | null {
  const here = typeof __dirname === 'string' ? __dirname : import.meta.dirname;
  const folders = [path.join(here, 'renderer'), path.resolve(here, '../out/renderer')];
  return folders.find((folder) => existsSync(path.join(folder, 'index.html'))) ?? null;
}
