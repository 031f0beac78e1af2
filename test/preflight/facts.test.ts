/** Facts for the preflight rules, gathered from real files: disks that open and disks that do not, space, files in the way. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openImage } from '../../worker/disk/open.ts';
import { check } from '../../worker/preflight/check.ts';
import { gatherLocalRoute, type LocalRoutePlan } from '../../worker/preflight/facts.ts';
import { localRules } from '../../worker/preflight/local-rules.ts';
import { KiB, makeRaw, MiB, qemuImg, scratch } from '../support/disks.ts';

function planOf(folder: string, files: readonly string[], outputs: readonly string[] = []): LocalRoutePlan {
  const disks = files.map((file) => ({
    name: file.slice(file.lastIndexOf('/') + 1),
    storedBytes: null,
    open: () => openImage(file),
  }));
  return { vm: null, disks, manifest: { state: 'none-expected' }, outputs, folder, mayReplace: false };
}

describe('gathering the facts of the local route', () => {
  test('opens every disk, and turns what a reader says into a finding with its words', async () => {
    using temp = scratch();
    await makeRaw(temp.file('good.raw'), 4 * MiB, [{ offset: 0, length: 64 * KiB }]);
    qemuImg('convert', '-O', 'qcow2', temp.file('good.raw'), temp.file('good.qcow2'));
    writeFileSync(temp.file('cut.qcow2'), Buffer.from('QFI\xfb\x00\x00\x00\x03', 'latin1'));
    qemuImg('create', '-q', '-f', 'qcow2', '-u', '-b', 'gone.qcow2', '-F', 'qcow2', temp.file('child.qcow2'), '4M');
    const files = ['good.raw', 'good.qcow2', 'cut.qcow2', 'child.qcow2'].map((name) => temp.file(name));

    const facts = await gatherLocalRoute(planOf(temp.dir, files));
    const findings = check(localRules, facts).findings;

    expect(facts.disks.map(({ image }) => image?.virtualSizeBytes)).toEqual([4 * MiB, 4 * MiB, undefined, undefined]);
    expect(findings.map(({ id }) => id)).toEqual(['LOC-01', 'LOC-02']);
    expect(findings[0]?.about[0]).toContain('cut.qcow2: ');
    expect(findings[1]?.about[0]).toContain('“gone.qcow2”');
  });

  test('sees files that would be overwritten, and asks the nearest folder that exists for its space', async () => {
    using temp = scratch();
    mkdirSync(temp.file('out'));
    writeFileSync(temp.file('out/disk1.qcow2'), 'precious');
    const outputs = [temp.file('out/disk1.qcow2'), temp.file('out/disk2.qcow2')];

    const facts = await gatherLocalRoute(planOf(temp.file('out/not/yet/made'), [], outputs));

    expect(facts.destination.existing).toEqual([temp.file('out/disk1.qcow2')]);
    expect(facts.destination.freeBytes).toBeGreaterThan(0);
  });

  test('lets a fault of Guts rise instead of calling it a damaged disk', async () => {
    const plan = planOf('/', []);
    const broken = { name: 'disk', storedBytes: null, open: () => Promise.reject(new TypeError('a fault')) };

    await expect(gatherLocalRoute({ ...plan, disks: [broken] })).rejects.toThrow(TypeError);
  });
});
