/** The rules that look at a whole wave, in the order in which their findings are told. */
import type { NotHeld } from '../../main/shared/preflight.ts';
import type { Rule } from './rule.ts';
import type { WaveFacts } from './wave-facts.ts';
import { stoppedMachine } from './rules/pln-04-stopped-machine.ts';
import { windowIsOver } from './rules/pln-03-window-is-over.ts';
import { elsewhere } from './rules/pln-10-elsewhere.ts';
import { momentIsPast } from './rules/pln-03a-moment-is-past.ts';
import { waveOverQuota } from './rules/new-01-wave-over-quota.ts';
import { volumeTooLarge } from './rules/new-01a-volume-too-large.ts';
import { tooFewAddresses } from './rules/new-01b-too-few-addresses.ts';
import { waveOverGroup } from './rules/new-01c-full-server-group.ts';
import { storageTooSmall } from './rules/new-02-storage-too-small.ts';
import { nameTwins } from './rules/vm-02-name-twins.ts';
import { addressTwins } from './rules/net-06a-address-twins.ts';
import { macTwins } from './rules/net-07a-mac-twins.ts';
import { tooLongForWindow } from './rules/new-13-too-long-for-window.ts';
import { tornGroup } from './rules/new-14-torn-group.ts';
import { leftovers } from './rules/new-15-leftovers.ts';

export const waveRules: readonly Rule<WaveFacts>[] = [
  stoppedMachine,
  windowIsOver,
  waveOverQuota,
  volumeTooLarge,
  tooFewAddresses,
  waveOverGroup,
  addressTwins,
  macTwins,
  nameTwins,
  storageTooSmall,
  tooLongForWindow,
  elsewhere,
  leftovers,
  momentIsPast,
  tornGroup,
];

/** What others check before a wave, and what there is nothing to check of here. */
export const besideWaves: readonly NotHeld[] = [
  { id: 'NEW-12', why: 'each disk is copied once, so there is no last pass that changes could outrun' },
];
