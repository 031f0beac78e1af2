/** What the plan editor writes down of networks, proposed or chosen; and what it says was looked at. */
import { describe, expect, test } from 'vitest';
import { toErrorInfo } from '../../main/shared/errors.ts';
import type { NetworkChoice } from '../../main/shared/migration.ts';
import type { Instance } from '../../main/shared/operations.ts';
import { networkNeeds } from '../../main/shared/proposals/needs.ts';
import { optionsFor } from '../../renderer/screens/plans/wizard/draft.ts';
import {
  networkLines,
  networksOf,
  pickedOf,
  withChoice,
  withGuard,
  type Picked,
} from '../../renderer/screens/plans/wizard/effective.ts';
import { badPairs, mayNot } from '../../renderer/screens/plans/wizard/guard.ts';
import { heldSummary } from '../../renderer/screens/plans/wizard/held.ts';
import { networkTwins, type NetworkTwins, type TwinTold } from '../../renderer/screens/plans/wizard/twins.ts';
import { cloud, machine, network, nic } from '../plan/sample.ts';

const facts = cloud({
  networks: [
    network('private', { subnets: network('x', {}).subnets.map((one) => ({ ...one, cidr: '192.0.2.0/24' })) }),
  ],
});
const far = nic({ networkName: 'far', network: 'n-2', ipAddresses: [{ address: '10.20.0.66', prefixLength: 24 }] });
const needs = networkNeeds([machine({ ref: 'vm-1' }), machine({ ref: 'vm-2', nics: [far] })], []);

test('a network that was proposed is written down as proposed, with what spoke for it', () => {
  expect(networksOf(networkLines(needs, [], facts), [])).toEqual([
    { from: 'far', to: 'private', ip: 'auto', proposed: 'only' },
    { from: 'lan', to: 'private', ip: 'keep', proposed: 'subnet' },
  ]);
});

test('once somebody chose, it is a choice, also of what was proposed', () => {
  const chosen = needs.flatMap((need) => withChoice([], need, { to: 'private', ip: 'auto' }));

  expect(networksOf(networkLines(needs, chosen, facts), chosen)).toEqual([
    { from: 'far', to: 'private', ip: 'auto' },
    { from: 'lan', to: 'private', ip: 'auto' },
  ]);
});

test('what was said of the ports of a network stays with it, whatever is chosen there', () => {
  const guard: Pick<NetworkChoice, 'portSecurity' | 'addressPairs'> = {
    portSecurity: false,
    addressPairs: ['192.0.2.50'],
  };
  const before: NetworkChoice[] = [{ from: 'lan', to: 'private', ip: 'keep', ...guard }];
  const [, lan] = needs;
  if (lan === undefined) throw new Error('There is no network.');

  const written = networksOf(networkLines(needs, before, facts), before);
  expect(written.find(({ from }) => from === 'lan')).toMatchObject({ ip: 'keep', ...guard });
  expect(withChoice(written, lan, { to: 'private', ip: 'auto' }).find(({ from }) => from === 'lan')).toEqual({
    from: 'lan',
    to: 'private',
    ip: 'auto',
    ...guard,
  });
});

describe('rules that were held', () => {
  const picked = (name: string): Picked => ({
    machine: { ref: name, name, wave: 1, options: {}, migration: null },
    vm: null,
    options: optionsFor({}),
  });
  const off = { id: 'NET-07', why: 'this site leaves it out: MACs are ours' };
  const untold = { id: 'DEV-05', why: 'the source tells nothing of the kind' };
  const nothing = { key: '', error: null, findings: [], notHeld: [], passed: [] };

  test('count as passed only where each machine was held against them', () => {
    const known = [
      { one: picked('web-01'), checked: { ...nothing, notHeld: [off], passed: ['DSK-01', 'DEV-05'] } },
      { one: picked('web-02'), checked: { ...nothing, notHeld: [untold, off], passed: ['DSK-01'] } },
    ];

    expect(heldSummary(known)).toEqual({
      machines: 2,
      passed: 1,
      found: 0,
      notHeld: 2,
      unheld: [
        { ...untold, names: ['web-02'] },
        { ...off, names: ['web-01', 'web-02'] },
      ],
    });
  });

  test('are not told of machines that could not be looked at', () => {
    const error = { code: 'source.gone', message: 'It is gone.', remedy: 'Look there.' };

    expect(heldSummary([{ one: picked('web-01'), checked: null }])).toBeNull();
    expect(
      heldSummary([{ one: picked('web-01'), checked: { key: '', findings: [], error: toErrorInfo(error) } }]),
    ).toBeNull();
  });
});

