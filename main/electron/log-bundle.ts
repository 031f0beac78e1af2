/** Saves what helps whoever mends Guts where the user wants it; nothing is sent anywhere. */
import { dialog, shell, type BrowserWindow } from 'electron';
import { writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import * as path from 'node:path';
import { gatherBundle, packBundle } from '../logs/bundle.ts';
import { toErrorInfo } from '../shared/errors.ts';
import { Vault } from '../vault/vault.ts';
import type { Words } from './words/en.ts';

export interface LogBundleOptions {
  readonly window: BrowserWindow;
  readonly dataDir: string;
  readonly version: string;
  readonly words: Words;
}

export async function saveLogBundle({
  window,
  dataDir,
  version,
  words: { logBundle: words },
}: LogBundleOptions): Promise<void> {
  const name = `guts-logs-${new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')}`;
  const { filePath = '', canceled } = await dialog.showSaveDialog(window, {
    defaultPath: path.join(homedir(), `${name}.tar.gz`),
  });
  if (canceled || filePath === '') return;
  try {
    const vault = new Vault({ dataDir, askPassphrase: async () => await Promise.resolve(null) });
    const { parts } = await gatherBundle({ dataDir, vault, version });
    await writeFile(filePath, await packBundle(parts, name), { mode: 0o600 });
  } catch (error) {
    const { message, remedy } = toErrorInfo(error);
    await dialog.showMessageBox(window, {
      type: 'error',
      message: words.failed,
      detail: `${message}\n${remedy}`,
      buttons: [words.close],
    });
    return;
  }
  const { response } = await dialog.showMessageBox(window, {
    type: 'info',
    message: words.saved,
    detail: `${filePath}\n\n${words.savedBody}`,
    buttons: [words.show, words.close],
    defaultId: 0,
    cancelId: 1,
  });
  if (response === 0) shell.showItemInFolder(filePath);
}
