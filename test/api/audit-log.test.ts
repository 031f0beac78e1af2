/** The audit log as a file: in order through restarts and new files, and nothing is changed that it cannot hold. */
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AuditLog } from '../../main/access/audit-log.ts';
import { OpenAccess } from '../../main/access/open-access.ts';
import { ApiClient } from '../../main/shared/client/client.ts';
import type { AuditEntry } from '../../main/shared/access.ts';
import { scratch } from '../support/disks.ts';
import { smallDisk, whyNoSmallDisk, type SmallDisk } from '../support/small-disk.ts';
import { smallHost } from './small-host.ts';

const entry = (what: string) => ({ who: 'ada', what, about: { id: 'mig_000000000001' }, result: 'done' });

async function all(log: AuditLog): Promise<AuditEntry[]> {
  const entries = [];
  for await (const one of log.entries({})) entries.push(one);
  return entries;
}

describe('the audit log', () => {
  test('goes on in a new file when one is full, and is read through all of them, newest first', async () => {
    using tmp = scratch();
    const small = 2000;
    for (let start = 0; start < 3; start++) {
      await using log = await AuditLog.open(tmp.dir, () => {}, small);
      await Promise.all(Array.from({ length: 20 }, async (_, i) => await log.write(entry(`sources.create-${i}`))));
    }

    await using log = await AuditLog.open(tmp.dir, () => {}, small);
    const entries = await all(log);

    expect(entries.map(({ number }) => number)).toEqual(Array.from({ length: 60 }, (_, i) => 60 - i));
    expect(readdirSync(tmp.dir).filter((name) => name.startsWith('audit-')).length).toBeGreaterThan(2);
    await log.write(entry('sources.delete'));
    expect((await all(log))[0]).toMatchObject({ number: 61, what: 'sources.delete' });
  });
});

describe.skipIf(whyNoSmallDisk !== null)('on a full disk', () => {
  let tmp: ReturnType<typeof scratch>;
  let disk: SmallDisk;
  beforeEach(() => {
    tmp = scratch();
    disk = smallDisk(tmp.dir);
  });
  afterEach(() => {
    disk[Symbol.dispose]();
    tmp[Symbol.dispose]();
  });

  test('what was done without its line is said, nothing more is done, and the line is made up for', async () => {
    using host = smallHost();
    await using access = await OpenAccess.open({ dataDir: disk.dir, connections: host.connections });
    using app = host.app(access);
    const token = readFileSync(path.join(disk.dir, 'api-token'), 'utf8').trim();
    const client = new ApiClient(async (request) => await app.fetch(request), { baseUrl: 'http://guts.local', token });
    const change = async (preflights: number) => await client.call('settings.change', { preflights });
    disk.fill();
    // The file's last block still takes some lines.
    let last = 1;
    let failure: unknown;
    while (failure === undefined) {
      last += 1;
      failure = await change(last).then(
        () => undefined,
        (error: unknown) => error,
      );
    }

    expect(failure).toMatchObject({ code: 'audit.not-written', remedy: expect.stringContaining('Make room') });
    for (let i = 0; i < 2; i++)
      await expect(change(999)).rejects.toMatchObject({ code: 'store.full', retryable: true });
    expect((await client.call('settings.show', {})).preflights).toBe(last);
    disk.drain();
    await change(1000);

    const entries = await all(access.audit);
    expect(entries.map(({ number }) => number)).toEqual(Array.from({ length: last }, (_, i) => last - i));
    expect(new Set(entries.map(({ result }) => result))).toEqual(new Set(['done']));
    expect(host.calls.get('settings.change')).toBe(last);
  });
});
