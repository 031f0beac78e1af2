/** The log and its bundle over REST: the lines that are wanted, for administrators only, and no secret in any of it. */
import { appendFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Log } from '../../main/logs/log.ts';
import { LogFile } from '../../main/logs/log-file.ts';
import { readLog, type LogWish } from '../../main/logs/read-log.ts';
import { Redactor } from '../../main/logs/redactor.ts';
import { ApiClient } from '../../main/shared/client/client.ts';
import type { LogLine } from '../../main/shared/log-line.ts';
import { Daemon } from '../support/daemon.ts';
import { run, scratch } from '../support/disks.ts';

const tmp = scratch();
afterAll(() => tmp[Symbol.dispose]());

describe('the log, read from its end', () => {
  const dataDir = tmp.file('rotated');
  const redactor = new Redactor();
  const read = async (wish: Partial<LogWish> = {}): Promise<{ lines: readonly LogLine[]; isCut: boolean }> =>
    await readLog(
      dataDir,
      { level: 'info', limit: 10_000, ...wish },
      (text) => redactor.redact(text),
      new AbortController().signal,
    );
  const numbers = ({ lines }: { lines: readonly LogLine[] }): unknown[] => lines.map(({ fields }) => fields['n']);
  const counted = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at);

  beforeAll(async () => {
    for (let n = 0; n < 400; n++) {
      // Each a file of its own life, so that they are rotated as by a daemon that was started often.
      await using log = new Log({ redactor: new Redactor(), places: [new LogFile(dataDir, { mostBytes: 20_000 })] });
      const more = n === 7 ? 'x'.repeat(200_000) : 'ü'.repeat(20);
      if (n % 100 === 5) log.error('failure', new Error('of the disk'), { n, more });
      else if (n % 10 === 5) log.warn('source', { n, more, id: 'mig_000000000001' });
      else log.info('migration', { n, more, says: n === 301 ? 'Hunter2 was said' : '' });
    }
  });

  test('has all lines in their order, over all files', async () => {
    expect(readdirSync(path.join(dataDir, 'logs')).length).toBeGreaterThan(2);
    const all = numbers(await read());

    expect(all).toEqual(counted(400 - all.length, 400));
    expect(all.length).toBeGreaterThan(150);
  });

  test('has the last of them, and says that there are more', async () => {
    const last = await read({ limit: 3 });

    expect(numbers(last)).toEqual([397, 398, 399]);
    expect(last.isCut).toBe(true);
    expect(last.lines[0]).toMatchObject({ level: 'info', what: 'migration', fields: { more: 'ü'.repeat(20) } });
  });

  test('has those of a level and worse, with a text, about a migration', async () => {
    expect(numbers(await read({ level: 'error', limit: 1 }))).toEqual([305]);
    expect(numbers(await read({ level: 'warn', limit: 3 }))).toEqual([375, 385, 395]);
    expect(numbers(await read({ text: 'OF THE disk', limit: 1 }))).toEqual([305]);
    expect(numbers(await read({ migration: 'mig_000000000001', limit: 2 }))).toEqual([385, 395]);
    expect(await read({ text: 'nobody said this' })).toEqual({ lines: [], isCut: false });
  });

  test('has no secret that is known by now, and cannot be asked whether it has one', async () => {
    redactor.know('Hunter2');

    expect(JSON.stringify(await read())).not.toContain('Hunter2');
    expect(JSON.stringify(await read())).toContain('[secret] was said');
    expect(await read({ text: 'hunter2' })).toMatchObject({ lines: [] });
  });

  test('passes over what is no line of Guts', async () => {
    appendFileSync(path.join(dataDir, 'logs/guts.log'), 'no JSON\n{"time":7}\n[]\nnull\n{"torn": ');

    expect(numbers(await read({ limit: 1 }))).toEqual([399]);
  });

  test('is empty where there is none', async () => {
    mkdirSync(tmp.file('none'));

    const none = await readLog(tmp.file('none'), { level: 'info', limit: 5 }, String, new AbortController().signal);
    expect(none).toEqual({ lines: [], isCut: false });
  });
});

describe('over REST', () => {
  const dataDir = tmp.file('data');
  const secret = 'Tr0ub4dor & 3';
  let daemon: Daemon;
  beforeAll(async () => {
    writeFileSync(tmp.file('passphrase'), 'a passphrase\n', { mode: 0o600 });
    daemon = await Daemon.start({ dataDir, passphraseFile: tmp.file('passphrase') });
    await daemon.client.call('sources.create', {
      name: 'vc1',
      url: 'https://127.0.0.1:9',
      userName: 'u',
      secret,
      test: false,
    });
    // What nobody should write down, in case somebody does.
    const at = new Date().toISOString();
    appendFileSync(
      path.join(dataDir, 'logs/guts.log'),
      `${JSON.stringify({ time: at, level: 'warn', what: 'odd', said: secret })}\n`,
    );
  });
  afterAll(async () => {
    await daemon.stop();
  });

  test('an administrator reads the last lines', async () => {
    const { lines } = await daemon.client.call('logs.list', {});

    expect(lines.map(({ what }) => what)).toEqual(expect.arrayContaining(['vault', 'listening', 'odd']));
    expect(lines.find(({ what }) => what === 'odd')?.fields).toEqual({ said: '[secret]' });
  });

  test('nobody else does', async () => {
    const { token } = await daemon.client.call('tokens.create', { name: 'shift', role: 'operator' });
    const other = new ApiClient(async (request) => await fetch(request), { baseUrl: daemon.url, token });

    for (const name of ['logs.list', 'logs.preview', 'logs.bundle', 'about.show'] as const)
      await expect(other.call(name, {})).rejects.toMatchObject({ code: 'access.forbidden' });
  });

  test('a bundle has what its preview says, no secret, and a line in the audit log', async () => {
    const preview = await daemon.client.call('logs.preview', {});
    const { name, archive, secretsLookedFor } = await daemon.client.call('logs.bundle', {});
    const file = tmp.file(name);
    writeFileSync(file, Buffer.from(archive, 'base64'));
    mkdirSync(tmp.file('unpacked'));
    run('tar', '-xzf', file, '--strip-components=1', '-C', tmp.file('unpacked'));

    expect(name).toMatch(/^guts-logs-\d{8}-\d{6}\.tar\.gz$/);
    expect(secretsLookedFor).toBe(2);
    expect(preview.parts.map((one) => one.name)).toEqual(
      expect.arrayContaining(['doctor.json', 'connections.json', 'logs/guts.log']),
    );
    const log = readFileSync(path.join(tmp.file('unpacked'), 'logs/guts.log'), 'utf8');
    expect(log).toContain('"said":"[secret]"');
    expect(JSON.stringify(preview) + log).not.toContain(secret);
    const { entries } = await daemon.client.call('audit.list', { what: 'logs.*' });
    expect(entries.map(({ what, result }) => [what, result])).toEqual([
      ['logs.bundle', 'done'],
      ['logs.bundle', 'access.forbidden'],
    ]);
  });

  test('says which program it is, and where its files are', async () => {
    expect(await daemon.client.call('about.show', {})).toMatchObject({
      dataDir,
      process: daemon.pid,
      node: expect.stringMatching(/^v\d+/),
    });
  });
});
