/** What the documents say of the code is there: rules under their ids, files and headings under their links. */
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { manualAnchorOf } from '../../main/shared/preflight.ts';
import { withCatalogue } from '../../scripts/manual-text.mjs';
import { localRules } from '../../worker/preflight/local-rules.ts';
import { moveRules } from '../../worker/preflight/move-rules.ts';
import { waveRules } from '../../worker/preflight/wave-rules.ts';

const docs = path.resolve(import.meta.dirname, '../../docs');
const read = (name: string): string => readFileSync(path.join(docs, name), 'utf8');

const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\d\s-]/gu, '')
    .replaceAll(' ', '-');

describe('the documents', () => {
  test('have the rules of preflight as they are: “npm run manual” writes them', () => {
    expect(withCatalogue(read('preflight.md'))).toBe(read('preflight.md'));
  });

  test('have a heading for every rule, where a finding’s link leads', () => {
    const headings = [...read('preflight.md').matchAll(/^#### (.+)$/gm)].map(([, heading = '']) => anchor(heading));
    const anchors = [...moveRules, ...localRules, ...waveRules].map(({ id }) =>
      manualAnchorOf(id).replace('preflight.md#', ''),
    );

    expect(headings.length).toBeGreaterThan(50);
    expect(new Set(anchors)).toEqual(new Set(headings));
    expect(new Set(headings).size).toBe(headings.length);
  });

  test('link only to files and headings that are there', () => {
    const names = ['../README.md', ...readdirSync(docs).filter((name) => name.endsWith('.md'))];
    const wrong = names.flatMap((name) =>
      [...read(name).matchAll(/\]\(([^)#:]*)(?:#([^)]+))?\)/g)].flatMap(([whole, file = '', heading]) => {
        const target = file === '' ? name : path.join(path.dirname(name), file);
        try {
          const headings = [...read(target).matchAll(/^#+ (.+)$/gm)].map(([, text = '']) => anchor(text));
          return heading === undefined || headings.includes(heading) ? [] : [`${name}: ${whole}`];
        } catch {
          return [`${name}: ${whole}`];
        }
      }),
    );

    expect(wrong).toEqual([]);
  });
});
