/** The machine as a whole, and what the source’s user may do with it. */
import type { MovedServer } from '../../../../main/shared/cloud.ts';
import { cloud, hyperv, machine } from '../../../plan/sample.ts';
import type { MoveCases } from '../move-change.ts';

const runs = machine({ power: 'on' });
const withoutTools = machine({ power: 'on', guest: { ...machine().guest, tools: 'stopped' } });
const asItRuns = { whileRunning: 'snapshot' } as const;
const withCheckpoint = (checkpointType: string) => machine({ power: 'on', hyperv: hyperv({ checkpointType }) });

const ids = { biosUuid: '4203-bios', instanceUuid: '5003-instance' };
const known = machine(ids);
const ofThis = { kind: 'vsphere', name: 'web', ref: 'vm-1', ...ids };
const ofEarlier = { ...ofThis, kind: null, instanceUuid: null };
const ofOther = { ...ofEarlier, biosUuid: null };
const ofHyperv = { ...ofThis, kind: 'hyperv', biosUuid: null };
const early = { finishedAt: null, createdAt: '2026-05-01T10:00:00Z' };
const moved = (change: Partial<MovedServer> = {}): MovedServer => ({
  id: 'server-1',
  name: 'web-new',
  migrationTag: 'guts-mig_0123456789ab',
  finishedAt: '2026-05-01T10:20:30.400Z',
  createdAt: '2026-05-01T10:00:00Z',
  machine: ofThis,
  ...change,
});

export const cases: MoveCases = {
  'SRC-04': { found: [{ given: { missingPrivileges: ['VApp.Export'] }, about: ['VApp.Export'] }], quiet: [{}] },
  'VM-05': {
    found: [
      {
        given: { cloud: cloud({ serverNames: ['web'] }) },
        about: ['“web”'],
        fix: { kind: 'options', says: 'Call it “web-2”.', options: { targetName: 'web-2' } },
      },
      { given: { cloud: cloud({ serverNames: ['shop'] }), options: { targetName: 'shop' } }, about: ['“shop”'] },
    ],
    quiet: [{ cloud: cloud({ serverNames: ['web-2'] }) }],
  },
  'VM-07': {
    found: [
      { given: { vm: machine({ power: 'suspended' }) }, about: ['power state “suspended”'] },
      { given: { vm: machine({ power: 'unknown' }) }, about: ['power state “unknown”'] },
    ],
    quiet: [{}, { vm: runs }],
  },
  'VM-08': {
    found: [
      { given: { vm: runs, options: asItRuns }, about: ['web'] },
      { given: { vm: withCheckpoint('Standard'), options: asItRuns }, about: ['web'] },
    ],
    quiet: [{ options: asItRuns }, { vm: runs }, { vm: withCheckpoint('ProductionOnly'), options: asItRuns }],
  },
  'VM-08b': {
    found: [{ given: { vm: withCheckpoint('Production'), options: asItRuns }, about: ['web'] }],
    quiet: [{ vm: withCheckpoint('Standard'), options: asItRuns }, { vm: withCheckpoint('Production') }],
    beside: [{ given: { vm: runs, options: asItRuns }, why: 'only Hyper-V has it' }],
  },
  'VM-10': {
    found: [
      { given: { vm: withoutTools, options: asItRuns }, about: ['tools stopped'] },
      { given: { vm: withoutTools, options: { mayPullPlug: true } }, about: ['tools stopped'] },
    ],
    quiet: [{}, { vm: runs }, { vm: withoutTools }], // of the last, VM-10b tells
  },
  'VM-10b': {
    found: [
      { given: { vm: withoutTools }, about: ['tools stopped'] },
      { given: { vm: { ...withoutTools, hyperv: hyperv() } }, about: ['integration services stopped'] },
    ],
    quiet: [
      { vm: withoutTools, options: { mayPullPlug: true } },
      { vm: withoutTools, options: asItRuns },
      { vm: { ...withoutTools, power: 'off' } },
    ],
  },
  'VM-14': { found: [{ given: { vm: machine({ isTemplate: true }) }, about: ['web'] }], quiet: [{}] },
  'VM-15': {
    found: [
      {
        given: { vm: known, cloud: cloud({ movedServers: [moved()] }) },
        about: ['“web-new” (server-1), finished 2026-05-01 10:20 UTC'],
      },
      {
        // renamed at the source since
        given: { vm: machine({ ...ids, name: 'web-old' }), cloud: cloud({ movedServers: [moved()] }) },
        about: ['“web-new” (server-1), finished 2026-05-01 10:20 UTC'],
      },
      {
        given: { vm: known, cloud: cloud({ movedServers: [moved({ ...early, machine: ofEarlier })] }) },
        about: ['“web-new” (server-1), made 2026-05-01 10:00 UTC'],
      },
      {
        given: { cloud: cloud({ movedServers: [moved({ ...early, machine: { ...ofEarlier, biosUuid: null } })] }) },
        about: ['“web-new” (server-1), made 2026-05-01 10:00 UTC'],
      },
      {
        given: {
          vm: machine({ ref: 'A-B', instanceUuid: 'A-B', hyperv: hyperv() }),
          cloud: cloud({
            movedServers: [moved({ machine: { ...ofHyperv, instanceUuid: 'a-b' } }), moved({ id: 'server-2' })],
          }),
        },
        about: ['“web-new” (server-1), finished 2026-05-01 10:20 UTC'],
      },
    ],
    quiet: [
      { cloud: cloud({ movedServers: [] }) },
      // its own, when it is tried again
      { vm: known, cloud: cloud({ movedServers: [moved()] }), migrationTag: 'guts-mig_0123456789ab' },
      // a clone of the same name
      { vm: machine({ ...ids, instanceUuid: 'other' }), cloud: cloud({ movedServers: [moved()] }) },
      // the same number of another vCenter
      { vm: machine({ ...ids, name: 'db' }), cloud: cloud({ movedServers: [moved({ machine: ofOther })] }) },
      { vm: machine({ ref: 'vm-7' }), cloud: cloud({ movedServers: [moved({ machine: ofEarlier })] }) },
      { vm: machine({ biosUuid: 'other' }), cloud: cloud({ movedServers: [moved({ machine: ofEarlier })] }) },
      { vm: { ...known, hyperv: hyperv() }, cloud: cloud({ movedServers: [moved()] }) },
    ],
    beside: [{ given: { vm: known }, why: 'the cloud does not tell which servers Guts finished' }],
  },
  'VM-16': {
    found: [{ given: { vm: machine({ connection: 'orphaned' }) }, about: ['the machine is orphaned'] }],
    quiet: [{}],
  },
};
