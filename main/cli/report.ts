/** `guts report`: what one migration, or those of a plan or a period, leave in writing: as a page, PDF, spreadsheet or JSON. */
import * as path from 'node:path';
import { Option, type Command } from 'commander';
import { reportAs, summaryAs } from '../reports/formats.ts';
import { PROVED_UNSEEN } from '../reports/html.ts';
import { isGuestUnseen, verdictOf } from '../shared/report.ts';
import { reportFormats, type ReportFormat } from '../shared/report-formats.ts';
import { findMigration, WHICH } from './find-migration.ts';
import { wholeNumber } from './migration-flags.ts';
import { pastMomentOf } from './moment.ts';
import { reportFormatOf, type ReportPlace } from './report-format.ts';
import { UsageError } from './usage-error.ts';
import { Workplace } from './workplace.ts';
import { writeWhole } from './write-whole.ts';

interface Flags {
  readonly plan?: string;
  readonly wave?: number;
  readonly from?: string;
  readonly to?: string;
  readonly all: boolean;
  readonly schema: boolean;
  readonly format?: ReportFormat;
  readonly output?: string;
  readonly force: boolean;
}

export function addReport(program: Command): void {
  const command = program
    .command('report')
    .description(
      'what migrations did and how that was proved: a page that needs nothing else, PDF, a spreadsheet, JSON',
    )
    .argument('[migration]', WHICH)
    .option('--plan <plan>', 'of all migrations of a plan')
    .option('--wave <n>', 'of this wave of it only', wholeNumber(1, 10_000))
    .option('--from <moment>', 'of those that ended then or later', pastMomentOf)
    .option('--to <moment>', 'of those that ended before', pastMomentOf)
    .option('--all', 'of all that are over', false)
    .option('--schema', 'print the JSON Schema of reports', false)
    .addOption(
      new Option('--format <format>', 'default: by the ending of the file, else html').choices([...reportFormats]),
    )
    .option('-o, --output <file>', 'the file to write (default: standard output)')
    .option('--force', 'replace a file that is there', false)
    .addHelpText(
      'after',
      '\nExamples:\n  $ guts report web-01 --output web-01.html\n  $ guts report mig_0123456789ab --format json | jq .verdict' +
        '\n  $ guts report --plan spring --wave 1 --output wave-1.pdf\n  $ guts report --from 30d --output month.xlsx',
    )
    .action(async (which: string | undefined, flags: Flags) => {
      demandOne(which, flags);
      await using workplace = await Workplace.open(command);
      if (flags.schema) await printSchema(workplace);
      else if (which === undefined) await summarize(workplace, flags);
      else await report(workplace, which, flags);
    });
}

const isSummary = ({ plan, wave, from, to, all }: Flags): boolean =>
  all || [plan, wave, from, to].some((flag) => flag !== undefined);

function demandOne(which: string | undefined, flags: Flags): void {
  const { all, plan, wave, from, to, schema } = flags;
  const ways = [which !== undefined, isSummary(flags), schema].filter(Boolean).length;
  if (ways !== 1)
    throw new UsageError(
      'Name a migration, or say which by --plan, --wave, --from, --to or --all, or ask for --schema.',
    );
  if (all && [plan, wave, from, to].some((flag) => flag !== undefined))
    throw new UsageError('--all leaves nothing to choose.');
}

async function printSchema({ client }: Workplace): Promise<void> {
  process.stdout.write(`${JSON.stringify(await client.call('reports.schema', {}), null, 2)}\n`);
}

async function report(workplace: Workplace, which: string, flags: Flags): Promise<void> {
  const format = formatOf(workplace, flags);
  const { request } = await findMigration(workplace, which);
  const written = await workplace.call('reports.show', { id: request.id });
  const verdict = verdictOf(written);
  await writeReport(workplace, flags, {
    format,
    content: await reportAs(written, format),
    facts: { verdict },
    says: verdict.proved
      ? isGuestUnseen(written)
        ? `${PROVED_UNSEEN}.`
        : 'Everything was proved.'
      : `Not everything was proved. ${verdict.against.join(' ')}`,
  });
}

async function summarize(workplace: Workplace, flags: Flags): Promise<void> {
  const format = formatOf(workplace, flags);
  const { plan, wave, from, to } = flags;
  const written = await workplace.call('reports.summary', {
    ...(plan === undefined ? {} : { plan }),
    ...(wave === undefined ? {} : { wave }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    details: format !== 'csv' && format !== 'xlsx',
  });
  const { totals } = written;
  await writeReport(workplace, flags, {
    format,
    content: await summaryAs(written, format),
    facts: { totals },
    says: `${totals.proved} of ${totals.migrations} ${totals.migrations === 1 ? 'migration' : 'migrations'} ${totals.proved === 1 ? 'was' : 'were'} proved.`,
  });
}

export interface Written {
  readonly format: ReportFormat;
  readonly content: string | Uint8Array;
  readonly facts: object;
  readonly says: string;
}

export async function writeReport(
  { terminal }: Workplace,
  { output, force }: Pick<Flags, 'output' | 'force'>,
  { format, content, facts, says }: Written,
): Promise<void> {
  if (output === undefined) {
    process.stdout.write(content);
    return;
  }
  const file = path.resolve(output);
  await writeWhole(file, content, force);
  terminal.result({ file, format, ...facts }, () => `Written: ${file}\n${says}\n`);
}

/** @throws UsageError where what is asked for is nothing for where it would go */
export function formatOf({ terminal }: Workplace, place: ReportPlace): ReportFormat {
  const { format, output } = place;
  const isPrinted = format === undefined && output === undefined && terminal.isJson;
  const chosen = isPrinted ? 'json' : reportFormatOf(place);
  if (output !== undefined || chosen === 'json') return chosen;
  if (terminal.isJson) throw new UsageError('--json prints no page and no file: name a file for it with --output.');
  if (process.stdout.isTTY && chosen !== 'csv')
    throw new UsageError('That is nothing for a terminal: name a file with --output, or choose --format json.');
  return chosen;
}
