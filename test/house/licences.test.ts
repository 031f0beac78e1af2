/** THIRD-PARTY-NOTICES.txt: nothing by others is in what is built without its licence. */
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { importsOf } from './imports.ts';

const checkout = path.resolve(import.meta.dirname, '../..');
const out = path.join(checkout, 'out');
const notices = readFileSync(path.join(out, 'THIRD-PARTY-NOTICES.txt'), 'utf8');

/** Of each part: `name version`, its licence, and the text. */
const parts = notices
  .split(/^={80}$/m)
  .slice(1)
  .map((part) => {
    const [head = '', ...text] = part.split(/^-{80}$/m);
    const [what = '', licence = ''] = head.trim().split('\n');
    return { name: what.slice(0, what.lastIndexOf(' ')), licence, text: text.join('').trim() };
  });
const names = new Set(parts.map(({ name }) => name));

const packageIn = (source: string): string | null => {
  const [, found] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source) ?? [];
  return found ?? null;
};

describe('the notices', () => {
  test('name every package of which something is in a program, as the source maps tell', () => {
    const maps = readdirSync(out).filter((file) => file.endsWith('.map'));
    const bundled = new Set(
      maps.flatMap((map) => {
        const { sources } = JSON.parse(readFileSync(path.join(out, map), 'utf8')) as { sources: string[] };
        return sources.flatMap((source) => packageIn(source) ?? []);
      }),
    );

    expect(maps.length).toBeGreaterThan(5);
    expect(bundled.size).toBeGreaterThan(30);
    expect([...bundled].filter((name) => !names.has(name))).toEqual([]);
  });

  test('name every package that the product imports, the page’s too', () => {
    const imported = importsOf(checkout).flatMap(({ from, to }) => {
      const isOfProduct = /^(main|worker|renderer)\//.test(from);
      const isPackage = !/^(\.|node:|main\/|worker\/|renderer\/|test\/|electron$)/.test(to);
      const [scope = '', name = ''] = to.split('/');
      return isOfProduct && isPackage ? [scope.startsWith('@') ? `${scope}/${name}` : scope] : [];
    });
    const { dependencies } = JSON.parse(readFileSync(path.join(checkout, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const wanted = Object.keys(dependencies).filter((name) => imported.includes(name));

    expect(wanted).toEqual(expect.arrayContaining(['react', '@mantine/core', 'zod', 'electron-updater']));
    expect(wanted.filter((name) => !names.has(name))).toEqual([]);
  });

  test('give the text of every licence, and none that would bind Guts', () => {
    const allowed = ['MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0', 'Python-2.0'];

    expect(parts.filter(({ licence }) => !allowed.includes(licence))).toEqual([]);
    expect(parts.filter(({ text }) => text.length < 200).map(({ name }) => name)).toEqual([]);
    expect(names).toContain('keytar');
  });
});
