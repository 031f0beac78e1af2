/** Numbers as people type them, in either language. */
import { expect, test } from 'vitest';
import { typedNumber } from '../../renderer/texts/typed-number.ts';

test.each([
  ['', null],
  ['  ', null],
  ['7', 7],
  ['0,2', 0.2],
  ['0.2', 0.2],
  ['0.', 0],
  [',5', 0.5],
  ['-3', -3],
  ['1,000.5', Number.NaN],
  ['1e3', Number.NaN],
  ['5 MB', Number.NaN],
  ['.', Number.NaN],
])('“%s” is %s', (text, number) => expect(typedNumber(text)).toBe(number));
