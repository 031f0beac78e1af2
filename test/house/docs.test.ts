/** What the documents say of the code is there: rules under their ids, files and headings under their links. */
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { moveRules } from '../../worker/preflight/move-rules.ts';

const docs = path.resolve(import.meta.dirname, '../../docs');
const read = (name: string): string => readFileSync(path.join(docs, name), 'utf8');

describe('the documents', () => {
  test('explain every rule of a move into a cloud, and none that is not there', () => {
    const [, ofMoves = ''] = read('preflight.md').split('## Moving into a cloud');
    const paragraphs = [...ofMoves.matchAll(/\*\*([A-Z]+-\d+[a-z]?)\*\*/g)].map(([, id]) => id);

    expect(paragraphs.toSorted()).toEqual(moveRules.map(({ id }) => id).toSorted());
  });

  test('link only to files and headings that are there', () => {
    const anchor = (heading: string): string =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\d\s-]/gu, '')
        .replaceAll(' ', '-');
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
