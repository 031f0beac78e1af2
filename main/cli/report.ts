/** `guts report`: what a migration leaves in writing, as a page for people or as JSON for programs. */
import * as path from 'node:path';
import { Option, type Command } from 'commander';
import { reportHtml, reportJson } from '../reports/html.ts';
import { verdictOf } from '../shared/report.ts';
import { findMigration } from './find-migration.ts';
import { UsageError } from './usage-error.ts';
import { Workplace } from './workplace.ts';
import { writeWhole } from './write-whole.ts';

interface ReportFlags {
  readonly format?: 'html' | 'json';
  readonly output?: string;
  readonly force: boolean;
}

export function addReport(program: Command): void {
  const command = program
    .command('report')
    .description('what a migration did and how it was proved: one page that needs nothing else, or JSON')
    .argument('<migration>', 'its id, the beginning of it, or the name of its machine')
    .addOption(
      new Option('--format <format>', 'default: by the ending of the file, else html').choices(['html', 'json']),
    )
    .option('-o, --output <file>', 'the file to write (default: standard output)')
    .option('--force', 'replace a file that is there', false)
    .addHelpText(
      'after',
      '\nExamples:\n  $ guts report web-01 --output web-01.html\n  $ guts report mig_0123456789ab --format json | jq .verdict',
    )
    .action(async (which: string, flags: ReportFlags) => {
      await using workplace = await Workplace.open(command);
      await report(workplace, which, flags);
    });
}

async function report(workplace: Workplace, which: string, { format, output, force }: ReportFlags): Promise<void> {
  const { terminal } = workplace;
  const kind = format ?? (terminal.isJson && output === undefined ? 'json' : endingOf(output));
  if (output === undefined && kind === 'html') {
    if (terminal.isJson) throw new UsageError('--json prints no page: name a file for it with --output.');
    if (process.stdout.isTTY)
      throw new UsageError('A page is nothing for a terminal: name a file with --output, or choose --format json.');
  }
  const { request } = await findMigration(workplace, which);
  const written = await workplace.call('reports.show', { id: request.id });
  const text = kind === 'html' ? reportHtml(written) : reportJson(written);
  if (output === undefined) {
    process.stdout.write(text);
    return;
  }
  const file = path.resolve(output);
  await writeWhole(file, text, force);
  const verdict = verdictOf(written);
  terminal.result({ file, format: kind, verdict }, () =>
    [
      `Written: ${file}`,
      verdict.proved ? 'Everything was proved.' : `Not everything was proved. ${verdict.against.join(' ')}`,
      '',
    ].join('\n'),
  );
}

function endingOf(output: string | undefined): 'html' | 'json' {
  return output !== undefined && output.toLowerCase().endsWith('.json') ? 'json' : 'html';
}
