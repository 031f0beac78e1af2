/** What programs that open windows are run under: a key store of their own where there is one to be had, and a screen. */
import * as path from 'node:path';
import { hasCommand } from './debian.mjs';
import { root } from './places.mjs';

/** The words before such a program's own. */
export function screenWords() {
  const hasKeyring = hasCommand('gnome-keyring-daemon') && hasCommand('dbus-run-session');
  const keyring = hasKeyring ? ['bash', path.join(root, 'scripts/with-keyring.sh')] : [];
  return [...keyring, process.execPath, path.join(root, 'scripts/display.mjs')];
}