describe('what ports drop', () => {
  const shared = [
    { address: '192.0.2.17', prefixLength: 24 },
    { address: '192.0.2.50', prefixLength: 32 },
  ];
  const ha = [1, 2].map((number) =>
    machine({ ref: `vm-${number}`, name: `ha-0${number}`, nics: [nic({ ipAddresses: shared })] }),
  );
  const beside = machine({ ref: 'vm-3', name: 'web-01' });
  const twinsFor = (networks: NetworkChoice[], own: NetworkChoice[] | null = null): NetworkTwins | undefined => {
    const all = [...ha, beside];
    const lines = networkLines(networkNeeds(all, []), networks, facts);
    const planWide = { networks: networksOf(lines, networks) };
    const machines = all.map(({ ref, name }) => ({
      ref,
      name,
      wave: 1,
      options: own !== null && ref === 'vm-2' ? { networks: own } : {},
      migration: null,
    }));
    const asInstances = all.map((vm): Instance => ({ ...vm, source: 'vc1', takenAt: '2026-11-26T20:00:00Z' }));
    const picked = pickedOf({ machines }, new Map(asInstances.map((vm) => [vm.ref, vm])), planWide);
    return networkTwins(picked, lines, [], facts).get('lan');
  };
  const floating = (twins: NetworkTwins | undefined): TwinTold[] =>
    (twins?.told ?? []).filter(({ matter }) => matter === 'floatingAddresses');

  test('is told once for all machines of which it is true, and taking the proposal ends it', () => {
    const before = twinsFor([]);
    const [line, ...others] = floating(before);
    expect([before?.byPlan, others]).toEqual([3, []]);
    expect(line).toMatchObject({ weight: 'drops', isOwn: false, machines: [{ name: 'ha-01' }, { name: 'ha-02' }] });

    const guard = line?.waysOut[0]?.guards.get('vm-1') ?? {};
    expect(guard).toEqual({ addressPairs: ['192.0.2.50'] });
    const taken = withGuard([], { from: 'lan', ref: null }, { to: 'private', ip: 'keep' }, guard);
    expect(taken).toEqual([{ from: 'lan', to: 'private', ip: 'keep', addressPairs: ['192.0.2.50'] }]);
    expect(floating(twinsFor(taken))).toEqual([]);
  });

  test('is told apart for a machine that has networks of its own, which the plan’s choice is not for', () => {
    const told = floating(
      twinsFor(
        [{ from: 'lan', to: 'private', ip: 'keep', portSecurity: false }],
        [{ from: 'lan', to: 'private', ip: 'keep' }],
      ),
    );

    expect(told).toMatchObject([{ isOwn: true, machines: [{ name: 'ha-02' }] }]);
  });
});

test('of another project’s network it is said that the cloud would refuse more than usual', () => {
  const [own, others] = [network('lan', { isOwn: true }), network('servers', { isOwn: false, isShared: true })];

  expect(mayNot(facts, own)).toEqual({ portSecurity: null, addressPairs: null, doubt: null });
  expect(mayNot(facts, others).doubt).not.toBeNull();
  expect(mayNot({ networkExtensions: ['router'] }, own)).not.toMatchObject({ portSecurity: null });
  expect(badPairs({ addressPairs: ['192.0.2.50', '192.0.2.0/24', '192.0.2.', 'fd00::/64'] })).toEqual(['192.0.2.']);
});
