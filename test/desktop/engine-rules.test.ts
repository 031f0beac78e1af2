/** Which engines elsewhere are taken: by their version, and by their address. */
import { expect, test } from 'vitest';
import { fitOf } from '../../main/shared/api-contract.ts';
import { EngineUrl } from '../../main/shared/engines.ts';

test('which versions understand each other: neighbours do', () => {
  const own = { version: '0.5.0', contract: 3 };
  expect(fitOf('“rack”', { version: '0.5.0', contract: 3 }, own)).toBe('same');
  expect(fitOf('“rack”', { version: '0.4.9', contract: 2 }, own)).toBe('older');
  expect(fitOf('“rack”', { version: '0.6.0', contract: 4 }, own)).toBe('newer');
  expect(fitOf('“rack”', { version: '0.10.0', contract: 3 }, own)).toBe('newer');
  expect(() => fitOf('“rack”', { version: '0.3.0', contract: 1 }, own)).toThrow(
    /“rack” runs Guts 0\.3\.0, which is too old/,
  );
  expect(() => fitOf('“rack”', { version: '0.7.0', contract: 5 }, own)).toThrow(/newer than this one/);
});

test.each([
  ['https://guts.example.net:7000/', 'https://guts.example.net:7000'],
  ['http://127.0.0.1:7000', 'http://127.0.0.1:7000'],
  ['http://[::1]:7000', 'http://[::1]:7000'],
  ['http://guts.example.net:7000', null],
  ['http://127.example.net', null],
  ['https://somebody:secret@guts.example.net', null],
  ['ftp://guts.example.net', null],
  ['guts.example.net', null],
])('a token travels to %s only encrypted, or not at all: %s', (text, url) => {
  expect(EngineUrl.safeParse(text).data ?? null).toBe(url);
});
