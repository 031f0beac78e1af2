/** A data folder belongs to one daemon at a time, and commands beside it find that one. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { DataLock, findDaemon } from '../../main/store/data-lock.ts';
import { scratch } from '../support/disks.ts';

const module = path.resolve(import.meta.dirname, '../../main/store/data-lock.ts');
const facts = { url: 'http://127.0.0.1:7000/', fingerprint: null, version: '0.1.0' };

/** A process that takes the folder, says how that went, and keeps it. */
function holder(dir: string) {
  const script = `
    import { DataLock } from ${JSON.stringify(module)};
    try {
      const lock = await DataLock.take(${JSON.stringify(dir)});
      await lock.announce(${JSON.stringify(facts)});
      process.stdout.write('held');
      process.stdin.on('end', async () => {
        await lock[Symbol.asyncDispose]();
        process.exit();
      }).resume();
    } catch (error) {
      process.stdout.write(error.code);
      process.exit();
    }`;
  return spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
}

describe('the data folder', () => {
  test('says who has it, since when and where that one answers', async () => {
    using tmp = scratch();
    const dir = tmp.file('data');
    const child = holder(dir);
    await once(child.stdout, 'data');

    const refusal = DataLock.take(dir);

    await expect(refusal).rejects.toMatchObject({
      code: 'store.held',
      message: expect.stringMatching(
        new RegExp(`process ${child.pid} since 20\\d\\d-[^ ]+Z, at http://127\\.0\\.0\\.1:7000/`),
      ),
      remedy: expect.stringContaining('guts --server http://127.0.0.1:7000/'),
    });
    expect(await findDaemon(dir)).toMatchObject({ pid: child.pid, ...facts });
    expect(statSync(path.join(dir, 'daemon.json')).mode & 0o777).toBe(0o600);
    child.stdin.end();
    await once(child, 'exit');
    expect(readdirSync(dir)).toEqual([]);
    expect(await findDaemon(dir)).toBeNull();
  });

  test('of a daemon that was killed is free, and nobody is sent to where it answered', async () => {
    using tmp = scratch();
    const dir = tmp.file('data');
    const child = holder(dir);
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(readdirSync(dir).toSorted()).toEqual(['daemon.json', 'daemon.lock']);

    expect(await findDaemon(dir)).toBeNull();
    {
      await using lock = await DataLock.take(dir);
      expect(readdirSync(dir)).toEqual(['daemon.lock']);
      await lock.announce({ ...facts, url: 'https://127.0.0.1:7001/', fingerprint: 'ab'.repeat(32) });
      expect(await findDaemon(dir)).toMatchObject({ pid: process.pid, fingerprint: 'ab'.repeat(32) });
      await expect(DataLock.take(dir)).rejects.toMatchObject({ code: 'store.held' });
    }
    expect(readdirSync(dir)).toEqual([]);
  });

  test('left by a dead daemon goes to one of five that want it at once', async () => {
    using tmp = scratch();
    const dir = tmp.file('data');
    const dead = holder(dir);
    await once(dead.stdout, 'data');
    dead.kill('SIGKILL');
    await once(dead, 'exit');

    const children = Array.from({ length: 5 }, () => holder(dir));
    const said = await Promise.all(children.map(async ({ stdout }) => String((await once(stdout, 'data'))[0])));

    expect(said.toSorted()).toEqual(['held', 'store.held', 'store.held', 'store.held', 'store.held']);
    for (const child of children) child.stdin.end();
    await Promise.all(children.map(async (child) => child.exitCode ?? (await once(child, 'exit'))));
  });

  test('is rid of what a killed process left unfinished, and of nothing else', async () => {
    using tmp = scratch();
    const gone = spawn(process.execPath, ['-e', '']);
    await once(gone, 'exit');
    mkdirSync(tmp.file('vault'));
    const dead = [`connections.json.${gone.pid}.part`, `writer.lock.${gone.pid}`, `vault/vault.json.${gone.pid}.part`];
    const kept = ['connections.json', 'connections.json.bak', `vault/vault.json.${process.ppid}.part`];
    for (const name of [...dead, ...kept]) writeFileSync(tmp.file(name), '');

    await using _lock = await DataLock.take(tmp.dir);

    const left = readdirSync(tmp.dir, { recursive: true, encoding: 'utf8' });
    expect(left.toSorted()).toEqual([...kept, 'daemon.lock', 'vault'].toSorted());
  });

  test('that another computer has is never taken from it', async () => {
    using tmp = scratch();
    const mark = { pid: process.pid, processStart: '', host: 'another.example.net' };
    const lock = JSON.stringify({ ...mark, since: '2026-03-01T10:00:00.000Z' });
    writeFileSync(tmp.file('daemon.lock'), lock);
    writeFileSync(
      tmp.file('daemon.json'),
      JSON.stringify({ ...mark, startedAt: '2026-03-01T10:00:00.000Z', ...facts }),
    );

    await expect(DataLock.take(tmp.dir)).rejects.toMatchObject({
      message: expect.stringContaining('on another.example.net'),
      remedy: expect.stringContaining(tmp.file('daemon.lock')),
    });
    await expect(findDaemon(tmp.dir)).rejects.toMatchObject({ code: 'store.held' });
    expect(readFileSync(tmp.file('daemon.lock'), 'utf8')).toBe(lock);
  });

  test('is not held up by a lock that a power cut has torn', async () => {
    using tmp = scratch();
    writeFileSync(tmp.file('daemon.lock'), '{"pid":1');
    writeFileSync(tmp.file('daemon.json'), '');

    expect(await findDaemon(tmp.dir)).toBeNull();
    await using _lock = await DataLock.take(tmp.dir);
  });
});
