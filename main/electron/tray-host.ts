/** Whether this desktop has a place for tray icons. Windows and macOS always have; on Linux it depends on the desktop. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

/** Who shows icons of this kind has this name on the session's bus. */
const HOST = 'org.kde.StatusNotifierWatcher';
const BUS = 'org.freedesktop.DBus';
const PATIENCE_MS = 3000;

type Env = Readonly<Record<string, string | undefined>>;

/** `GUTS_TRAY=on` or `off` says it where asking gives the wrong answer. */
export async function hasTrayHost(env: Env = process.env, platform: string = process.platform): Promise<boolean> {
  if (env['GUTS_TRAY'] === 'off') return false;
  if (env['GUTS_TRAY'] === 'on' || platform === 'win32' || platform === 'darwin') return true;
  if (!hasBus(env)) return false; // asking would start one
  const gdbus = ['call', '--session', '--dest', BUS, '--object-path', '/org/freedesktop/DBus'];
  const send = ['--session', '--print-reply=literal', `--dest=${BUS}`, '/org/freedesktop/DBus'];
  return (
    (await says('gdbus', [...gdbus, '--method', `${BUS}.NameHasOwner`, HOST], env)) ||
    (await says('dbus-send', [...send, `${BUS}.NameHasOwner`, `string:${HOST}`], env))
  );
}

const hasBus = ({ DBUS_SESSION_BUS_ADDRESS: address, XDG_RUNTIME_DIR: folder }: Env): boolean =>
  (address !== undefined && address !== '') || (folder !== undefined && existsSync(`${folder}/bus`));

async function says(command: string, words: readonly string[], env: Env): Promise<boolean> {
  try {
    const { stdout } = await promisify(execFile)(command, words, { timeout: PATIENCE_MS, env: { ...env } });
    return stdout.includes('true');
  } catch {
    return false; // not installed, or no bus
  }
}
