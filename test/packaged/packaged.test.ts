/** The packages that “npm run pack” makes, as somebody runs who unpacks them: the window, the command line, and what is closed. */
import { _electron } from 'playwright-core';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DaemonFacts } from '../../main/store/data-lock.ts';
import { keepPicture } from '../e2e/app.ts';
import { cloudOf, sourceOf, tellMainStory } from '../e2e/main-story.ts';
import { connectByKeys, moveByKeys, planByKeys } from '../e2e/keyboard-story.ts';
import { startTwoSides, type TwoSides } from '../e2e/two-sides.ts';
import { scratch } from '../support/disks.ts';
import { systemNode } from '../support/guts.ts';
import { until } from '../support/until.ts';

const release = path.resolve(import.meta.dirname, '../../release');
const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };
/** As it is given away; and one into which a debugger may look, the same otherwise. */
const closed = path.join(release, 'linux-unpacked');
const open = path.join(release, 'for-tests/linux-unpacked');
const program = (folder: string): string => path.join(folder, 'guts-desktop');
const unpacked = path.join(closed, 'resources/app.asar.unpacked');

/** A person of their own, with nothing in their home. */
const homeIn = (home: string): Record<string, string> => {
  const { XDG_CONFIG_HOME: _c, XDG_STATE_HOME: _s, XDG_CACHE_HOME: _k, XDG_DATA_HOME: _d, ...env } = process.env;
  return { ...(env as Record<string, string>), HOME: home, GUTS_VAULT: 'memory', GUTS_TRAY: 'off' }; // nothing unset is left
};

describe('the packaged window', { timeout: 300_000 }, () => {
  const home = scratch();
  let sides: TwoSides;
  let app: Awaited<ReturnType<typeof _electron.launch>>;
  beforeAll(async () => {
    sides = await startTwoSides();
    app = await _electron.launch({ executablePath: program(open), args: [], cwd: home.dir, env: homeIn(home.dir) });
  });
  afterAll(async () => {
    await sides[Symbol.asyncDispose]();
    home[Symbol.dispose]();
  });

  test('shows its shell, knows that it is packed, and has no developer tools', async () => {
    const page = await app.firstWindow();
    await page.locator('[data-engine]').waitFor();

    const facts = await app.evaluate(({ app: own, BrowserWindow, Menu }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      contents?.openDevTools();
      const items = (Menu.getApplicationMenu()?.items ?? []).flatMap(({ submenu }) => submenu?.items ?? []);
      return {
        isPackaged: own.isPackaged,
        version: own.getVersion(),
        hasTools: contents?.isDevToolsOpened(),
        inMenu: items.some(({ role }) => role?.toLowerCase() === 'toggledevtools'),
      };
    });

    expect(facts).toEqual({ isPackaged: true, version, hasTools: false, inMenu: false });
    expect(await page.evaluate(() => location.origin)).toBe('guts://app');
  });

  test('is where somebody begins, moves a machine with the engine of the package, and reads the report', async () => {
    const page = await app.firstWindow();

    await tellMainStory(page, {
      source: sourceOf(sides.vc),
      cloud: cloudOf(sides.cloud),
      vm: 'files-01',
      network: 'lan',
    });

    expect(sides.cloud.state().servers).toMatchObject([{ name: 'files-01', status: 'ACTIVE' }]);
    await keepPicture(page, 'packaged-report');
  });

  test('leaves nothing in the home but its profile and its data, and ends when the system says so', async () => {
    const child = app.process();
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;

    const ofSystem = ['fontconfig', 'mesa_shader_cache', 'mesa_shader_cache_db', 'dconf', 'gtk-3.0']; // its libraries', of every program
    const inHome = (name: string): string[] =>
      existsSync(home.file(name)) ? readdirSync(home.file(name)).filter((one) => !ofSystem.includes(one)) : [];
    expect(inHome('.').filter((name) => name !== '.cache')).toEqual(['.config', '.local']);
    expect(inHome('.cache')).toEqual([]);
    expect(inHome('.config')).toEqual(['Guts']);
    expect(readdirSync(home.file('.local'))).toEqual(['state']);
    expect(readdirSync(home.file('.local/state'))).toEqual(['guts']);
    const ours = readdirSync(home.file('.config/Guts')).filter((name) => name.endsWith('.json'));
    expect(ours.toSorted()).toEqual(['desktop.json', 'theme.json', 'window.json']);
  });
});

