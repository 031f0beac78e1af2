/** Takes out of a package what only an Electron without a program needs, which the folder that is packed may have. */
import { rmSync } from 'node:fs';
import * as path from 'node:path';

/** electron-builder calls it by this name. @param {{ appOutDir: string, packager: { getResourcesDir(folder: string): string } }} context */
export async function afterPack({ appOutDir, packager }) {
  rmSync(path.join(packager.getResourcesDir(appOutDir), 'default_app.asar'), { force: true });
  rmSync(path.join(appOutDir, 'version'), { force: true });
  await Promise.resolve();
}
