/** `guts plan rehearse`: whether a wave can go, before anything of it does: on the terminal, or as a page, PDF, spreadsheet, JSON. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { rehearsalAs } from '../reports/rehearsal/rehearsal-as.ts';
import { GutsError, toErrorInfo } from '../shared/errors.ts';
import type { Rehearsal } from '../shared/rehearsal.ts';
import { reportFormats, type ReportFormat } from '../shared/report-formats.ts';
import { wholeNumber } from './migration-flags.ts';
import { rehearsalText } from './rehearsal-text.ts';
import { formatOf, writeReport } from './report.ts';
import { ToldError } from './told-error.ts';
import { Workplace } from './workplace.ts';

interface Flags {
  readonly wave?: number;
  readonly offline: boolean;
  readonly rate?: number;
  readonly format?: ReportFormat;
  readonly output?: string;
  readonly force: boolean;
}

class NoGoError extends GutsError {
  readonly code = 'plan.no-go';
  readonly remedy: string;

  constructor({ plan, wave, findings, request }: Rehearsal) {
    const ids = findings.filter(({ severity }) => severity === 'blocks').map(({ id }) => id);
    super(`${wave === null ? '' : `Wave ${wave} of `}“${plan.name}” cannot go: ${ids.join(', ')}.`);
    this.remedy = `Do what stands beside each finding that stops it${request === null ? '' : ', have the request granted'}, and rehearse again (“guts plan rehearse ${plan.name}”).`;
  }
}

export function addRehearsal(plan: Command): void {
  const rehearse = plan
    .command('rehearse')
    .description('hold a whole wave against what the cloud has now, and say go or no go; nothing is made')
    .argument('<plan>', 'name or id')
    .option('--wave <n>', 'only this wave, after those before it (default: all waves)', wholeNumber(1, 10_000))
    .option('--offline', 'ask only the cloud, and take machines as the inventory has them', false)
    .option(
      '--rate <rate>',
      'so fast is one migration, such as 80MB a second (default: as the last ones were)',
      megabytes,
    )
    .addOption(new Option('--format <format>', 'default: by the ending of the file').choices([...reportFormats]))
    .option('-o, --output <file>', 'a file to write it to')
    .option('--force', 'replace a file that is there', false)
    .addHelpText(
      'after',
      '\nIt ends with 1 where the wave cannot go.\n\nExamples:\n  $ guts plan rehearse spring --wave 1\n  $ guts plan rehearse spring --wave 1 --output wave-1.html',
    )
    .action(async (which: string, flags: Flags) => {
      await using workplace = await Workplace.open(rehearse);
      const isShown = flags.output === undefined && flags.format === undefined;
      const format = isShown ? null : formatOf(workplace, flags);
      const rehearsal = await rehearsed(workplace, which, flags);
      if (format === null) workplace.terminal.result(rehearsal, () => rehearsalText(rehearsal));
      else
        await writeReport(workplace, flags, {
          format,
          content: await rehearsalAs(rehearsal, format),
          facts: { verdict: rehearsal.verdict },
          says: verdictLine(rehearsal),
        });
      demandGo(rehearsal);
    });
}

const verdictLine = ({ verdict, findings }: Rehearsal): string =>
  verdict === 'go' ? 'It can go.' : `${findings.map(({ id, says }) => `${id}: ${says}`).join('\n')}`;

export async function rehearsed(
  workplace: Workplace,
  plan: string,
  { wave, offline, rate }: Pick<Flags, 'wave' | 'offline' | 'rate'>,
): Promise<Rehearsal> {
  workplace.terminal.progressLine('rehearsing …');
  return await workplace.call('plans.rehearse', {
    plan,
    offline,
    ...(wave === undefined ? {} : { wave }),
    ...(rate === undefined ? {} : { bytesPerSecond: rate }),
  });
}

/** @throws ToldError where it cannot go */
export function demandGo(rehearsal: Rehearsal): void {
  if (rehearsal.verdict === 'noGo') throw new ToldError(toErrorInfo(new NoGoError(rehearsal)));
}

/** Decimal megabytes a second. */
function megabytes(text: string): number {
  const [, value = ''] = /^(\d+(?:\.\d+)?) ?(?:MB(?:\/s)?)?$/i.exec(text) ?? [];
  const bytesPerSecond = Number(value) * 1e6;
  if (value === '' || !(bytesPerSecond > 0))
    throw new InvalidArgumentError('Say it in megabytes a second, such as 80MB.');
  return bytesPerSecond;
}
