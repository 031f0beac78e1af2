/** The log: lines that programs read, without secrets, in files that do not grow for ever. */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { GutsError } from '../../main/shared/errors.ts';
import { LogFile } from '../../main/logs/log-file.ts';
import { Log } from '../../main/logs/log.ts';
import { Redactor } from '../../main/logs/redactor.ts';
import { scratch } from '../support/disks.ts';

class SmallError extends GutsError {
  readonly code = 'test.small';
  readonly remedy = 'None.';
}

const linesIn = (file: string): unknown[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as unknown);

function logTo(file: LogFile, ...secrets: string[]): Log {
  const redactor = new Redactor();
  for (const secret of secrets) redactor.know(secret);
  return new Log({ redactor, places: [file], now: () => new Date('2026-03-01T10:00:00Z') });
}

describe('the log', () => {
  test('has a line of JSON for each thing that is said', async () => {
    using tmp = scratch();
    const file = new LogFile(tmp.dir);
    {
      await using log = logTo(file);
      log.info('daemon.started');
      log.warn('vault.memory', { says: 'NOWHERE' });
      log.error('migration.failed', new SmallError('It failed.', { cause: new Error('because') }), { id: 'mig_1' });
      const circle: Record<string, unknown> = {};
      log.info('odd', { circle: Object.assign(circle, { circle }) });
    }

    expect(linesIn(file.file)).toMatchObject([
      { time: '2026-03-01T10:00:00.000Z', level: 'info', what: 'daemon.started' },
      { level: 'warn', what: 'vault.memory', says: 'NOWHERE' },
      {
        level: 'error',
        id: 'mig_1',
        error: { code: 'test.small', message: 'It failed.', remedy: 'None.' },
        detail: expect.stringMatching(/SmallError: It failed\.[^]+caused by Error: because/),
      },
      { what: 'odd', unwritable: ['circle'] },
    ]);
    expect(statSync(file.file).mode & 0o777).toBe(0o600);
  });

  test('never has a secret, wherever it was said', async () => {
    using tmp = scratch();
    const file = new LogFile(tmp.dir);
    const secret = 'hunter2 "quoted"';
    {
      await using log = logTo(file, secret);
      log.info('request', { url: `https://u:${encodeURIComponent(secret)}@host`, body: JSON.stringify({ secret }) });
      log.error('sign-in', new Error(`wrong password ${secret}`), {
        basic: Buffer.from(`u:${secret}`).toString('base64'),
      });
    }

    const text = readFileSync(file.file, 'utf8');
    expect(text).not.toMatch(/hunter2|aHVudGVy|1bnRlcj/);
    expect(linesIn(file.file)).toHaveLength(2); // still JSON
  });

  test('does not grow for ever', async () => {
    using tmp = scratch();
    const file = new LogFile(tmp.dir, { mostBytes: 10_000, oldFiles: 2 });
    {
      await using log = logTo(file);
      for (let number = 0; number < 2000; number++) {
        log.info('line', { number });
        if (number % 50 === 0) await file.end();
      }
    }

    expect(readdirSync(tmp.file('logs')).toSorted()).toEqual(['guts.1.log', 'guts.2.log', 'guts.log']);
    for (const name of readdirSync(tmp.file('logs')))
      expect(statSync(tmp.file(`logs/${name}`)).size).toBeLessThan(20_000);
    expect(linesIn(file.file).at(-1)).toMatchObject({ number: 1999 });
  });

  test('says how many lines it lost while it could not be written', async () => {
    using tmp = scratch();
    const file = new LogFile(tmp.dir);
    writeFileSync(tmp.file('logs'), 'no folder');
    await using log = logTo(file);
    log.info('lost');
    await file.end();
    rmSync(tmp.file('logs'));
    mkdirSync(tmp.file('logs'));

    log.info('kept');
    await file.end();

    expect(linesIn(file.file)).toMatchObject([{ what: 'log.dropped', lines: 1 }, { what: 'kept' }]);
  });
});
