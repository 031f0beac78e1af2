/** `guts diagnose hyperv`: what an operator can hand over of a host that nobody of ours has seen. */
import { readFileSync, statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Diagnosis } from '../../main/shared/diagnosis.ts';
import { spellingsOf } from '../../main/logs/redactor.ts';
import { startHyperv, type Hyperv } from '../lab/hyperv/hyperv.ts';
import { scratch } from '../support/disks.ts';
import { Mover, type Said } from '../support/mover.ts';

const folder = scratch();
let host: Hyperv;
let mover: Mover;
let files = 0;

beforeAll(async () => {
  host = await startHyperv({ name: 'SECRETHV', password: 'Ein pässwort & mehr' });
  mover = new Mover(folder.file('mover'));
  const { httpUrl, user, smbPort, password } = host;
  const said = await mover.say(
    ['source', 'create', 'hv', '--kind', 'hyperv', '--url', httpUrl, '--user', user].concat([
      '--smb-port',
      `${smbPort}`,
      '--password-stdin',
    ]),
    password,
  );
  if (said.code !== 0) throw new Error(said.err);
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

async function diagnosed(): Promise<{ readonly said: Said; readonly text: string; readonly seen: Diagnosis }> {
  const file = folder.file(`seen-${files++}.json`);
  const said = await mover.say(['diagnose', 'hyperv', 'hv', '--output', file]);
  expect(said.err).toBe('');
  expect(said.code).toBe(0);
  expect(statSync(file).mode & 0o077).toBe(0);
  const text = readFileSync(file, 'utf8');
  return { said, text, seen: Diagnosis.parse(JSON.parse(text)) };
}

describe('of a host where all is well', () => {
  test('every step went well, and every request and script is there', async () => {
    const { seen, said } = await diagnosed();

    expect(seen.steps.map(({ name, isGood }) => [name, isGood])).toEqual([
      ['sign in to WinRM', true],
      ['ask the host who it is', true],
      ['read the inventory', true],
      ['read a disk’s head through WinRM', true],
      ['read a disk through its share', true],
      ['open a disk with its parents', true],
      ['sign in to the host’s file shares', true],
    ]);
    expect(seen.steps[4]?.says).toMatch(/: the same$/);
    const trace = seen.trace.map(({ says }) => says).join('\n');
    for (const word of [
      'NTLM, first message: HTTP 401, offers',
      'sealed',
      'Create: HTTP 200',
      'script inventory: exit code 0',
    ])
      expect(trace).toContain(word);
    expect(seen.scripts['inventory']).toContain('Get-VMHardDiskDrive');
    expect(said.out).toMatch(/read the inventory +well/);
  });

  test('no secret is in it, and no name of anything', async () => {
    const { text } = await diagnosed();

    for (const spelling of spellingsOf(host.password)) expect(text).not.toContain(spelling);
    expect(text).not.toContain('SECRETHV');
    for (const { name, files: disks } of host.state().machines) {
      expect(text).not.toContain(`"${name}"`);
      for (const path of disks.flat()) expect(text).not.toContain(JSON.stringify(path).slice(1, -1));
    }
    expect(text).toContain('<name 1>');
  });

  test('nothing on it is changed', async () => {
    const before = host.state().machines;
    await diagnosed();

    expect(host.state().machines).toEqual(before);
    expect(host.state().shells).toBe(0);
  });
});

describe('of a host where something is wrong', () => {
  test('what failed is told with its reason, and what could be looked at all the same was', async () => {
    host.faults.add({
      where: 'script',
      kind: 'error',
      match: '^inventory',
      faultType: 'AccessDenied',
      message: 'No, SECRETHV.',
    });

    const { seen } = await diagnosed();

    expect(seen.steps.map(({ isGood }) => isGood)).toEqual([true, true, false, true]);
    expect(seen.steps[2]?.says).toMatch(/^hyperv\.access-denied: /);
    expect(JSON.stringify(seen)).not.toContain('SECRETHV');
  });

  test('a fault of the service is there with its number', async () => {
    host.faults.add({
      where: 'winrm',
      kind: 'fault',
      match: '^Command about',
      faultType: '5',
      message: 'Access is denied.',
    });
    host.faults.add({ where: 'winrm', kind: 'fault', match: '^Command', faultType: '5', message: 'Access is denied.' });

    const { seen } = await diagnosed();

    expect(seen.trace.map(({ says }) => says).join('\n')).toContain('fault 5: Access is denied.');
    expect(seen.steps[1]?.isGood).toBe(false);
  });
});
