/** The path doctor over REST, as a screen asks for it: steps by events while it looks, then the whole report. */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DoctorStep } from '../../main/shared/doctor.ts';
import { DoctorsVcenter } from '../doctor/looking.ts';
import { startVcenter } from '../lab/vcenter/vcenter.ts';
import { Daemon } from '../support/daemon.ts';
import { scratch } from '../support/disks.ts';

const folder = scratch();
let lab: DoctorsVcenter;
let daemon: Daemon;

beforeAll(async () => {
  writeFileSync(folder.file('passphrase'), 'a passphrase\n', { mode: 0o600 });
  lab = await DoctorsVcenter.start();
  daemon = await Daemon.start({ dataDir: folder.file('data'), passphraseFile: folder.file('passphrase') });
  const { url, user: userName, password: secret, fingerprint: sha256 } = lab.vcenter;
  const trust = { kind: 'pinned', sha256 } as const;
  await daemon.client.call('sources.create', { name: 'vc1', url, userName, secret, trust });
});
afterAll(async () => {
  await daemon.stop();
  await lab[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

describe('doctor.run', () => {
  test('tells each step of this run by events, and answers with all of them', async () => {
    const told: DoctorStep[] = [];
    const listening = new AbortController();
    const events = daemon.client.events(undefined, listening.signal);
    let isHeard = false;
    const heard = (async () => {
      for await (const { event } of events) {
        isHeard = true;
        if (event.kind === 'doctor.step' && event.run === 'mine') told.push(event.step);
      }
    })().catch(() => {}); // it is ended below
    await expect
      .poll(async () => await daemon.client.call('sources.test', { source: 'vc1' }).then(() => isHeard))
      .toBe(true);
    const report = await daemon.client.call('doctor.run', { source: 'vc1', vm: 'files-01', run: 'mine' });
    await expect.poll(() => told.some(({ about }) => about === 'the way for files-01')).toBe(true);
    listening.abort();
    await heard;

    expect(report.verdict).not.toBe('bad');
    expect(told.every(({ id }) => report.steps.some((step) => step.id === id))).toBe(true);
    expect(JSON.stringify(report)).not.toContain(lab.vcenter.password);
  });

  test('is given up, and leaves nothing, when nobody waits for the answer any more', async () => {
    lab.vcenter.faults.add({ where: 'nfc', kind: 'stall', delayMs: 60_000, count: -1 });
    const leave = new AbortController();
    const wish = { source: 'vc1', vm: 'shop-01', withSnapshot: true } as const;
    const asked = daemon.client.call('doctor.run', wish, leave.signal);
    const snapshots = (): number => lab.vcenter.state().machines.flatMap((machine) => machine.snapshots).length;
    await expect.poll(snapshots, { timeout: 120_000 }).toBe(1);
    leave.abort(new Error('the page was closed'));

    await expect(asked).rejects.toThrow('the page was closed');
    await expect.poll(snapshots, { timeout: 120_000 }).toBe(0);
    lab.vcenter.faults.clear();
  });

  test('with nothing named is refused', async () => {
    await expect(daemon.client.call('doctor.run', {})).rejects.toMatchObject({ code: 'doctor.nowhere' });
  });
});

test('doctor.papers has every file with whom it is for', async () => {
  const { papers, warnings } = await daemon.client.call('doctor.papers', {});

  expect(warnings).toEqual([]);
  expect(papers.map(({ name }) => name)).toContain('vcenter-role.ps1');
  expect(papers.every(({ says, text }) => says !== '' && text.length > 100)).toBe(true);
});

describe('doctor.papers', () => {
  test.each(['"', ':', 'text', 'warnings', 'vcenter', '\\'])('are written where a password is %j', async (secret) => {
    await using vcenter = await startVcenter({ password: secret });
    const { url, user: userName, fingerprint: sha256 } = vcenter;
    const trust = { kind: 'pinned', sha256 } as const;
    await daemon.client.call('sources.create', { name: 'odd', url, userName, secret, trust });
    try {
      const { papers } = await daemon.client.call('doctor.papers', { sources: ['odd'], destinations: [] });
      expect(papers.length).toBeGreaterThan(0);
    } finally {
      await daemon.client.call('sources.delete', { source: 'odd' });
    }
  });
});