describe('the packaged window with the keyboard alone', { timeout: 300_000 }, () => {
  test('moves a machine, and saves its report', async () => {
    using home = scratch();
    await using sides = await startTwoSides();
    const app = await _electron.launch({
      executablePath: program(open),
      args: [],
      cwd: home.dir,
      env: homeIn(home.dir),
    });
    const ended = once(app.process(), 'exit');
    try {
      const page = await app.firstWindow();
      await page.locator('[data-engine]').waitFor();

      await connectByKeys(page, sides);
      await planByKeys(page);
      const { name, bytes } = await moveByKeys(app, page, home.file('report'));

      expect([name, bytes.includes('files-01')]).toEqual(['guts-report-files-01.html', true]);
      expect(sides.cloud.state().servers).toMatchObject([{ name: 'files-01', status: 'ACTIVE' }]);
    } finally {
      app.process().kill('SIGTERM');
      await ended;
    }
  });
});

describe('the package that is given away', { timeout: 300_000 }, () => {
  const smoke = (folder: string, env: Record<string, string>, ...words: string[]) =>
    spawnSync(program(closed), [...words, '--smoke', `--user-data-dir=${folder}`], {
      env: { ...homeIn(folder), ...env },
      encoding: 'utf8',
      timeout: 100_000,
    });

  test('opens, hears from its Guts, and quits', () => {
    using home = scratch();

    const { status, stdout } = smoke(home.dir, {});

    expect(stdout).toContain('smoke: the window is open, and its Guts answers: Engine of this window');
    expect(status).toBe(0);
  });

  test('is no Node for others: neither by its environment nor by a debugger’s word', () => {
    using home = scratch();
    const evil = { ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '--require=/nonexistent.js' };

    const { status, stdout, stderr } = smoke(home.dir, evil, '--inspect=0', '-e', 'console.log("ran")');

    expect(stdout).not.toContain('ran\n');
    expect(stdout).toContain('smoke: the window is open');
    expect(stderr).not.toContain('Debugger listening');
    expect(status).toBe(0);
  });

  test('has a command line for plain Node, with the page for browsers and the key store’s module', async () => {
    using home = scratch();
    const cli = path.join(unpacked, 'out/cli.cjs');
    const said = spawnSync(systemNode, [cli, '--version'], { encoding: 'utf8' });
    const child = spawn(systemNode, [cli, 'serve', '--port', '0'], {
      env: { ...homeIn(home.dir), GUTS_DATA_DIR: home.file('data') },
      stdio: 'ignore',
    });
    try {
      await until(
        async () => await Promise.resolve(existsSync(home.file('data/daemon.json'))),
        (isThere) => isThere,
      );
      const { url } = DaemonFacts.parse(JSON.parse(readFileSync(home.file('data/daemon.json'), 'utf8')));
      const answer = await fetch(url, { headers: { accept: 'text/html' } });
      expect(await answer.text()).toContain('<div id="root">');
    } finally {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    }

    expect(said.stdout.trim()).toBe(version);
    const keytar = createRequire(cli)('keytar') as { getPassword: unknown };
    expect(keytar.getPassword).toBeTypeOf('function');
  });

  test('is complete: licences beside it, and in one archive with the version in its name', () => {
    const files = readdirSync(path.join(closed, 'resources')).toSorted();
    const archive = path.join(release, `Guts-${version}-linux-x64.tar.gz`);
    const listed = spawnSync('tar', ['-tzf', archive], { encoding: 'utf8', maxBuffer: 2 ** 26 });

    expect(files).toEqual(['LICENSE.txt', 'THIRD-PARTY-NOTICES.txt', 'app.asar', 'app.asar.unpacked']);
    expect(readdirSync(closed)).toEqual(expect.arrayContaining(['LICENSE.electron.txt', 'LICENSES.chromium.html']));
    expect(listed.stdout.split('\n')).toContain(`Guts-${version}-linux-x64/guts-desktop`);
    const odd = listed.stdout.split('\n').filter((name) => /\.map$|default_app|node_modules\/(?!keytar|$)/.test(name));
    expect(odd).toEqual([]);
  });
});
