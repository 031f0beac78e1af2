/** The connections that an operator has set up: kept through crashes, damage and company. */
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConnectionStore } from '../../main/store/connections.ts';
import { thisProcess } from '../../main/store/process-mark.ts';
import { asOnlyWriter } from '../../main/store/writer-lock.ts';
import { scratch } from '../support/disks.ts';
import { destination, source } from './samples.ts';

const modules = path.resolve(import.meta.dirname, '../../main/store');

describe('connections', () => {
  test('are there again for the next process, by name, whatever its case, or id', async () => {
    using tmp = scratch();
    const vc = source('vc1');
    await new ConnectionStore(tmp.file('data')).put('source', vc);
    await new ConnectionStore(tmp.file('data')).put('destination', destination('cloud'));

    const store = new ConnectionStore(tmp.file('data'));

    expect(await store.find('source', 'VC1')).toEqual(vc);
    expect(await store.find('source', vc.id)).toEqual(vc);
    await expect(store.find('source', 'cloud')).rejects.toMatchObject({
      code: 'connection.unknown',
      remedy: expect.stringContaining('vc1'),
    });
    await expect(store.put('source', source('Vc1'))).rejects.toMatchObject({ code: 'connection.name-taken' });
    expect(await store.list('source')).toHaveLength(1);
  });

  test('are nobody else’s to read', async () => {
    using tmp = scratch();
    await new ConnectionStore(tmp.file('data')).put('source', source('vc1'));

    expect(statSync(tmp.file('data/connections.json')).mode & 0o777).toBe(0o600);
    expect(statSync(tmp.file('data')).mode & 0o777).toBe(0o700);
    expect(readdirSync(tmp.file('data'))).toEqual(['connections.json']);
  });

  test.each([
    ['cut off', (text: string) => text.slice(0, text.length / 2)],
    ['emptied', () => ''],
    ['filled with zeros', (text: string) => '\0'.repeat(text.length)],
    ['of another shape', () => '{"schemaVersion":1,"sources":{}}'],
  ])('come back from the generation before when their file was %s', async (_, damage) => {
    using tmp = scratch();
    const file = tmp.file('data/connections.json');
    const store = new ConnectionStore(tmp.file('data'));
    await store.put('source', source('first'));
    await store.put('source', source('second'));
    const broken = damage(readFileSync(file, 'utf8'));
    writeFileSync(file, broken);

    await expect(store.list('source')).rejects.toMatchObject({
      code: 'store.damaged',
      message: expect.stringContaining(`${file}.corrupt`),
    });

    expect((await store.list('source')).map(({ name }) => name)).toEqual(['first']);
    expect(readFileSync(`${file}.corrupt`, 'utf8')).toBe(broken);
  });

  test('are never taken for none: without a generation before, every command says so until somebody decides', async () => {
    using tmp = scratch();
    const file = tmp.file('data/connections.json');
    const store = new ConnectionStore(tmp.file('data'));
    await store.put('source', source('only'));
    const good = readFileSync(file, 'utf8');
    writeFileSync(file, 'garbage');

    for (let i = 0; i < 3; i++) await expect(store.list('source')).rejects.toMatchObject({ code: 'store.damaged' });
    await expect(store.put('source', source('new'))).rejects.toMatchObject({ code: 'store.damaged' });

    writeFileSync(file, good);
    expect(await store.list('source')).toHaveLength(1);
  });

  test('of a newer Guts are left as they are', async () => {
    using tmp = scratch();
    const file = tmp.file('data/connections.json');
    const store = new ConnectionStore(tmp.file('data'));
    await store.put('source', source('vc1'));
    writeFileSync(file, '{"schemaVersion":2,"everything":"new"}');

    await expect(store.put('source', source('vc2'))).rejects.toMatchObject({ code: 'store.too-new' });

    expect(readFileSync(file, 'utf8')).toContain('everything');
  });

  test('say that a folder is none', async () => {
    using tmp = scratch();
    writeFileSync(tmp.file('data'), 'a file');

    await expect(new ConnectionStore(tmp.file('data')).put('source', source('vc1'))).rejects.toMatchObject({
      code: 'store.refused',
      remedy: expect.stringContaining('GUTS_DATA_DIR'),
    });
  });

  test('of twenty writers at once are all there, from two processes', async () => {
    using tmp = scratch();
    const dir = tmp.file('data');
    const script = `
      import { ConnectionStore } from ${JSON.stringify(path.join(modules, 'connections.ts'))};
      import { source } from ${JSON.stringify(path.resolve(import.meta.dirname, 'samples.ts'))};
      const store = new ConnectionStore(${JSON.stringify(dir)});
      await Promise.all(Array.from({ length: 10 }, (_, i) => store.put('source', source(process.argv[1] + i))));`;

    const codes = await Promise.all(
      ['a', 'b'].map(async (name) => {
        const child = spawn(process.execPath, ['--input-type=module', '-e', script, name], { stdio: 'inherit' });
        return (await once(child, 'exit'))[0] as unknown;
      }),
    );

    expect(codes).toEqual([0, 0]);
    expect(await new ConnectionStore(dir).list('source')).toHaveLength(20);
    expect(readdirSync(dir).toSorted()).toEqual(['connections.json', 'connections.json.bak']);
  });
});

describe('the writer’s lock', () => {
  const holding = (dir: string): string => `
    import { asOnlyWriter } from ${JSON.stringify(path.join(modules, 'writer-lock.ts'))};
    await asOnlyWriter(${JSON.stringify(dir)}, () => new Promise((resolve) => {
      process.stdout.write('held');
      setTimeout(resolve, 600_000);
    }));`;

  test('is waited for while others have it one after another, none of them for long', async () => {
    using tmp = scratch();
    const [dir, patienceMs] = [tmp.file('data'), 2000];
    mkdirSync(dir);
    const taken = (): void => {
      writeFileSync(path.join(dir, 'next'), JSON.stringify(thisProcess()));
      renameSync(path.join(dir, 'next'), path.join(dir, 'writer.lock'));
    };
    taken();
    const writing = asOnlyWriter(dir, () => Promise.resolve('in'), patienceMs);
    const untilMs = performance.now() + 2 * patienceMs;
    while (performance.now() < untilMs) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      taken();
    }
    rmSync(path.join(dir, 'writer.lock'));

    expect(await writing).toBe('in');
  });

  test('names the process that holds it, and is free again when that was killed', async () => {
    using tmp = scratch();
    const child = spawn(process.execPath, ['--input-type=module', '-e', holding(tmp.file('data'))], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');

    await expect(asOnlyWriter(tmp.file('data'), () => Promise.resolve('in'), 50)).rejects.toMatchObject({
      code: 'store.busy',
      message: expect.stringContaining(`process ${child.pid}`),
    });

    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await asOnlyWriter(tmp.file('data'), () => Promise.resolve('in'), 50)).toBe('in');
    expect(readdirSync(tmp.file('data'))).toEqual([]);
  });
});
