/** Whether the way to a host leads into this machine's own containers instead. */
import { expect, test } from 'vitest';
import { routesIn, swallowing, type LocalNetwork } from '../../worker/doctor/local-networks.ts';

const networks: readonly LocalNetwork[] = [
  { device: 'eth0', address: '10.0.0.7', prefixLength: 8 },
  { device: 'docker0', address: '172.17.0.1', prefixLength: 16 },
  { device: 'br-4f2a', address: '10.20.0.1', prefixLength: 16 },
  { device: 'cni0', address: 'fd00:10:244::1', prefixLength: 64 },
];

test.each([
  ['172.17.3.4', 'docker0'],
  ['10.20.5.5', 'br-4f2a'],
  ['fd00:10:244::55', 'cni0'],
])('%s is looked for in %s', (address, device) => {
  expect(swallowing(address, networks)?.device).toBe(device);
});

test.each(['10.30.0.1', '192.0.2.1', 'fd00:10:245::1', 'not an address'])('%s leads out of this machine', (address) => {
  expect(swallowing(address, networks)).toBeNull();
});

test('a nearer network of another kind takes the host back', () => {
  const nearer = [...networks, { device: 'eth1', address: '172.17.3.0', prefixLength: 24 }];
  expect(swallowing('172.17.3.4', nearer)).toBeNull();
});

test('routes are read as the kernel writes them', () => {
  const text = [
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
    'eth0\t00000000\t0102A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0',
    'cni0\t00F40A0A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
  ].join('\n');
  expect(routesIn(text)).toEqual([{ device: 'cni0', address: '10.10.244.0', prefixLength: 24 }]);
});
