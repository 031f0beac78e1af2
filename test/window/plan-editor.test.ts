/** What the plan editor writes down of networks: what it proposed, and what somebody chose. */
import { expect, test } from 'vitest';
import { networkNeeds } from '../../main/shared/proposals/needs.ts';
import { networkLines, networksOf, withChoice } from '../../renderer/screens/plans/wizard/effective.ts';
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
