/** The window's colours, measured: text must be readable in both themes (WCAG 2, contrast of 4.5 for text). */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { theme } from '../../renderer/theme/theme.ts';

const css = readFileSync(path.resolve(import.meta.dirname, '../../renderer/theme/palette.css'), 'utf8');
const [light = '', dark = ''] = css.split("\n[data-mantine-color-scheme='dark']");
const coloursIn = (part: string): ReadonlyMap<string, string> =>
  new Map(
    [...part.matchAll(/--guts-([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value] as const),
  );

/** Relative luminance of “#rrggbb”, 0 to 1. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dim = 0, bright = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (bright + 0.05) / (dim + 0.05);
}

const tones = ['good', 'bad', 'wait', 'info', 'still'] as const;
const pairs: readonly (readonly [text: string, ground: string])[] = [
  ...['ground', 'card', 'accent-soft', ...tones.map((tone) => `${tone}-soft`)].map((on) => ['text', on] as const),
  ...['quiet', 'accent', 'bad'].flatMap((text) => ['ground', 'card'].map((on) => [text, on] as const)),
  ['on-accent', 'accent'],
  ['accent', 'accent-soft'],
  ...tones.map((tone) => [tone, `${tone}-soft`] as const),
];

describe.each([
  ['light', coloursIn(light), 6],
  ['dark', coloursIn(dark), 4],
] as const)('in the %s theme', (_name, colours, shade) => {
  const of = (name: string): string => colours.get(name) ?? 'no such colour';

  test('every colour of the other theme has its own', () => {
    expect([...colours.keys()]).toEqual([...coloursIn(light).keys()]);
    expect(colours.size).toBeGreaterThan(15);
  });

  test.each(pairs)('%s can be read on %s', (text, ground) => {
    expect(contrast(of(text), of(ground))).toBeGreaterThanOrEqual(4.5);
  });

  test.each(['guts', 'danger'] as const)('what stands on a filled button of the colour %s can be read', (name) => {
    expect(contrast(of('on-accent'), theme.colors?.[name]?.[shade] ?? '')).toBeGreaterThanOrEqual(4.5);
  });

  test('the focus ring and the accent stand out from the ground (3 for controls)', () => {
    expect(contrast(of('accent'), of('ground'))).toBeGreaterThanOrEqual(3);
    expect(contrast(of('accent'), of('card'))).toBeGreaterThanOrEqual(3);
  });
});
