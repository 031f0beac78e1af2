/** Whether a desktop has a place for tray icons: asked of the session's bus on Linux, by whichever program is there to ask. */
import { chmodSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { hasTrayHost } from '../../main/electron/tray-host.ts';
import { scratch } from '../support/disks.ts';

/** A folder for PATH with one program that says something and keeps what it was asked. */
function program(name: string, says: string) {
  const folder = scratch();
  const file = folder.file(name);
  writeFileSync(file, `#!/bin/sh\necho "$@" >> ${folder.file('asked')}\necho '${says}'\n`);
  chmodSync(file, 0o755);
  return { folder, env: { PATH: path.dirname(file), DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere' } };
}

describe('a tray', () => {
  test('is always there on Windows and macOS', async () => {
    expect(await hasTrayHost({}, 'win32')).toBe(true);
    expect(await hasTrayHost({}, 'darwin')).toBe(true);
  });

  test.each([
    ['gdbus', '(true,)', true],
    ['gdbus', '(false,)', false],
    ['dbus-send', '   boolean true', true],
    ['dbus-send', '   boolean false', false],
  ])('is there on Linux as %s says: %s', async (name, says, expected) => {
    const { folder, env } = program(name, says);
    using _folder = folder;

    expect(await hasTrayHost(env, 'linux')).toBe(expected);
  });

  test('is not looked for where there is no bus, nor where nobody can ask', async () => {
    const { folder, env } = program('gdbus', '(true,)');
    using _folder = folder;

    expect(await hasTrayHost({ PATH: env.PATH }, 'linux')).toBe(false);
    expect(await hasTrayHost({ ...env, PATH: '/nowhere' }, 'linux')).toBe(false);
  });

  test('is as the user says, whatever the desktop', async () => {
    expect(await hasTrayHost({ GUTS_TRAY: 'on' }, 'linux')).toBe(true);
    expect(await hasTrayHost({ GUTS_TRAY: 'off' }, 'win32')).toBe(false);
  });
});
