/**
 * Draws every icon of the desktop program from assets/icon.svg, with Electron's own Chromium and no network; what it
 * draws is in git, so this runs only when the drawing changes:
 *
 *   node scripts/display.mjs node scripts/icons.mjs
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { _electron } from 'playwright-core';
import { root } from './places.mjs';
import { icnsOf, icoOf } from './icon-files.mjs';
import { trayIcon, trayStates } from './tray-icons.mjs';

const assets = path.join(root, 'assets');
const linuxSizes = [16, 24, 32, 48, 64, 128, 256, 512];
const windowsSizes = [16, 24, 32, 48, 64, 128, 256];
const macSizes = [16, 32, 64, 128, 256, 512, 1024];
/** macOS draws icons with air around them: 824 of 1024. */
const MAC_AIR = 100 / 1024;

const folder = mkdtempSync(path.join(tmpdir(), 'guts-icons-'));
writeFileSync(path.join(folder, 'package.json'), '{ "name": "icons", "main": "main.js" }');
// Its profile goes with it.
writeFileSync(path.join(folder, 'main.js'), "require('electron').app.setPath('userData', `${__dirname}/profile`);");
const app = await _electron.launch({ args: [folder] });
try {
  const mark = readFileSync(path.join(assets, 'icon.svg'), 'utf8');
  const icons = path.join(assets, 'icons');
  mkdirSync(icons, { recursive: true });
  for (const size of linuxSizes) writeFileSync(path.join(icons, `${size}x${size}.png`), await draw(mark, size));
  writeFileSync(path.join(assets, 'icon.png'), await draw(mark, 1024));
  writeFileSync(path.join(assets, 'icon.ico'), icoOf(await drawAll(mark, windowsSizes, 0)));
  writeFileSync(path.join(assets, 'icon.icns'), icnsOf(await drawAll(mark, macSizes, MAC_AIR)));

  const tray = path.join(assets, 'tray');
  mkdirSync(tray, { recursive: true });
  for (const state of trayStates) {
    for (const [suffix, size] of /** @type {const} */ ([
      ['', 16],
      ['@1.5x', 24],
      ['@2x', 32],
    ]))
      writeFileSync(path.join(tray, `${state}${suffix}.png`), await draw(trayIcon(state, false), size));
    for (const [suffix, size] of /** @type {const} */ ([
      ['', 16],
      ['@2x', 32],
    ]))
      writeFileSync(path.join(tray, `${state}Template${suffix}.png`), await draw(trayIcon(state, true), size));
  }
} finally {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
}

/** @param {string} svg @param {readonly number[]} sizes @param {number} air */
async function drawAll(svg, sizes, air) {
  /** @type {{ size: number, png: Buffer }[]} */
  const drawn = [];
  for (const size of sizes) drawn.push({ size, png: await draw(svg, size, air) });
  return drawn;
}

/** @param {string} svg @param {number} size @param {number} air of the side, on each of the four */
async function draw(svg, size, air = 0) {
  const url = await app.evaluate(
    async ({ BrowserWindow }, { source, side, margin }) => {
      const window = BrowserWindow.getAllWindows()[0] ?? new BrowserWindow({ show: false });
      const script = `new Promise((resolve, reject) => {
        const image = new Image();
        image.onload = () => {
          const canvas = document.createElement('canvas');
          canvas.width = canvas.height = ${side};
          canvas.getContext('2d').drawImage(image, ${margin}, ${margin}, ${side - 2 * margin}, ${side - 2 * margin});
          resolve(canvas.toDataURL('image/png'));
        };
        image.onerror = () => reject(new Error('this is no drawing'));
        image.src = ${JSON.stringify(source)};
      })`;
      if (window.webContents.getURL() === '') await window.loadURL('about:blank');
      return /** @type {string} */ (await window.webContents.executeJavaScript(script));
    },
    {
      source: `data:image/svg+xml;base64,${Buffer.from(sized(svg, size)).toString('base64')}`,
      side: size,
      margin: size * air,
    },
  );
  return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
}

/** A drawing without a size of its own is drawn in another and scaled then. @param {string} svg @param {number} size */
function sized(svg, size) {
  return svg.replace('<svg ', `<svg width="${size}" height="${size}" `);
}
