/** What to do is said for the window and for the command line: flags and commands stand in brackets, which the window leaves out. */
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import { remedyText } from '../../main/shared/remedy.ts';

const root = path.resolve(import.meta.dirname, '../..');
/** What only somebody at a command line is told. */
const onlyThere = ['main/cli/', 'main/vault/errors.ts', 'worker/demo/'];
const text = /(['`])((?:\\.|(?!\1)[^\\\n])*)\1/g;
/** A rule’s paragraph in the manual is for both. */
const ofManual = /^ {2}manual:\s+'(?:\\.|[^'\\])*',$/gm;
const isOfCommandLine = (words: string): boolean => /[A-Za-z”,.:;] .*(?:--[a-z]|“guts )|“guts .* [a-z]/.test(words);

test('no text outside of the command line names its flags and commands in the open', () => {
  const files = ['main', 'worker']
    .flatMap((room) =>
      readdirSync(path.join(root, room), { recursive: true, encoding: 'utf8' }).map(
        (name) => `${room}/${name.replaceAll(path.sep, '/')}`,
      ),
    )
    .filter((file) => file.endsWith('.ts') && !onlyThere.some((place) => file.startsWith(place)));
  const inTheOpen = files.flatMap((file) =>
    readFileSync(path.join(root, file), 'utf8')
      .replace(ofManual, '')
      .split('\n')
      .filter((line) => !/^\s*(?:\/\/|\/?\*)/.test(line))
      .flatMap((line) => [...line.matchAll(text)].map(([, , words = '']) => words))
      .filter((words) => isOfCommandLine(remedyText(words)))
      .map((words) => `${file}: ${words}`),
  );

  expect(files.length).toBeGreaterThan(300);
  expect(inTheOpen).toEqual([]);
});

test.each([
  [
    'Choose one (--flavor), boot from a volume (--volumes), or have one made.',
    'Choose one, boot from a volume, or have one made.',
  ],
  ['Cancel it first (“guts cancel mig_1”): that undoes it.', 'Cancel it first: that undoes it.'],
  ['Use a smaller image (at most 2 TiB).', 'Use a smaller image (at most 2 TiB).'],
])('%s', (remedy, inWindow) => expect(remedyText(remedy)).toBe(inWindow));
