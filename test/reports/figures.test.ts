/** Figures as people read them. */
import { describe, expect, test } from 'vitest';
import { bytesText, minutesText, rateText, secondsText } from '../../main/shared/figures.ts';
import { roughSpanText } from '../../renderer/texts/format.ts';

describe('figures', () => {
  test.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [1023, '1023 bytes'],
    [1024, '1 KiB'],
    [1536, '1.5 KiB'],
    [1024 ** 2 - 1, '1.0 MiB'],
    [1023.94 * 1024, '1023.9 KiB'],
    [1.96 * 1024 ** 4, '2.0 TiB'],
    [5 * 1024 ** 4, '5 TiB'],
    [Number.MAX_SAFE_INTEGER, '8.0 PiB'],
  ])('%i bytes are %s', (bytes, text) => {
    expect(bytesText(bytes)).toBe(text);
  });

  test.each([
    [0, '0 s'],
    [0.02, 'under 0.1 s'],
    [0.84, '0.8 s'],
    [9.96, '10 s'],
    [42.4, '42 s'],
    [59.7, '1 min 0 s'],
    [187, '3 min 7 s'],
    [3599.8, '1 h 0 min'],
    [7510, '2 h 5 min'],
  ])('%f seconds are %s', (seconds, text) => {
    expect(secondsText(seconds)).toBe(text);
  });

  test.each([
    [0, '0 min'],
    [12, '1 min'],
    [3590, '1 h'],
    [7510, '2 h 5 min'],
    [35_940, '9 h 59 min'],
    [174_960, '49 h'],
    [7_200_000, '2,000 h'],
  ])('%f seconds of a plan are %s, in reports as in the window', (seconds, text) => {
    expect([minutesText(seconds), roughSpanText(seconds)]).toEqual([text, text]);
  });

  test('rates have a decimal only where it counts', () => {
    expect([rateText(0.25), rateText(9.5), rateText(117.8)]).toEqual(['0.3 MB/s', '9.5 MB/s', '118 MB/s']);
  });
});
