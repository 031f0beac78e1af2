/** A wave of one machine of which all is well; cases change what they are about. */
import type { RehearsedMachine, RehearsedQuota, RehearsedSubnet } from '../../main/shared/rehearsal.ts';
import type { WaveFacts } from '../../worker/preflight/wave-facts.ts';
import type { Cases } from './cases/cases.ts';

export type WaveCases = Cases<WaveFacts>;

export const quota = (change: Partial<RehearsedQuota> = {}): RehearsedQuota => ({
  of: 'cores',
  volumeType: null,
  limit: 20,
  used: 4,
  needs: 2,
  earlier: 0,
  over: 0,
  ...change,
});

export const subnet = (change: Partial<RehearsedSubnet> = {}): RehearsedSubnet => ({
  id: 'subnet-lan',
  name: 'lan-v4',
  network: 'lan',
  cidr: '192.0.2.0/24',
  fixed: 0,
  needs: 1,
  earlier: 0,
  free: 90,
  counted: 'ports',
  short: 0,
  ...change,
});

export const rehearsedMachine = (change: Partial<RehearsedMachine> = {}): RehearsedMachine => ({
  vm: { ref: 'vm-1', name: 'web' },
  wave: 1,
  targetName: 'web',
  sizeBytes: 10 * 2 ** 30,
  state: 'toDo',
  flavor: 'medium',
  findings: [],
  obstacle: null,
  ...change,
});

export const times = (change: Partial<WaveFacts['times']> = {}): WaveFacts['times'] => ({
  bytes: 10 * 2 ** 30,
  bytesPerSecond: 50e6,
  from: 'measured',
  atOnce: 4,
  seconds: 215,
  window: {
    says: '360 min from “0 22 * * *” (Europe/Berlin)',
    seconds: 21_600,
    opensAt: '2026-12-01T21:00:00.000Z',
    closesAt: '2026-12-02T03:00:00.000Z',
  },
  notBefore: null,
  ...change,
});

export const wave = (change: Partial<WaveFacts> = {}): WaveFacts => ({
  takenAt: '2026-12-01T12:00:00.000Z',
  quota: [quota()],
  flavors: [],
  subnets: [subnet()],
  storage: [],
  twins: [],
  times: times(),
  torn: [],
  leftovers: [],
  machines: [rehearsedMachine()],
  unaccepted: new Map(),
  tooLarge: [],
  elsewhere: [],
  fullGroups: [],
  ...change,
});
