/** `guts plan give`, `guts plan take`: a plan goes to another Guts with its migrations, or comes from there. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { EngineUrl } from '../shared/engines.ts';
import { MOST_PEER_NAME } from '../shared/given.ts';
import type { Handover, PeerWish } from '../shared/handover.ts';
import type { HandoverLook } from '../shared/operations/handovers.ts';
import { tokenIn } from './connect.ts';
import { wholeNumber } from './migration-flags.ts';
import { sheet } from './table.ts';
import { ToldError } from './told-error.ts';
import { certificateOptions, givenTrust, type TrustFlags } from './trust-flags.ts';
import { UsageError } from './usage-error.ts';
import { Workplace } from './workplace.ts';

interface Flags extends Pick<TrustFlags, 'fingerprint' | 'caFile'> {
  readonly to?: string;
  readonly from?: string;
  readonly peerTokenFile: string;
  readonly peerName?: string;
  readonly wave: number[];
  readonly withSecrets?: boolean;
  readonly dryRun: boolean;
}

const LOOK_EVERY_MS = 500;

export function addPlanHandover(plan: Command): void {
  add(
    plan,
    'give',
    'give a plan, or waves of it, to another Guts, with its migrations; what was copied is not copied again',
  ).option('--with-secrets', 'make connections that it lacks, with their passwords', false);
  add(plan, 'take', 'take a plan, or waves of it, from another Guts, with its migrations');
}

function add(plan: Command, direction: 'give' | 'take', description: string): Command {
  const word = direction === 'give' ? 'to' : 'from';
  const command = plan
    .command(direction)
    .description(description)
    .argument('<plan>', 'name or id')
    .requiredOption(`--${word} <url>`, 'the other Guts: https://HOST:PORT, or http:// on this computer')
    .requiredOption('--peer-token-file <file>', 'holds a token of it; an administrator’s for connections')
    .option('--peer-name <name>', 'how it is called here (default: its host and port)')
    .option('--wave <n>', 'only this wave of it (may be repeated; default: all of the plan)', oneMoreWave, [])
    .option('--dry-run', 'only say what would go, what would stay, and why', false);
  return certificateOptions(command).action(async (which: string, flags: Flags) => {
    const peer = await peerFrom(flags, word);
    await using workplace = await Workplace.open(command);
    const wish = { plan: which, peer, ...(flags.wave.length === 0 ? {} : { waves: flags.wave }) };
    if (flags.dryRun) {
      const look = await workplace.call('handovers.look', {
        ...wish,
        direction,
        ...(flags.withSecrets === true ? { withSecrets: true } : {}), // an older daemon knows no such word
      });
      workplace.terminal.result(look, () => lookText(look));
      const [obstacle] = look.obstacles;
      if (obstacle !== undefined) throw new ToldError({ ...obstacle, retryable: false });
      return;
    }
    const { id } =
      direction === 'give'
        ? await workplace.call('handovers.give', { ...wish, withSecrets: flags.withSecrets === true })
        : await workplace.call('handovers.take', wish);
    const over = await followed(workplace, id);
    workplace.terminal.result(over, () => overText(over));
  });
}

async function peerFrom(flags: Flags, word: 'to' | 'from'): Promise<PeerWish> {
  const url = EngineUrl.safeParse(flags[word]);
  if (!url.success) throw new UsageError(`Give --${word} https://HOST:PORT; http:// is for this computer alone.`);
  const token = await tokenIn(flags.peerTokenFile);
  const trust = (await givenTrust(flags)) ?? { kind: 'system' };
  return { name: flags.peerName ?? new URL(url.data).host.slice(0, MOST_PEER_NAME), url: url.data, trust, token };
}

/** Until it is over; Ctrl-C only stops following. */
async function followed(workplace: Workplace, handover: Handover['id']): Promise<Handover> {
  let said = '';
  for (;;) {
    const now = await workplace.call('handovers.show', { handover });
    if (now.state !== 'open') return now;
    const line = now.error === null ? '' : `${now.error.message} It is tried again by itself.`;
    if (line !== said && line !== '') workplace.terminal.note(line);
    said = line;
    await pause(LOOK_EVERY_MS);
  }
}

const oneMoreWave = (text: string, before: readonly number[]): number[] => [...before, waveNumber(text)];
const waveNumber = wholeNumber(1, 10_000);

const wavesText = (waves: readonly number[]): string => `${waves.length === 1 ? 'Wave' : 'Waves'} ${waves.join(', ')}`;

function lookText({ goes, stays, sends }: HandoverLook): string {
  const rows = [
    ...goes.map(({ vm, says }) => [`  ${vm}`, `goes: ${says}`] as const),
    ...stays.map(({ vm, says }) => [`  ${vm}`, `stays: ${says}`] as const),
  ];
  const sent = sends.map((name) => `“${name}” is missing there, and is sent along with its password.\n`).join('');
  return `${rows.length === 0 ? 'Nothing of it was started: what is planned goes.\n' : sheet(rows)}${sent}`;
}

function overText({ side, peer, plan, isWhole, waves, parts }: Handover): string {
  const went = parts.filter(({ state }) => state === 'taken').length;
  const stays = parts.filter(({ state }) => state === 'stays');
  const what = isWhole
    ? `“${plan.name}” is`
    : `${wavesText(waves)} of “${plan.name}” ${waves.length === 1 ? 'is' : 'are'}`;
  const how = side === 'giver' ? `given to ${peer.name}` : `taken from ${peer.name}`;
  const head = `${what} ${how}${went === 0 ? '' : `, with ${went} ${went === 1 ? 'migration' : 'migrations'}`}.\n`;
  return (
    head + (stays.length === 0 ? '' : sheet(stays.map(({ vm, says }) => [`  ${vm}`, `stays: ${says ?? ''}`] as const)))
  );
}
