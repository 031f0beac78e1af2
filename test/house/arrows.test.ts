/** The arrows between the rooms: docs/developing.md draws them, this keeps them. */
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { circles, importsIn, importsOf, objection } from './imports.ts';

const checkout = path.resolve(import.meta.dirname, '../..');

describe('the product', () => {
  const imports = importsOf(checkout);

  test('imports only along the arrows', () => {
    const wrong = imports.flatMap((one) => {
      const why = objection(one);
      return why === null ? [] : [`${one.from} → ${one.to}: ${why}`];
    });

    expect(imports.length).toBeGreaterThan(50);
    expect(wrong).toEqual([]);
  });

  test('has no circle of imports', () => {
    expect(circles(imports).map((circle) => circle.join(' → '))).toEqual([]);
  });
});

describe('the rule', () => {
  const allowed = (file: string, source: string) => importsIn(file, source).every((one) => objection(one) === null);

  test.each([
    ['renderer/parts/Row.tsx', "import { ask } from '../guts.ts';"],
    ['renderer/parts/Row.tsx', "import type { Job } from '../../main/shared/jobs.ts';"],
    ['renderer/parts/Row.tsx', "import { memo } from 'react';"],
    ['worker/disk/raw.ts', "import { open } from 'node:fs/promises';"],
    ['worker/disk/raw.ts', "export { GutsError } from '../../main/shared/errors.ts';"],
    ['main/cli/run.ts', "import type { EngineEvent } from '../../worker/engine/protocol.ts';"],
    ['main/electron/menu.ts', "import { Menu } from 'electron';"],
    ['main/shared/jobs.ts', "import { z } from 'zod';"],
    ['worker/demo/world.ts', "import { startVcenter } from '../../test/lab/vcenter/vcenter.ts';"],
    ['test/lab/content.ts', "import { openFile } from '../../worker/disk/bytes.ts';"],
    ['test/lab/certificate.ts', "import { generate } from 'selfsigned';"],
  ])('lets %s say %s', (file, source) => {
    expect(allowed(file, source)).toBe(true);
  });

  test.each([
    ['renderer/parts/Row.tsx', "import { serve } from '../../main/electron/ipc.ts';"],
    ['renderer/parts/Row.tsx', "import type { Extent } from '../../worker/disk/image.ts';"],
    ['renderer/parts/Row.tsx', "import { readFile } from 'node:fs/promises';"],
    ['renderer/parts/Row.tsx', "import * as path from 'path';"],
    ['renderer/parts/Row.tsx', "import { ipcRenderer } from 'electron';"],
    ['worker/disk/raw.ts', "import { main } from '../../main/cli/main.ts';"],
    ['worker/disk/raw.ts', "const lazy = await import('../../main/cli/main.ts');"],
    ['worker/disk/raw.ts', "export * from '../../main/cli/main.ts';"],
    ['worker/disk/raw.ts', "import { pattern } from '../../test/support/disks.ts';"],
    ['worker/disk/raw.ts', "import { app } from 'electron';"],
    ['worker/move/move.ts', "import { startVcenter } from '../../test/lab/vcenter/vcenter.ts';"],
    ['main/cli/demo.ts', "import { startVcenter } from '../../test/lab/vcenter/vcenter.ts';"],
    ['worker/demo/world.ts', "import { scratch } from '../../test/support/disks.ts';"],
    ['test/lab/content.ts', "import { scratch } from '../support/disks.ts';"],
    ['test/lab/content.ts', "import { demo } from '../../worker/demo/demo.ts';"],
    ['test/lab/content.ts', "import { run } from '../../main/cli/run.ts';"],
    ['main/cli/run.ts', "import { openImage } from '../../worker/disk/open.ts';"],
    ['main/cli/run.ts', "import { app } from 'electron';"],
    ['main/cli/run.ts', "import { t } from '../../renderer/texts/t.ts';"],
    ['main/shared/jobs.ts', "import { readFileSync } from 'node:fs';"],
    ['main/shared/jobs.ts', "import { create } from 'zustand';"],
    ['main/shared/jobs.ts', "import { run } from '../cli/run.ts';"],
  ])('stops %s from saying %s', (file, source) => {
    expect(allowed(file, source)).toBe(false);
  });

  test('finds a circle, and leaves a file that two others share alone', () => {
    const from = (file: string, ...others: string[]) => others.map((to) => ({ from: file, to }));

    const circle = circles([...from('a', 'b'), ...from('b', 'c', 'd'), ...from('c', 'a', 'd'), ...from('d')]);

    expect(circle).toEqual([['a', 'b', 'c', 'a']]);
    expect(circles([...from('a', 'b', 'c'), ...from('b', 'd'), ...from('c', 'd')])).toEqual([]);
  });
});
