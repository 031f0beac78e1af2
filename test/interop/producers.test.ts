/** Every format by every producer at hand, through the command, into every target: equal to its source, and sound. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DigestResult } from '../../main/shared/jobs.ts';
import { qemuImg, scratch } from '../support/disks.ts';
import { guts, gutsOn, systemNode } from '../support/guts.ts';
import { makeLabDisks } from '../support/vhdx.ts';
import { convertAndProve, infoOf, targets, toldBy } from './conversion.ts';
import { makeRawDisk, rawNames, type Made, type Producer } from './made.ts';
import { diskProducers } from './made-disks.ts';
import { machineProducers } from './made-machines.ts';

const lab = scratch();
afterAll(() => lab[Symbol.dispose]());
beforeAll(async () => {
  for (const name of rawNames) await makeRawDisk(lab.file(`${name}.raw`), name);
});

const empty = (folder: string): void => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
};

/** Makes the input in a folder that the next one empties. */
async function made(producer: Producer): Promise<Made> {
  empty(lab.file('source'));
  return await producer.make((name) => path.join(lab.file('source'), name), lab.file(`${producer.of ?? 'plain'}.raw`));
}

/** Converts into all targets, two at a time, and proves each; gives the size that each disk of the source has. */
async function proveEveryTarget(node: string, source: Made): Promise<number[]> {
  const sizes: number[][] = [];
  empty(lab.file('made'));
  for (let i = 0; i < targets.length; i += 2) {
    const pair = targets.slice(i, i + 2).map(async ([name, ...flags]) => {
      const disks = await convertAndProve(node, source, lab.file(`made/${name}`), flags);
      sizes.push(disks.map((disk) => disk.source.virtualSizeBytes));
    });
    await Promise.all(pair);
  }
  const [first = []] = sizes;
  expect(sizes).toEqual(targets.map(() => first));
  return first;
}

async function digestsOf(node: string, input: string, ...flags: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await gutsOn(node, lab.file('state'), 'digest', input, ...flags, '--json');
  expect(code, stderr).toBe(0);
  return DigestResult.parse(JSON.parse(stdout)).disks.map((disk) => disk.contentDigest);
}

/** What others see in the source itself: its size, and what it holds where qemu-img reads it. */
async function proveSource(
  node: string,
  { input, truths }: Made,
  sizes: readonly number[],
  producer: Producer,
): Promise<void> {
  const { asks, driver, notForQemu } = producer;
  if (asks !== undefined) expect(toldBy(asks, input)).toBe(sizes[0]);
  if (notForQemu === undefined) {
    expect(infoOf(input, driver).sizeBytes).toBe(sizes[0]);
    qemuImg('compare', ...(driver === undefined ? [] : ['-f', driver]), '-F', 'raw', input, truths[0]); // throws where they differ
  } else {
    const wanted = await Promise.all(truths.map((truth) => digestsOf(node, truth, '--from', 'raw')));
    expect(await digestsOf(node, input)).toEqual(wanted.flat());
  }
  if (producer.isRounded !== true) expect(sizes).toEqual(truths.map((truth) => statSync(truth).size));
}

const titled = (producers: readonly Producer[]): [string, Producer][] =>
  producers.map((producer) => {
    const { by, what, of } = producer;
    return [`${what} (${of === undefined ? '' : `${of}, `}by ${by})`, producer];
  });

const isSystemNodeOld = spawnSync(systemNode, ['-p', 'require("node:zlib").zstdDecompress']).stdout.includes(
  'undefined',
);
const needsNewNode = (producer: Producer): boolean => producer.isZstd === true && isSystemNodeOld;

describe('guts convert on the Node that the system has', () => {
  test.each(titled([...diskProducers, ...machineProducers].filter((producer) => !needsNewNode(producer))))(
    'makes equal and sound images of every kind of %s',
    async (_, producer) => {
      const source = await made(producer);

      const sizes = await proveEveryTarget(systemNode, source);

      await proveSource(systemNode, source, sizes, producer);
    },
  );
});

// What zstd is needed for is read where Node has it, and refused with the way out where not.
describe('a disk with clusters compressed by zstd', () => {
  const zstd = titled(diskProducers.filter((producer) => producer.isZstd === true));

  test.each(zstd)('is converted by a Node that knows zstd: %s', async (_, producer) => {
    const source = await made(producer);

    const sizes = await proveEveryTarget(process.execPath, source);

    await proveSource(process.execPath, source, sizes, producer);
  });

  test.runIf(isSystemNodeOld).each(zstd)('is refused by one that does not: %s', async (_, producer) => {
    const { input } = await made(producer);
    empty(lab.file('made'));

    for (const [name, ...flags] of targets) {
      const done = await guts(lab.file('state'), 'convert', input, lab.file(`made/${name}`), ...flags, '--json');

      expect(done).toMatchObject({ code: 1 });
      expect(JSON.parse(done.stdout)).toMatchObject({ error: { code: 'disk.unsupported' } });
      expect(done.stderr).toMatch(/zstd[^]*What to do: [^]*Node/i);
      expect(readdirSync(lab.file('made'))).toEqual([]);
    }
  });
});

interface LabModel {
  readonly vms: readonly { readonly Name: string; readonly Disks: readonly { readonly Path: string }[] }[];
}
type LabTruth = Readonly<Record<string, { readonly raw: string; readonly size: number }>>;

// Generation 1 and 2, checkpoints, a template in another folder, a dirty log, 4096-byte sectors, 40 GiB, Japanese names.
test('every disk of the Hyper-V lab’s machines becomes equal and sound images of every kind', async () => {
  empty(lab.file('hyperv'));
  makeLabDisks(lab.file('hyperv'));
  const model = JSON.parse(readFileSync(lab.file('hyperv/model.json'), 'utf8')) as LabModel; // written by the line above
  const truth = JSON.parse(readFileSync(lab.file('hyperv/truth.json'), 'utf8')) as LabTruth;
  const seen: string[] = [];

  for (const vm of model.vms) {
    for (const [n, disk] of vm.Disks.entries()) {
      const want = truth[`${vm.Name}/${n}`];
      if (want === undefined) continue; // shared, missing and pass-through disks have no truth
      const input = lab.file(`hyperv/drives/${disk.Path.replace(':', '').replaceAll('\\', '/')}`);
      const allowFrom = lab.file('hyperv/drives/D/Templates');
      const sizes = await proveEveryTarget(systemNode, { input, truths: [lab.file(`hyperv/${want.raw}`)], allowFrom });
      expect([vm.Name, sizes]).toEqual([vm.Name, [want.size]]);
      seen.push(`${vm.Name}/${n}`);
    }
  }
  expect(seen).toHaveLength(Object.keys(truth).length);
});
