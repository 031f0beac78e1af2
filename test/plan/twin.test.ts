/** A network card beside its port: what the switch let pass, what Neutron makes of it, and what Guts proposes to do. */
import { describe, expect, test } from 'vitest';
import { MigrationOptions } from '../../main/shared/migration.ts';
import { NicTwin } from '../../main/shared/twin.ts';
import { planMigration } from '../../worker/plan/plan.ts';
import { cloud, input, machine, network, nic } from './sample.ts';

const EXTENSIONS = ['port-security', 'allowed-address-pairs'];

const twinsOf = (...args: Parameters<typeof input>): NicTwin[] =>
  planMigration(input(...args)).twins.map((twin) => NicTwin.parse(twin));
const matters = (...args: Parameters<typeof input>): [string, string][] =>
  (twinsOf(...args)[0]?.lines ?? []).map(({ matter, weight }) => [matter, weight]);
const floating = machine({
  nics: [
    nic({
      ipAddresses: [
        { address: '192.0.2.17', prefixLength: 24 },
        { address: '192.0.2.50', prefixLength: 32 },
        { address: 'fe80::1', prefixLength: 64 },
      ],
    }),
  ],
});

describe('an ordinary card', () => {
  test('is only told about the group that guards its port', () => {
    expect(matters()).toEqual([['firewall', 'mayDrop']]);
    expect(matters({ options: { securityGroups: ['open'] } })).toEqual([['firewall', 'passes']]);
  });

  test('of a network without port security loses nothing', () => {
    const open = cloud({ networks: [network('lan', { hasPortSecurity: false })] });
    const allows = { promiscuous: false, forgedTransmits: true, macChanges: true };
    const twins = twinsOf({ cloud: open, vm: machine({ nics: [nic({ allows })] }) });

    expect(twins).toMatchObject([{ from: 'lan', to: 'lan', isGuarded: false }]);
    expect(twins[0]?.lines.map(({ weight }) => weight)).toEqual(['passes', 'passes', 'passes']);
  });

  test('that comes onto no network is left to the rules', () => {
    expect(twinsOf({ cloud: cloud({ networks: [] }) })).toMatchObject([{ to: null, lines: [] }]);
  });
});

describe('an address that moves between machines', () => {
  test('is dropped, and the options that are proposed let it pass without making it the port’s own', () => {
    const given = { vm: floating, cloud: cloud({ networkExtensions: EXTENSIONS }) };
    const line = twinsOf(given)[0]?.lines.find(({ matter }) => matter === 'floatingAddresses');

    expect(line?.weight).toBe('drops');
    expect(line?.proposals.map(({ kind }) => kind)).toEqual(['addressPairs', 'unboundPort']);
    const { networks } = MigrationOptions.partial().parse(line?.proposals[0]?.options);
    const after = planMigration(input({ ...given, options: { networks: networks ?? [] } }));
    expect(after.plan?.ports).toMatchObject([{ fixedIps: [{ address: '192.0.2.17' }], addressPairs: ['192.0.2.50'] }]);
    expect(after.findings.map(({ id }) => id)).not.toContain('NEW-04');
    expect(after.twins[0]?.lines.find(({ matter }) => matter === 'floatingAddresses')?.weight).toBe('passes');
  });

  test('is not the port’s own either where every port may send from it, as the finding’s own fix says', () => {
    const { findings } = planMigration(input({ vm: floating }));
    const fix = findings.find(({ id }) => id === 'NEW-04')?.fix;
    if (fix?.kind !== 'options') throw new Error('Nothing is proposed.');

    expect(fix.options).toEqual({ addressPairs: ['192.0.2.50'] });
    const { plan } = planMigration(input({ vm: floating, options: { addressPairs: ['192.0.2.50'] } }));
    expect(plan?.ports).toMatchObject([{ fixedIps: [{ address: '192.0.2.17' }], addressPairs: ['192.0.2.50'] }]);
  });

  test('is not proposed where the cloud knows no address pairs', () => {
    const line = twinsOf({ vm: floating, cloud: cloud({ networkExtensions: ['router'] }) })[0]?.lines[0];

    expect(line?.proposals.map(({ kind }) => kind)).toEqual(['unboundPort']);
  });
});

describe('what a switch allows', () => {
  test('may be dropped, which is no more than that; port security off lets it pass', () => {
    const allows = { promiscuous: true, forgedTransmits: true, macChanges: false };
    const given = { vm: machine({ nics: [nic({ allows })] }), options: { securityGroups: ['open'] } };
    expect(matters(given)).toEqual([
      ['forgedTransmits', 'mayDrop'],
      ['promiscuous', 'mayDrop'],
      ['firewall', 'passes'],
    ]);

    const proposal = twinsOf(given)[0]?.lines[0]?.proposals[0];
    expect(proposal?.kind).toBe('portSecurityOff');
    const networks = proposal?.options?.networks ?? [];
    expect(matters({ ...given, options: { networks } })).toEqual([
      ['promiscuous', 'mayDrop'], // with port security or without
      ['forgedTransmits', 'passes'],
      ['firewall', 'passes'],
    ]);
    expect(planMigration(input({ ...given, options: { networks } })).plan?.ports[0]?.portSecurity).toBe('off');
  });

  test('a trunk is cut off, and Guts makes none of the port', () => {
    const vm = machine({ nics: [nic({ trunk: ['100-120'] })] });
    const [line] = twinsOf({ vm })[0]?.lines ?? [];

    expect(line).toMatchObject({ matter: 'trunk', weight: 'drops' });
    expect(line?.proposals.map(({ kind }) => kind)).toEqual(['trunkPort', 'inTheGuest']);
    const [without] = twinsOf({ vm, cloud: cloud({ networkExtensions: EXTENSIONS }) })[0]?.lines ?? [];
    expect(without?.proposals.map(({ kind }) => kind)).toEqual(['inTheGuest']);
  });
});

test('addresses that no subnet has may be let through as pairs, all others are the port’s own', () => {
  const addresses = ['192.0.2.17', '192.0.2.18', '10.9.9.9'].map((address) => ({ address, prefixLength: 24 }));
  const vm = machine({ nics: [nic({ ipAddresses: addresses })] });
  const [line] = twinsOf({ vm })[0]?.lines ?? [];

  expect(line).toMatchObject({
    matter: 'addresses',
    weight: 'drops',
    cloud: 'The port has 192.0.2.17, 192.0.2.18 as its own. No subnet of its network can give it 10.9.9.9.',
  });
  expect(line?.proposals[0]?.options?.networks).toEqual([
    { from: 'lan', to: 'lan', ip: 'keep', addressPairs: ['10.9.9.9'] },
  ]);
});

test('two cards on one network may be given each other’s addresses, and keep their own', () => {
  const other = nic({
    key: '4001',
    label: 'Network adapter 2',
    mac: '00:50:56:aa:bb:02',
    ipAddresses: [{ address: '192.0.2.18', prefixLength: 24 }],
  });
  const vm = machine({ nics: [nic(), other] });
  const fix = planMigration(input({ vm })).findings.find(({ id }) => id === 'NET-11')?.fix;
  if (fix?.kind !== 'options') throw new Error('Nothing is proposed.');

  expect(fix.options).toEqual({ addressPairs: ['192.0.2.17', '192.0.2.18'] });
  const { plan } = planMigration(input({ vm, options: { addressPairs: fix.options.addressPairs ?? [] } }));
  expect(plan?.ports.map(({ fixedIps }) => fixedIps.map(({ address }) => address))).toEqual([
    ['192.0.2.17'],
    ['192.0.2.18'],
  ]);
});
