/** What Guts does about findings, between the simulators: change tracking turned on, ports of earlier tries removed, options told. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InputOf, OutputOf } from '../../main/shared/operations.ts';
import { isOver } from '../../main/shared/stages.ts';
import { RealWorld } from '../scheduler/real-world.ts';
import { CloudClient } from '../support/cloud-client.ts';

const LEFT = 'guts-mig_0123456789ab-port-4000';

describe('a finding', { timeout: 180_000 }, () => {
  let world: RealWorld;
  beforeAll(async () => {
    world = await RealWorld.make(2);
  });
  afterAll(async () => await world[Symbol.asyncDispose]());

  type Options = InputOf<'checks.run'>['options'];
  const wish = (vm: string, options: Options = {}) => ({
    source: 'lab',
    destination: 'cloud',
    vm,
    options: { networks: [{ from: null, to: 'lan', ip: 'auto' as const }], ...options },
  });
  const fix = (input: InputOf<'checks.fix'>): Promise<OutputOf<'checks.fix'>> => world.ask('checks.fix', input);
  const found = async (vm: string, options: Options = {}) =>
    (await world.ask('checks.run', wish(vm, options))).findings;
  const machine = (name: string) => world.vcenter.state().machines.find((one) => one.name === name);
  const findingOf = (ids: readonly { readonly id: string }[]): string[] => ids.map(({ id }) => id);

  test('of change tracking that is off is put right at the source, after its call was shown', async () => {
    const areas = { reading: 'areas' as const };
    expect(findingOf(await found('vm-0', areas))).toEqual(expect.arrayContaining(['DSK-24', 'CBT-01']));

    const shown = await fix({ ...wish('vm-0', areas), finding: 'CBT-01', isDry: true });
    const before = machine('vm-0')?.changeTracking;
    const done = await fix({ ...wish('vm-0', areas), finding: 'CBT-01' });

    expect(shown).toMatchObject({ isDone: false, fix: { kind: 'trackChanges' } });
    expect(shown.calls).toEqual([expect.stringMatching(/^ReconfigVM_Task\(vm-\d+, changeTrackingEnabled = true\)$/)]);
    expect(before).toBe(false);
    expect(done.isDone).toBe(true);
    expect(machine('vm-0')?.changeTracking).toBe(true);
    const after = findingOf(await found('vm-0', areas));
    expect(after).not.toContain('DSK-24');
    expect(after).not.toContain('CBT-01');
    await expect(fix({ ...wish('vm-0', areas), finding: 'CBT-01' })).rejects.toMatchObject({
      code: 'check.no-finding',
    });
  });

  test('that is about options has them told, and changes nothing', async () => {
    const options = { flavor: 'gone' };
    const told = await fix({ ...wish('vm-1', options), finding: 'OST-02' });

    expect(told).toMatchObject({ isDone: false, calls: [], fix: { kind: 'options' } });
    if (told.fix.kind !== 'options') throw new Error('it is about options');
    expect(findingOf(await found('vm-1', { ...options, flavor: told.fix.options.flavor ?? null }))).not.toContain(
      'OST-02',
    );
  });

  test('of a port that an earlier try left has it removed, and only that one', async () => {
    const port = await leave(LEFT);

    const { findings } = await world.ask('checks.run', wish('vm-1'));
    expect(findings.find(({ id }) => id === 'NET-07')).toMatchObject({
      fix: { kind: 'removePorts', ports: [{ id: port, name: LEFT }] },
    });
    await expect(fix({ ...wish('vm-1'), finding: 'NET-07' })).rejects.toMatchObject({ code: 'check.port-in-hand' });
    expect(portNames()).toEqual([LEFT]);

    const done = await fix({ ...wish('vm-1'), finding: 'NET-07', alsoUnknown: true });

    expect(done).toMatchObject({ isDone: true, calls: [`DELETE /v2.0/ports/${port} (“${LEFT}”)`] });
    expect(portNames()).toEqual([]);
    expect(findingOf(await found('vm-1'))).not.toContain('NET-07');
  });

  test('of a port of a migration that has not ended is left alone', async () => {
    const held = { ...wish('vm-1'), schedule: { isHeld: true } };
    const { request } = await world.ask('migrations.create', held);
    await leave(`guts-${request.id}-port-4000`);

    const refused = { code: 'check.port-in-hand', message: expect.stringContaining('which has not ended') };
    await expect(fix({ ...wish('vm-1'), finding: 'NET-07', alsoUnknown: true })).rejects.toMatchObject(refused);
    await world.ask('migrations.action', { id: request.id, action: 'cancel' });
    await world.whenIt(request.id, ({ stage, isRunning }) => isOver(stage) && !isRunning);
    await fix({ ...wish('vm-1'), finding: 'NET-07' });
    expect(portNames()).toEqual([]);
  });

  test('of a port of a migration that another Guts has is left alone, whatever is asked here', async () => {
    const { request } = await world.ask('migrations.create', { ...wish('vm-1'), schedule: { isHeld: true } });
    const port = await leave(`guts-${request.id}-port-4000`);
    await world.given(request.id, 'rack');

    await expect(fix({ ...wish('vm-1'), finding: 'NET-07', alsoUnknown: true })).rejects.toMatchObject({
      code: 'check.port-in-hand',
      message: expect.stringContaining('which is at “rack”'),
    });
    expect(world.cloud.state().ports.map(({ id }) => id)).toEqual([port]);

    await world.ask('migrations.delete', { id: request.id });
    await fix({ ...wish('vm-1'), finding: 'NET-07', alsoUnknown: true });
    expect(portNames()).toEqual([]);
  });

  test('of a port that somebody else made has other options told instead', async () => {
    await leave('a port of our own');

    expect(await fix({ ...wish('vm-1'), finding: 'NET-07' })).toMatchObject({
      isDone: false,
      fix: { kind: 'options', options: { keepMac: false } },
    });
    expect(portNames()).toEqual(['a port of our own']);
  });

  const portNames = (): readonly (string | null)[] => world.cloud.state().ports.map(({ name }) => name);

  /** A port with the MAC of the second machine. @returns its id */
  async function leave(name: string): Promise<string> {
    const { plan } = await world.ask('checks.run', wish('vm-1'));
    const [planned] = plan?.ports ?? [];
    const { authUrl, certificate, users } = world.cloud;
    const [user] = users;
    if (planned === undefined || user === undefined) throw new Error('the lab has changed');
    const { name: userName, password, defaultProject: project } = user;
    const client = await CloudClient.signIn({ authUrl, ca: certificate, user: userName, password, project });
    const port = { name, network_id: planned.networkId, mac_address: planned.mac };
    const made = (await client.ask('network', 'POST', '/v2.0/ports', { body: { port } })).json();
    return String(made['port']?.['id']);
  }
});
