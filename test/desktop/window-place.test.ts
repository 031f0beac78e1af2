/** Where the window opens: where it was, as long as a hand can reach it there. */
import { EventEmitter } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openingOn, WindowPlaceFile, type Area } from '../../main/electron/window-place.ts';
import { scratch } from '../support/disks.ts';

const left = { x: 0, y: 25, width: 1920, height: 1055 };
const right = { x: 1920, y: 0, width: 2560, height: 1440 };
const at = (x: number, y: number, width = 1000, height = 700) => ({ x, y, width, height, isMaximized: false });

describe('the place of the window', () => {
  test('is the middle of the first screen at the first start', () => {
    expect(openingOn([left], null)).toEqual({ width: 1180, height: 780, isMaximized: false });
  });

  test.each([
    ['whole on a screen', at(100, 100)],
    ['on the second screen', at(2000, 50, 2000, 1200)],
    ['across both', at(1500, 200)],
    ['half over the left edge', at(-600, 300)],
  ])('comes back %s', (_name, place) => {
    expect(openingOn([left, right], place)).toEqual(place);
  });

  test.each([
    ['on a screen that is gone', at(2500, 100)],
    ['above the screen', at(100, -300)],
    ['below the screen', at(100, 1075)],
    ['nearly off to the side', at(1900, 100)],
  ])('%s is the middle, in the size that it had', (_name, place) => {
    expect(openingOn([left], place)).toEqual({ width: 1000, height: 700, isMaximized: false });
  });

  test('is never larger than the screen, nor too small to use', () => {
    expect(openingOn([left], at(0, 25, 5000, 5000))).toMatchObject({ width: 1920, height: 1055 });
    expect(openingOn([left], at(0, 25, 10, 10))).toMatchObject({ width: 480, height: 420 });
  });

  test('stays maximised on the screen on which it was', () => {
    expect(openingOn([left, right], { ...at(2000, 50), isMaximized: true })).toMatchObject({
      x: 2000,
      isMaximized: true,
    });
  });
});

/** A window as far as its place is concerned. */
class Placed extends EventEmitter {
  bounds: Area = { x: 10, y: 20, width: 900, height: 600 };
  isLarge = false;

  getNormalBounds(): Area {
    return this.bounds;
  }

  isMaximized(): boolean {
    return this.isLarge;
  }

  isDestroyed(): boolean {
    return false;
  }
}

describe('the file', () => {
  test('keeps what a window had when it closed, for its owner alone', () => {
    using folder = scratch();
    const file = folder.file('window.json');
    const kept = new WindowPlaceFile(file);
    const window = new Placed();
    kept.follow(window);

    expect(kept.read()).toBeNull();
    window.bounds = { x: 33.4, y: 44.6, width: 801, height: 602 };
    window.isLarge = true;
    window.emit('resize');
    window.emit('close');

    expect(kept.read()).toEqual({ x: 33, y: 45, width: 801, height: 602, isMaximized: true });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test.each(['', 'no json', '{}', '{"x":1,"y":2,"width":-5,"height":3,"isMaximized":false}', '[1,2]'])(
    'with %j in it is as none',
    (text) => {
      using folder = scratch();
      writeFileSync(folder.file('window.json'), text);

      expect(new WindowPlaceFile(folder.file('window.json')).read()).toBeNull();
    },
  );

  test('that cannot be written keeps nobody from closing the window', () => {
    using folder = scratch();
    writeFileSync(folder.file('profile'), 'a file where the profile should be');
    const window = new Placed();
    new WindowPlaceFile(folder.file('profile/window.json')).follow(window);

    window.emit('close');

    expect(readFileSync(folder.file('profile'), 'utf8')).toContain('a file');
  });
});
