/** `guts plan give`, `guts plan take`: a plan goes to another Guts with its migrations, or comes from there. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { EngineUrl } from '../shared/engines.ts';
import type { Handover, PeerWish } from '../shared/handover.ts';
import type { HandoverLook } from '../shared/operations/handovers.ts';
import { tokenIn } from './connect.ts';
import { sheet } from './table.ts';
import { certificateOptions, givenTrust, type TrustFlags } from './trust-flags.ts';
import { UsageError } from './usage-error.ts';
import { Workplace } from './workplace.ts';

interface Flags extends Pick<TrustFlags, 'fingerprint' | 'caFile'> {
  readonly to?: string;
  readonly from?: string;
  readonly peerTokenFile: string;
  readonly peerName?: string;
  readonly withSecrets?: boolean;
  readonly dryRun: boolean;
}

const LOOK_EVERY_MS = 500;

export function addPlanHandover(plan: Command): void {
  add(plan, 'give', 'give a plan to another Guts, with its migrations; what was copied is not copied again').option(
    '--with-secrets',
    'make connections that it lacks, with their passwords',
    false,
  );
  add(plan, 'take', 'take a plan from another Guts, with its migrations');
}

function add(plan: Command, direction: 'give' | 'take', description: string): Command {
  const word = direction === 'give' ? 'to' : 'from';
  const command = plan
    .command(direction)
    .description(description)
    .argument('<plan>', 'name or id')
    .requiredOption(`--${word} <url>`, 'the other Guts: https://HOST:PORT, or http:// on this computer')
    .requiredOption('--peer-token-file <file>', 'holds a token of it; an administrator’s for connections')
    .option('--peer-name <name>', 'how it is called here (default: its host)')
    .option('--dry-run', 'only say what would go, what would stay, and why', false);
  return certificateOptions(command).action(async (which: string, flags: Flags) => {
    const peer = await peerFrom(flags, word);
    await using workplace = await Workplace.open(command);
    if (flags.dryRun) {
      const look = await workplace.call('handovers.look', { plan: which, peer, direction });
      workplace.terminal.result(look, () => lookText(look));
      return;
    }
    const { id } =
      direction === 'give'
        ? await workplace.call('handovers.give', { plan: which, peer, withSecrets: flags.withSecrets === true })
        : await workplace.call('handovers.take', { plan: which, peer });
    const over = await followed(workplace, id);
    workplace.terminal.result(over, () => overText(over));
  });
}

async function peerFrom(flags: Flags, word: 'to' | 'from'): Promise<PeerWish> {
  const url = EngineUrl.safeParse(flags[word]);
  if (!url.success) throw new UsageError(`Give --${word} https://HOST:PORT; http:// is for this computer alone.`);
  const token = await tokenIn(flags.peerTokenFile);
  const trust = (await givenTrust(flags)) ?? { kind: 'system' };
  return { name: flags.peerName ?? new URL(url.data).hostname, url: url.data, trust, token };
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

function lookText({ goes, stays, obstacles }: HandoverLook): string {
  const rows = [
    ...goes.map(({ vm, says }) => [`  ${vm}`, `goes: ${says}`] as const),
    ...stays.map(({ vm, says }) => [`  ${vm}`, `stays: ${says}`] as const),
  ];
  const stops = obstacles.map(({ message, remedy }) => `${message}\n  ${remedy}\n`).join('');
  return `${rows.length === 0 ? 'It has no migrations yet: the plan goes.\n' : sheet(rows)}${stops}`;
}

function overText({ side, peer, plan, parts }: Handover): string {
  const went = parts.filter(({ state }) => state === 'taken').length;
  const stays = parts.filter(({ state }) => state === 'stays');
  const head =
    side === 'giver'
      ? `“${plan.name}” is given to ${peer.name}, with ${went} migrations.\n`
      : `“${plan.name}” is taken from ${peer.name}, with ${went} migrations.\n`;
  return (
    head + (stays.length === 0 ? '' : sheet(stays.map(({ vm, says }) => [`  ${vm}`, `stays: ${says ?? ''}`] as const)))
  );
}
