/** Waves of a plan: what Guts proposes and why, with the plan changed so on request; and what a wave has for itself. */
import { Option, type Command } from 'commander';
import type { OutputOf } from '../shared/operations.ts';
import { hints } from '../shared/proposals/applications.ts';
import type { PlannedWave } from '../shared/plans.ts';
import type { TimeWindow } from '../shared/schedule.ts';
import { wholeNumber } from './migration-flags.ts';
import { momentOf } from './moment.ts';
import { tellMade } from './plan-text.ts';
import { duration, size } from './terminal.ts';
import { UsageError } from './usage-error.ts';
import { windowOf } from './window.ts';
import { Workplace } from './workplace.ts';

type Proposal = OutputOf<'plans.proposeWaves'>;

interface Flags {
  readonly most: number;
  readonly pilot: number;
  readonly by?: (typeof hints)[number] | 'size';
  readonly rate?: number;
  readonly apply: boolean;
}

export function addPlanWaves(plan: Command): void {
  const waves = plan
    .command('waves')
    .description('propose waves for the machines that have no migration yet, and say why; --apply changes the plan')
    .argument('<plan>', 'name or id')
    .option('--most <n>', 'machines in one wave', wholeNumber(1, 10_000), 25)
    .option('--pilot <n>', 'machines of a first wave to learn from; 0 makes none', wholeNumber(0, 1000), 3)
    .addOption(
      new Option(
        '--by <hint>',
        'what keeps machines together (default: tag, else note, else folder, else prefix)',
      ).choices([...hints, 'size']),
    )
    .option('--rate <MB/s>', 'of one machine (default: as was measured)', wholeNumber(1, 100_000))
    .option('--apply', 'change the plan so', false)
    .addHelpText(
      'after',
      '\nExamples:\n  $ guts plan waves spring --most 10\n  $ guts plan waves spring --by folder --apply',
    )
    .action(async (which: string, { most, pilot, by, rate, apply }: Flags) => {
      await using workplace = await Workplace.open(waves);
      const proposal = await workplace.call('plans.proposeWaves', {
        plan: which,
        most,
        pilot,
        ...(by === undefined ? {} : { by }),
        ...(rate === undefined ? {} : { bytesPerSecond: rate * 1e6 }),
      });
      const machines = proposal.waves.flatMap(({ number, machines }) =>
        machines.map(({ ref }) => ({ vm: ref, wave: number })),
      );
      const isApplied = apply && machines.length > 0;
      if (isApplied) await workplace.call('plans.move', { plan: which, machines });
      workplace.terminal.result({ ...proposal, isApplied }, () => proposalText(proposal, which, isApplied));
    });
}

interface WaveFlags {
  readonly name?: string;
  readonly window?: TimeWindow;
  readonly notBefore?: string;
  readonly asPlan: boolean;
}

export function addPlanWave(plan: Command): void {
  const wave = plan
    .command('wave')
    .description('give a wave of a plan a name or times of its own')
    .argument('<plan>', 'name or id')
    .argument('<number>', 'of the wave, from 1', wholeNumber(1, 10_000))
    .option('--name <name>', 'what it is called')
    .option('--window <when>', 'start only then, as "0 22 * * 1-5 for 360 min in Europe/Berlin"', windowOf)
    .option('--not-before <moment>', 'start nothing before', momentOf)
    .option('--as-plan', 'take back what it has for itself', false)
    .action(async (which: string, number: number, { asPlan, ...own }: WaveFlags) => {
      const isSaid = Object.keys(own).length > 0;
      if (isSaid === asPlan) throw new UsageError('Give --name, --window or --not-before; or --as-plan alone.');
      await using workplace = await Workplace.open(wave);
      const { waves } = await workplace.call('plans.show', { plan: which });
      const plain: PlannedWave = { number, name: null, window: null, notBefore: null };
      const before = waves.find((one) => one.number === number) ?? plain;
      const others = waves.filter((one) => one.number !== number);
      const changed = asPlan ? others : [...others, { ...before, ...own }];
      await tellMade(workplace, await workplace.call('plans.change', { plan: which, waves: changed }));
    });
}

function proposalText({ waves, bytesPerSecond }: Proposal, plan: string, isApplied: boolean): string {
  if (waves.length === 0) return 'Every machine of it has a migration already.\n';
  const parts = waves.map(({ number, isPilot, machines, bytes, seconds, why }) => {
    const time = seconds === null ? '' : `, ${duration(seconds)}`;
    const count = machines.length === 1 ? '1 machine' : `${machines.length} machines`;
    const names = machines.map(({ name }) => name).join(', ');
    return `wave ${number}${isPilot ? ' (pilot)' : ''}: ${count}, ${size(bytes)}${time}\n  ${why}\n  ${names}\n`;
  });
  const rate =
    bytesPerSecond === null
      ? 'No migration was measured yet, so nothing is said of times, and the window is no limit: give --rate.'
      : `Reckoned with ${(bytesPerSecond / 1e6).toFixed(0)} MB/s for each machine.`;
  const end = isApplied ? 'The plan has these waves now.' : `Nothing is changed: guts plan waves ${plan} --apply`;
  return `${parts.join('\n')}\n${rate}\n${end}\n`;
}
