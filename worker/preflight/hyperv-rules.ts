/** What is checked besides of a machine that comes from Hyper-V. */
import { bytesText } from '../../main/shared/figures.ts';
import type { MoveFacts } from './move-facts.ts';
import type { Rule } from './rules.ts';

/** Hyper-V Replica's words for a machine that only receives what another host's runs. */
const PASSIVE = /replica$/i;
/** Checkpoints for which the guest writes out what it holds. */
const PRODUCTION = /^production/i;

/** Runs, and is to be copied as it runs. */
const isCopiedRunning = ({ vm, options }: Pick<MoveFacts, 'vm' | 'options'>): boolean =>
  vm.power === 'on' && options.whileRunning === 'snapshot';
/** The copy is of a moment at which the guest had finished writing. */
export const isOfProductionCheckpoint = ({ vm, options }: Pick<MoveFacts, 'vm' | 'options'>): boolean =>
  isCopiedRunning({ vm, options }) && PRODUCTION.test(vm.hyperv?.checkpointType ?? '');

export const hypervRules: readonly Rule<MoveFacts>[] = [
  {
    id: 'HV-01',
    severity: 'blocks',
    finds: ({ vm }) => (vm.hyperv?.isShielded === true ? [vm.name] : []),
    says: 'The machine is shielded: its host keeps everybody out, and its disks are locked to its TPM.',
    remedy:
      'Have its guardian take the shielding off (Set-VMSecurityPolicy -Shielded $false), unlock its disks, and check again.',
  },
  {
    id: 'HV-02',
    severity: 'blocks',
    finds: ({ vm }) => {
      const word = vm.hyperv?.replication ?? '';
      return PASSIVE.test(word) ? [`replication “${word}”`] : [];
    },
    says: 'The machine is the passive side of a replication, which lags behind the one that runs.',
    remedy: 'Move the machine of the primary host, or fail over to this one and remove the replication first.',
  },
  {
    id: 'HV-03',
    severity: 'warns',
    finds: ({ vm }) => {
      const word = vm.hyperv?.replication ?? '';
      return word === '' || PASSIVE.test(word) ? [] : [`replication “${word}”`];
    },
    says: 'The machine is replicated to another host, which keeps logs of its own beside its disks and does not follow it into the cloud.',
    remedy: 'Pause the replication while it moves, and remove it on both hosts afterwards.',
  },
  {
    id: 'HV-04',
    severity: 'informs',
    finds: ({ vm }) => (vm.hyperv?.isClustered === true ? [vm.name] : []),
    says: 'The machine is a role of a failover cluster, which does not restart its server in the cloud.',
    remedy: 'Take the role out of the cluster after the move, so that nothing starts the old machine again.',
  },
  {
    id: 'HV-05',
    severity: 'informs',
    finds: ({ vm }) => {
      const memory = vm.hyperv?.dynamicMemory;
      return memory === null || memory === undefined
        ? []
        : [`${bytesText(memory.minimum)} to ${bytesText(memory.maximum)}, ${bytesText(memory.startup)} at the start`];
    },
    says: 'The machine has dynamic memory, and a server’s is fixed: the flavor is chosen by the most that it may have.',
    remedy: 'Choose a smaller flavor where it never takes that much (--flavor).',
  },
  {
    id: 'HV-06',
    severity: 'warns',
    finds: ({ vm }) => (vm.hyperv?.hasRecoveryCheckpoint === true ? [vm.name] : []),
    says: 'A backup’s checkpoint is there: a backup runs, or one got stuck.',
    remedy: 'Wait until the backup has ended, or have its checkpoint removed and merged, and check again.',
  },
  {
    id: 'HV-07',
    severity: 'blocks',
    finds: (facts) =>
      isCopiedRunning(facts) && /^disabled$/i.test(facts.vm.hyperv?.checkpointType ?? '') ? [facts.vm.name] : [],
    says: 'The machine is to be copied while it runs, and checkpoints of it are turned off.',
    remedy: 'Allow production checkpoints in its settings, or have it shut down (--while-running shut-down).',
  },
  {
    id: 'VM-08b',
    severity: 'warns',
    finds: (facts) => (isOfProductionCheckpoint(facts) ? [facts.vm.name] : []),
    says: 'The machine is copied while it runs: its guest writes out what it holds at the checkpoint, and later changes are not in the copy.',
    remedy: 'Have it shut down for a copy that lacks nothing (--while-running shut-down).',
  },
  {
    id: 'NET-23',
    severity: 'warns',
    finds: ({ vm, networks }) => {
      const trunks = new Set(
        networks.filter(({ kind, vlanId }) => kind === 'switch' && vlanId === null).map(({ ref }) => ref),
      );
      return vm.nics.filter(({ network }) => network !== null && trunks.has(network)).map(({ label }) => label);
    },
    says: 'A network card is a trunk of several VLANs, and its port in the cloud is on one network without VLANs.',
    remedy: 'Give the guest a card for each VLAN before, or make a trunk of the port in the cloud afterwards.',
  },
];
