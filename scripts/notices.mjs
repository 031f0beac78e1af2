/** THIRD-PARTY-NOTICES.txt: everything by others that goes into out/ or beside it, with its version and its licence. */
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import * as path from 'node:path';
import { root } from './places.mjs';

/** Not bundled, but packed beside: the key store's module. Electron brings the licences of its own parts. */
const besides = ['keytar'];
const LICENCE_FILE = /^(licen[cs]e|copying|notice)(\b|[-_.])/i;

/** @typedef {{ name: string, version: string, licence: string, author: string, text: string }} Notice */

/** Gathers the packages of modules, whichever bundle they are in. */
export class Notices {
  /** Folders of packages. @type {Set<string>} */
  #folders = new Set();

  constructor() {
    for (const name of besides) {
      const folder = path.join(root, 'node_modules', name);
      if (existsSync(folder)) this.#folders.add(folder);
    }
  }

  /** A plugin for a bundler: hears of every module, also of those of which nothing is left. */
  plugin() {
    const add = (/** @type {string} */ id) => this.#add(id);
    return {
      name: 'notices',
      /** @this {{ getModuleIds(): Iterable<string> }} */
      buildEnd() {
        for (const id of this.getModuleIds()) add(id);
      },
    };
  }

  /** The whole text, in the order of names. @throws Error where a package does not say under which licence it is */
  text() {
    const all = [...this.#folders].map(noticeOf).sort((a, b) => (a.name < b.name ? -1 : 1));
    const parts = all.map(({ name, version, licence, author, text }) => {
      const by = author === '' ? '' : `\nby ${author}`;
      return `${'='.repeat(80)}\n${name} ${version}\n${licence}${by}\n${'-'.repeat(80)}\n${text}\n`;
    });
    return `Guts contains the following software by others, under these licences. Electron, Chromium and Node have theirs in
LICENSE.electron.txt and LICENSES.chromium.html beside the program.\n\n${parts.join('\n')}`;
  }

  /** @param {string} id of a module: a path, perhaps with a query, perhaps with marks of the bundler */
  #add(id) {
    const file = id.replace(/^\0+/, '').replace(/\?.*$/, '');
    const at = file.lastIndexOf(`${path.sep}node_modules${path.sep}`);
    if (at === -1 || !path.isAbsolute(file)) return;
    const [scope = '', name = ''] = file.slice(at + `${path.sep}node_modules${path.sep}`.length).split(path.sep);
    this.#folders.add(
      path.join(file.slice(0, at), 'node_modules', scope.startsWith('@') ? path.join(scope, name) : scope),
    );
  }
}

/** @param {string} folder @returns {Notice} */
function noticeOf(folder) {
  const facts = JSON.parse(readFileSync(path.join(realpathSync(folder), 'package.json'), 'utf8'));
  const { name, version, license, licenses, author } = facts;
  const licence = nameOf(license) || (Array.isArray(licenses) ? licenses.map(nameOf).join(' OR ') : '');
  if (licence === '') throw new Error(`${name} ${version} does not say under which licence it is.`);
  const files = readdirSync(folder).filter((file) => LICENCE_FILE.test(file));
  const texts = files.sort().map((file) => readFileSync(path.join(folder, file), 'utf8').trim());
  const by = nameOf(author?.name ?? author);
  const text = texts.length > 0 ? texts.join('\n\n') : standardText(licence, by, name);
  return { name, version, licence, author: by, text };
}

/** @param {unknown} value @returns {string} */
function nameOf(value) {
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value !== null && 'type' in value ? String(value.type) : '';
}

/** Of packages that name a licence and leave its text out. @param {string} licence @param {string} by @param {string} name */
function standardText(licence, by, name) {
  if (licence !== 'MIT') throw new Error(`${name} has no text of its licence ${licence}.`);
  return `Copyright (c) ${by === '' ? `the authors of ${name}` : by}\n\n${MIT}`;
}

const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to
use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the
Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES
OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE
LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;
