/** A site's own rules where they count: when machines are checked, when they move, and when somebody asks which rules there are. */
import { writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Finding } from '../../main/shared/preflight.ts';
import { isOver } from '../../main/shared/stages.ts';
import { RealWorld } from '../scheduler/real-world.ts';

const SITE = `# Of our cloud.
severities:
  VM-05: blocks
off:
  NET-12: our guests plug their cards in by themselves
rules:
  - id: SITE-01
    severity: blocks
    says: Machines with small disks stay where they are.
    remedy: Ask us.
    when: { name: vm-0, largestDiskGiB: { below: 1 } }
`;

const ofSite = (findings: readonly Finding[]): Finding[] => findings.filter(({ id }) => id.startsWith('SITE'));

describe('preflight.yaml in the data folder', { timeout: 180_000 }, () => {
  let world: RealWorld;
  beforeAll(async () => {
    world = await RealWorld.make(2);
  });
  afterAll(async () => await world[Symbol.asyncDispose]());
  beforeEach(() => has(SITE));

  const has = (text: string): void => writeFileSync(path.join(world.dataDir, 'preflight.yaml'), text);
  const options = { networks: [{ from: null, to: 'lan', ip: 'auto' as const }] };
  const wish = (vm: string) => ({ source: 'lab', destination: 'cloud', vm, options });

  test('counts when a machine is checked, and only of machines that it is about', async () => {
    const first = await world.ask('checks.run', wish('vm-0'));
    const second = await world.ask('checks.run', wish('vm-1'));

    expect(ofSite(first.findings)).toMatchObject([
      { id: 'SITE-01', severity: 'blocks', about: ['name: “vm-0”', 'largestDiskGiB: 0'] },
    ]);
    expect(first.mayStart).toBe(false);
    expect(second.mayStart).toBe(true);
    expect(ofSite(second.findings)).toEqual([]);
    expect(second.passed).toContain('SITE-01');
    expect(second.notHeld).toContainEqual({
      id: 'NET-12',
      why: 'this site leaves it out: our guests plug their cards in by themselves',
    });
  });

  test('stops a migration before anything is made', async () => {
    const { request } = await world.ask('migrations.create', { ...wish('vm-0'), start: true });
    const ended = await world.whenIt(request.id, ({ stage, isQueued }) => isOver(stage) && !isQueued);

    expect(ended).toMatchObject({ stage: 'failed', error: { code: 'preflight.blocked' }, ledger: [] });
    expect(ended.error?.message).toBe(
      'SITE-01: Machines with small disks stay where they are. (name: “vm-0”; largestDiskGiB: 0)',
    );
    expect(world.cloud.state()).toMatchObject({ images: [], ports: [], servers: [] });
  });

  test('gives way to rules that are sent with the question', async () => {
    const { findings } = await world.ask('checks.run', { ...wish('vm-0'), rules: '# None at all.\n' });

    expect(ofSite(findings)).toEqual([]);
    await expect(world.ask('checks.run', { ...wish('vm-0'), rules: 'rules: 3' })).rejects.toMatchObject({
      code: 'file.wrong',
      message: expect.stringMatching(/^rules:1:8: rules: /m),
    });
  });

  test('is told with the rules that there are', async () => {
    const { rules, problem } = await world.ask('rules.list', {});

    expect(problem).toBeNull();
    expect(rules.find(({ id }) => id === 'VM-05')).toMatchObject({ severity: 'warns', here: 'blocks', off: null });
    expect(rules.find(({ id }) => id === 'NET-12')?.off).toBe('our guests plug their cards in by themselves');
    expect(rules.find(({ id }) => id === 'DSK-04')).toMatchObject({ isHard: true, isOfSite: false });
    expect(rules.at(-1)).toMatchObject({ id: 'SITE-01', isOfSite: true, here: 'blocks' });
  });

  test('that is wrong lets nothing be checked, and says where it is wrong', async () => {
    has('severities:\n  VM-05: deadly\n');

    const wrong = { code: 'file.wrong', message: expect.stringMatching(/^preflight\.yaml:2:10: severities\.VM-05: /m) };
    await expect(world.ask('checks.run', wish('vm-1'))).rejects.toMatchObject(wrong);
    expect((await world.ask('rules.list', {})).problem).toMatchObject(wrong);
    const { request } = await world.ask('migrations.create', { ...wish('vm-1'), start: true });
    const waiting = await world.whenIt(
      request.id,
      ({ error, waitsFor }) => error !== null || waitsFor?.reason === 'trouble',
    );
    expect(waiting.ledger).toEqual([]);
  });
});
